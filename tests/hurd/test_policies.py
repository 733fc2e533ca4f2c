"""When libports creates a thread and when one exits, under each policy."""

from typing import Any

import pytest

from tests.hurd.test_libports import ASK, MILLISECOND, clients, run, slow, stop
from zoneviz.errors import UsageError
from zoneviz.events import Event, Kind
from zoneviz.hurd import system
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.libports import Server
from zoneviz.hurd.policies import IDLE, THREAD_DELAY, Pool, policy_of
from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES, override
from zoneviz.mach.sched_prim import LOWEST

COUNT = 40
SECOND = 1000 * MILLISECOND


def serving(policy: str, main: Any = None, count: int = COUNT) -> tuple[Server, list[Event]]:
    """A slow server that gets requests from `count` clients at once, and its kernel afterwards."""
    server = Server("slow", policy)
    server.handlers[ASK] = slow
    kernel, events = run((main or clients)(count, server))
    assert kernel.ended is not None and kernel.ended.outcome == "finished"
    assert kernel.messages == 0
    return server, events


def test_a_pool_creates_its_workers_at_the_start_only() -> None:
    for setting, workers in (("pool", 10), ("pool:3", 3), ("pool:1", 1)):
        server, _ = serving(setting)
        assert server.totalthreads == server.nreqthreads == workers


@pytest.mark.parametrize("text", ["pool:0", "pool:", "pool:x", "pool:1001", "pool:\u0663", "plain:3", "Pool"])
def test_an_invalid_setting_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not one of plain, .*or pool:N with N from 1 to 1,000\."):
        override(PROFILES["upstream-2007"], "libports", text)


def test_the_size_of_a_pool_can_be_set() -> None:
    profile = override(PROFILES["upstream-2007"], "libports", "pool:25")
    policy = policy_of(profile.libports)
    assert isinstance(policy, Pool) and policy.workers_at_start == 25


def patient(seconds: int) -> Any:
    """The program of the clients, with a longer wait before the end."""

    def program_of(count: int, server: Server) -> Any:
        def main(kernel: Kernel) -> Steps:
            me = yield from program.prelude()
            port, _ = yield from system.serve(me, server)
            for _ in range(count):
                yield traps.send(port, ASK, 32, timeout=SECOND)
            yield traps.sleep(seconds * SECOND)
            yield (stop,)

        return main

    return program_of


def test_keep_one_keeps_one_worker_and_all_kernel_threads() -> None:
    """An idle worker leaves the loop after IDLE; its kernel thread waits for the next cthread."""
    server, events = serving("keep-one", patient(2 * IDLE // SECOND))
    assert server.totalthreads == server.nreqthreads == 1
    assert server.loops[0].peak > 2
    assert (server.threads.cthreads, server.threads.cprocs) == (1, server.loops[0].peak)
    assert not any(e[0] == Kind.THREAD_DESTROY for e in events)


def test_plain_workers_never_exit() -> None:
    server, events = serving("plain", patient(2 * IDLE // SECOND))
    assert server.totalthreads == server.loops[0].peak > 2
    assert not any(e[0] == Kind.THREAD_DESTROY for e in events)


def test_depressed_workers_start_at_the_lowest_priority() -> None:
    server, events = serving("depress")
    workers = {e[5] for e in events if e[0] == Kind.THREAD_CREATE} - {1}
    lowest = {e[5] for e in events if e[0] == Kind.THREAD_READY and e[7] == LOWEST}
    assert lowest & workers
    assert server.totalthreads <= COUNT + 1


def test_the_throttle_slows_thread_creation_from_64_threads_on() -> None:
    server, _ = serving("throttle", count=2 * THREAD_DELAY)
    assert THREAD_DELAY <= server.totalthreads <= THREAD_DELAY + 3
