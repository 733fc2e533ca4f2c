"""alarm(): the signal ends the process unless it is cancelled; children inherit two receive rights with MACH_IPC_COMPAT."""

import pytest

from tests.hurd.sessions import mine, rights, run, tasks
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.hurd.itimer import alarm, cancel
from zoneviz.hurd.process import Process, wait, wait_for_ever
from zoneviz.mach import traps

SHORT = 50_000_000


@pytest.mark.parametrize(("profile", "more"), [("antrik-2005", 2), ("upstream-2007", 1)])
def test_children_inherit_the_ports_of_a_cancelled_alarm(profile: str, more: int) -> None:
    def body(p: Process) -> Steps:
        yield from fork(p, wait_for_ever, "before")
        timer = yield from alarm(p, SHORT)
        yield from cancel(timer)
        yield from fork(p, wait_for_ever, "after")
        yield traps.sleep(4 * SHORT)
        assert (yield (mine,))["receive"]

    kernel = run(body, profile)
    (before,), (after,) = tasks(kernel, "before"), tasks(kernel, "after")
    assert rights(after)["receive"] - rights(before)["receive"] == more
    assert len(after.threads) == len(before.threads) == 2
    assert rights(after)["dead"] == rights(before)["dead"], "the name of the itimer thread is not copied"


def test_an_alarm_ends_the_process() -> None:
    ended: list[int] = []

    def rings(p: Process) -> Steps:
        yield from alarm(p, SHORT)
        yield from wait_for_ever(p)

    def body(p: Process) -> Steps:
        _, pid = yield from fork(p, rings, "rings")
        ended.append((yield from wait(p)) - pid)

    kernel = run(body)
    assert ended == [0]
    assert not tasks(kernel, "rings")
