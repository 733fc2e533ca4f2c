"""Processes of glibc: the ports that fork and exec leave in a space; nothing else leaves any."""

from itertools import pairwise
from typing import Any

import pytest

from tests.hurd.sessions import finish, mine, rights, run, tasks
from zoneviz.events import Kind
from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import execute
from zoneviz.hurd.fork import fork
from zoneviz.hurd.memory import image
from zoneviz.hurd.process import Process, wait, wait_for_ever
from zoneviz.mach import traps

YEARS = pytest.mark.parametrize(("profile", "compat"), [("antrik-2005", True), ("upstream-2007", False)])
WHILE = 100_000_000


def settled() -> Steps:
    """The names of the running task after its signal thread has started."""
    yield traps.sleep(WHILE)
    return (yield (mine,))


def nothing(p: Process) -> Steps:
    """A body that returns at once."""
    yield traps.compute(1000)


@YEARS
def test_each_generation_adds_one_port_or_three_with_compat(profile: str, compat: bool) -> None:
    seen: list[dict[str, int]] = []

    def generation(p: Process) -> Steps:
        seen.append((yield from settled()))
        if len(seen) < 4:
            yield from fork(p, generation)
            yield from wait_for_ever(p)

    # Each waits on a port that it allocated after its child, so the child does not inherit that.
    def first(p: Process) -> Steps:
        yield from fork(p, generation)
        yield traps.sleep(10 * WHILE)

    run(first, profile)
    receive = [found["receive"] for found in seen]
    added = {later - before for before, later in pairwise(receive)}
    assert added == {3 if compat else 1}


@YEARS
def test_exec_leaves_three_receive_rights_two_dead_names_and_the_program_file(profile: str, compat: bool) -> None:
    seen: list[dict[str, int]] = []

    def again(p: Process) -> Steps:
        seen.append((yield from settled()))
        if len(seen) < 4:
            assert not (yield from execute(p, image("again"), again)), "exec does not return"
        yield (finish,)

    run(again, profile)
    assert len(seen) == 4
    for before, after in pairwise(seen):
        assert (after["receive"] - before["receive"], after["dead"] - before["dead"], after["send"] - before["send"]) == (3, 2, 1)


@YEARS
def test_fork_and_exec_leave_six_or_four(profile: str, compat: bool) -> None:
    seen: list[dict[str, int]] = []

    def again(p: Process) -> Steps:
        seen.append((yield from settled()))
        if len(seen) < 4:
            yield from fork(p, execs)
            yield traps.sleep(10 * WHILE)
        yield (finish,)

    def execs(p: Process) -> Steps:
        yield from execute(p, image("again"), again)

    run(again, profile)
    added = {after["receive"] - before["receive"] for before, after in pairwise(seen)}
    assert added == {6 if compat else 4}


def test_a_set_id_exec_starts_with_a_new_task() -> None:
    seen: list[dict[str, int]] = []

    def after(p: Process) -> Steps:
        seen.append((yield from settled()))
        yield (finish,)

    def body(p: Process) -> Steps:
        seen.append((yield from settled()))
        yield from execute(p, image("screen"), after, set_id=True)

    kernel = run(body)
    before, now = seen
    assert now["receive"] == 7 < before["receive"]
    assert now["dead"] <= 1  # the bootstrap port
    assert len(tasks(kernel, "screen")) == 1
    assert not [t for t in kernel.tasks.values() if t.name == "program"], "the old task is gone"


def test_children_have_the_rights_of_their_parent() -> None:
    mother: list[set[int]] = []

    def names(k: Any, thread: Any) -> set[int]:
        return set(thread.task.space.entries)

    def body(p: Process) -> Steps:
        yield from settled()
        mother.append((yield (names,)))
        for number in range(3):
            kr, pid = yield from fork(p, wait_for_ever, f"child {number}")
            assert not kr
            assert pid
            yield traps.sleep(WHILE)
        mother.append((yield (names,)))

    kernel = run(body)
    children = [tasks(kernel, f"child {number}")[0] for number in range(3)]
    assert len({tuple(sorted(rights(child).items())) for child in children}) == 1
    assert mother[0] == mother[1], "a fork leaves nothing in the parent"
    for child in children:
        assert mother[0] <= set(child.space.entries)
        own = {e.object for e in child.space.entries.values() if e.bits & 2}
        others = {e.object for e in tasks(kernel, "program")[0].space.entries.values() if e.bits & 2}
        assert not own & others, "receive rights are the child's own"


def test_children_that_were_waited_for_leave_nothing() -> None:
    in_use: list[dict[str, int]] = []
    pids: list[tuple[int, int]] = []

    def counts(k: Any, thread: Any) -> dict[str, int]:
        return {zone.name: zone.in_use for zone in k.zones.values()}

    def body(p: Process) -> Steps:
        for _ in range(8):
            _, pid = yield from fork(p, nothing, "short")
            pids.append((pid, (yield from wait(p))))
            yield traps.sleep(WHILE)
            in_use.append((yield (counts,)))

    kernel = run(body)
    assert all(pid == gone for pid, gone in pids)
    assert in_use[3]["tasks"] == in_use[-1]["tasks"]
    assert in_use[3]["ipc ports"] == in_use[-1]["ipc ports"]
    assert kernel.processes == len(kernel.pids)


def test_a_signal_or_kill_ends_a_process() -> None:
    ends: list[int] = []

    def body(p: Process) -> Steps:
        _, first = yield from fork(p, wait_for_ever, "first")
        _, second = yield from fork(p, wait_for_ever, "second")
        yield traps.sleep(WHILE)
        kr, answer = yield from p.call(p.proc, ids.PROC_GETMSGPORT, (), first)
        assert not kr
        yield from p.call(answer.rights[0], ids.MSG_SIG_POST, (), 15)
        ends.append((yield from wait(p)) - first)
        kr, answer = yield from p.call(p.proc, ids.PROC_PID2TASK, (), second)
        assert not kr
        yield traps.task_terminate(answer.rights[0])
        ends.append((yield from wait(p)) - second)
        assert (yield from wait(p)) == -ids.ECHILD

    kernel = run(body)
    assert ends == [0, 0]
    assert not tasks(kernel, "first")
    assert not tasks(kernel, "second")


def test_starts_and_exits_of_processes_are_recorded() -> None:
    events: list[Any] = []

    def body(p: Process) -> Steps:
        yield from fork(p, nothing, "short")
        yield from wait(p)

    kernel = run(body, sink=events.append)
    starts = [e[5] for e in events if e[0] == Kind.PROCESS_START]
    exits = [e[5] for e in events if e[0] == Kind.PROCESS_EXIT]
    assert len(starts) - len(exits) == kernel.processes
    assert set(exits) <= set(starts)
    assert sum(1 for e in events if e[0] == Kind.FORK) == kernel.forks
