"""proc: the messages it sends to processes, what it asks the kernel for, the priority of its main thread."""

from collections.abc import Callable
from typing import Any

from tests.hurd.sessions import run, tasks
from zoneviz.events import SEND, Event, Kind
from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.hurd.process import Process, wait, wait_for_ever
from zoneviz.mach import traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.sched_prim import BASEPRI_USER
from zoneviz.mach.task import Task

WHILE = 100_000_000
QLIMIT = 5  # MACH_PORT_QLIMIT_DEFAULT


def at_once(p: Process) -> Steps:
    """A child that exits as soon as it runs."""
    yield traps.compute(1000)


def proc_of(kernel: Kernel) -> Task:
    """The task of proc."""
    return tasks(kernel, "proc")[0]


def sent(body: Callable[[Process], Steps], msgh_id: int) -> list[Event]:
    """The messages of this number that proc sends while `body` runs after a mark."""
    events: list[Event] = []
    kernel = run(body, sink=events.append)
    begin = next(i for i, e in enumerate(events) if e[0] == Kind.MARK)
    proc = proc_of(kernel).id
    return [e for e in events[begin:] if e[0] == Kind.MSG_SEND and e[2] == proc and e[5] == msgh_id]


def mark(kernel: Kernel, thread: Any) -> None:
    """A trap: record a mark."""
    kernel.mark("here")


def test_a_child_gets_its_ids() -> None:
    def body(p: Process) -> Steps:
        yield (mark,)
        for _ in range(3):
            yield from fork(p, wait_for_ever)
        yield traps.sleep(WHILE)

    assert len(sent(body, ids.MSG_PROC_NEWIDS)) == 3


def test_ids_are_sent_on_setpgrp_and_setsid_and_when_a_parent_ends() -> None:
    def group(p: Process) -> Steps:
        yield (mark,)
        yield from p.call(p.proc, ids.PROC_SETPGRP, (), (0, 0))
        yield from p.call(p.proc, ids.PROC_SETSID)
        yield traps.sleep(WHILE)

    assert len(sent(group, ids.MSG_PROC_NEWIDS)) == 2

    def parent(p: Process) -> Steps:
        for _ in range(3):
            yield from fork(p, wait_for_ever)
        yield traps.sleep(WHILE)
        yield (mark,)

    def orphans(p: Process) -> Steps:
        yield from fork(p, parent)
        yield from wait(p)
        yield traps.sleep(WHILE)

    assert len(sent(orphans, ids.MSG_PROC_NEWIDS)) == 3


def test_the_signal_thread_takes_the_ids_and_keeps_no_right() -> None:
    seen: list[dict[int, int]] = []

    def references(k: Kernel, thread: Any) -> dict[int, int]:
        return {name: entry.urefs for name, entry in thread.task.space.entries.items() if entry.bits & SEND}

    def body(p: Process) -> Steps:
        for _ in range(2):
            yield from p.call(p.proc, ids.PROC_SETPGRP, (), (0, 0))
            yield traps.sleep(WHILE)
            seen.append((yield (references,)))

    run(body)
    assert seen[0] == seen[1]


def test_beyond_five_queued_signals_a_thread_of_proc_waits_for_each_and_stays() -> None:
    counts: list[int] = []

    def many(p: Process) -> Steps:
        pids = []
        for _ in range(9):
            _, pid = yield from fork(p, wait_for_ever)
            pids.append(pid)
        yield traps.sleep(WHILE)
        yield traps.thread_suspend(p.signal_thread)
        for pid in pids:
            _, task = yield from p.ask(p.proc, ids.PROC_PID2TASK, (), pid)
            yield traps.task_terminate(task)
        yield traps.sleep(WHILE)
        counts.append((yield (senders,)))
        yield traps.thread_resume(p.signal_thread)
        yield traps.sleep(WHILE)
        counts.append((yield (senders,)))

    def senders(k: Kernel, thread: Any) -> int:
        return sum(len(e.object.senders) for e in thread.task.space.entries.values() if getattr(e.object, "senders", None))

    run(many)
    # The first signal is received by the suspended thread, five are queued.
    assert counts == [9 - 1 - QLIMIT, 0]


def test_a_full_queue_stops_proc_with_its_lock_held() -> None:
    asked: list[str] = []

    def child(p: Process) -> Steps:
        yield traps.thread_suspend(p.signal_thread)
        for _ in range(1 + QLIMIT + 1):
            asked.append("group")
            yield from p.call(p.proc, ids.PROC_SETPGRP, (), (0, 0))
        asked.append("never")

    def body(p: Process) -> Steps:
        yield from fork(p, child)
        yield traps.sleep(WHILE)
        asked.append("parent asks")
        yield from p.call(p.proc, ids.PROC_GETPIDS)
        asked.append("never")

    kernel = run(body)
    assert asked == ["group"] * (1 + QLIMIT + 1) + ["parent asks"]
    assert kernel.ended is not None and kernel.ended.outcome == "hang"
    assert kernel.ended.why == "every thread waits for ever; messages that wait for room in a queue: 1"


def test_a_fork_makes_proc_look_at_all_tasks_with_its_lock_held() -> None:
    times: list[int] = []
    arrays: list[int] = []
    events: list[Event] = []

    def now(k: Kernel, thread: Any) -> int:
        return k.time

    def body(p: Process) -> Steps:
        for number in (0, 100):
            for _ in range(number):
                yield traps.task_create(p.me, False, "idle")
            yield from fork(p, wait_for_ever)
            yield traps.sleep(WHILE)
            begun = yield (now,)
            yield from fork(p, wait_for_ever)
            times.append((yield (now,)) - begun)
            arrays.append(len((yield (lambda k, t: list(k.tasks),))))

    kernel = run(body, sink=events.append)
    costs = kernel.costs
    each = costs.right_copyout + costs.kernel_rpc + costs.trap + costs.user_step
    assert arrays[1] == arrays[0] + 101 + 1
    assert times[1] - times[0] > 100 * each
    entries = proc_of(kernel).space.entries.values()
    assert sum(1 for e in entries if getattr(getattr(e.object, "kobject", None), "name", "") == "idle") == 100, "each got a process"
    assert all(e.urefs == 1 for e in entries if getattr(getattr(e.object, "kobject", None), "name", "") == "idle")


def test_only_the_main_thread_of_proc_has_a_better_priority() -> None:
    def body(p: Process) -> Steps:
        yield from fork(p, at_once)
        yield from wait(p)

    main, *workers = proc_of(run(body)).threads
    assert main.base == 2
    assert workers and {worker.base for worker in workers} == {BASEPRI_USER}


def test_proc_keeps_a_right_to_the_port_for_forwarded_exceptions() -> None:
    forwards: list[bool] = []

    def body(p: Process) -> Steps:
        yield traps.sleep(WHILE)
        forwards.append((yield (forward_is_known, p.forward)))

    def forward_is_known(k: Kernel, thread: Any, name: int) -> bool:
        port = thread.task.space.entries[name].object
        return port in proc_of(k).space.names and port.srights == 1

    run(body)
    assert forwards == [True]


def test_a_zombie_keeps_nothing_in_proc() -> None:
    names: list[int] = []

    def body(p: Process) -> Steps:
        for _ in range(2):
            yield from fork(p, at_once)
            yield traps.sleep(WHILE)
            names.append((yield (lambda k, t: len(proc_of(k).space.entries),)))

    run(body)
    assert names[0] == names[1]
