"""fork() in the parent: the order of its requests, and calls that get a wrong reply."""

from tests.hurd.sessions import run, tasks
from zoneviz.events import Event, Kind
from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.hurd.process import Process, wait
from zoneviz.mach import traps
from zoneviz.mach.ipc_port import NOTIFY_SEND_ONCE
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_msg import MIG_REPLY_MISMATCH, MIG_SERVER_DIED
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.thread import Thread

TASK_CREATE, THREAD_ABORT, THREAD_RESUME = 2007, 2019, 2063


def at_once(p: Process) -> Steps:
    """A child that exits as soon as it runs."""
    yield traps.compute(1000)


def test_the_child_runs_after_it_is_registered_with_proc() -> None:
    events: list[Event] = []
    here: list[int] = []

    def forks(p: Process) -> Steps:
        here.append(len(events))
        kr, pid = yield from fork(p, at_once)
        here.append(len(events))
        assert kr == 0
        assert pid > p.pid
        assert (yield from wait(p)) == pid

    kernel = run(forks, sink=events.append)
    mine = events[here[0]][2]
    asked = [e for e in events[here[0] : here[1]] if e[2] == mine and e[0] in (Kind.MSG_SEND, Kind.RPC, Kind.FORK)]
    order = [Kind.FORK if e[0] == Kind.FORK else e[5] for e in asked]
    proc = [number for number in order if number in (ids.PROC_DOSTOP, ids.PROC_TASK2PROC, ids.PROC_TASK2PID, ids.PROC_CHILD)]
    assert proc == [ids.PROC_DOSTOP, ids.PROC_TASK2PROC, ids.PROC_TASK2PID, ids.PROC_CHILD]
    assert order.index(ids.PROC_CHILD) < order.index(Kind.FORK) < order.index(THREAD_RESUME)
    child = next(e for e in asked if e[0] == Kind.FORK)[8]
    assert kernel.catalog.tasks[child - 1].name == "program"


def test_a_wrong_reply_fails_the_call_and_does_not_reach_a_later_one() -> None:
    def calls(p: Process) -> Steps:
        for number, error in ((NOTIFY_SEND_ONCE, MIG_SERVER_DIED), (4711, MIG_REPLY_MISMATCH)):
            old = p.reply
            yield traps.port_insert_right(p.me, old, old, MAKE_SEND)
            yield traps.send(old, number, 32)
            kr, _ = yield from p.call(p.proc, ids.PROC_MARK_EXIT, (), 0)
            assert kr == error
            assert p.reply != old
            kr, answer = yield from p.call(p.proc, ids.PROC_GETPIDS)
            assert (kr, answer.body) == (0, p.pid)

    run(calls)


def test_an_unexpected_error_aborts_the_process_and_leaves_the_task_of_the_child() -> None:
    ended: list[int] = []

    def forks(p: Process) -> Steps:
        p.ports["proc"] = p.me + 4711  # a name that it does not have: proc_task2proc fails
        yield from fork(p, at_once, "half made")
        raise AssertionError("fork returned")

    def body(p: Process) -> Steps:
        _, pid = yield from fork(p, forks, "forks")
        ended.append((yield from wait(p)) - pid)

    kernel = run(body)
    assert ended == [0]
    assert not tasks(kernel, "forks")
    (left,) = tasks(kernel, "half made")
    assert not left.threads


def test_the_parent_registers_the_message_port_and_its_signal_thread_stands_still() -> None:
    events: list[Event] = []
    here: list[int] = []
    suspended: list[int] = []

    def child(p: Process) -> Steps:
        here.append(len(events))
        yield from p.call(p.proc, ids.PROC_GETPIDS)

    def body(p: Process) -> Steps:
        here.append(len(events))
        yield from fork(p, child)
        suspended.append((yield (suspensions,)))
        yield from wait(p)

    def suspensions(kernel: Kernel, thread: Thread) -> int:
        return sum(t.suspend_count for t in thread.task.threads)

    run(body, sink=events.append)
    parent = events[here[0]][2]
    mine = [e[5] for e in events[here[0] : here[1]] if e[2] == parent and e[0] in (Kind.MSG_SEND, Kind.RPC)]
    assert mine.index(THREAD_ABORT) < mine.index(TASK_CREATE) < mine.index(ids.PROC_SETMSGPORT) < mine.index(ids.PROC_CHILD)
    child_task = next(e for e in events if e[0] == Kind.FORK and e[2] == parent)[8]
    assert not [e for e in events if e[0] == Kind.MSG_SEND and e[2] == child_task and e[5] == ids.PROC_SETMSGPORT]
    assert suspended == [0]
