"""Threads on the one processor: thread_block, thread_invoke, hand-off and the reaper (kern/sched_prim.c, kern/thread.c).

These are the kernel's own methods (see Kernel), kept here because they belong together.
"""

import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zoneviz.events import PORT_SET, Kind
from zoneviz.mach import ipc_kmsg, ipc_port, thread
from zoneviz.mach.ends import BLOCKED
from zoneviz.mach.sched_prim import QUANTUM
from zoneviz.mach.thread import RUNNING, WAITING, Program, Thread

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel

MACH_SEND_INVALID_DEST, MACH_RCV_PORT_DIED = 0x10000003, 0x10004009  # mach/message.h [R]
THREAD_RUN, THREAD_BLOCK, REAPER_ENQUEUE = int(Kind.THREAD_RUN), int(Kind.THREAD_BLOCK), int(Kind.REAPER_ENQUEUE)


def start(k: "Kernel", new: Thread, program: Program) -> None:
    """Give a thread its program; it runs once it is resumed."""
    new.program = program


def resume(k: "Kernel", waiting: Thread) -> None:
    """thread_resume: one suspension less; runnable at zero, unless it waits for something else."""
    waiting.suspend_count -= 1
    if not waiting.suspend_count and waiting.state == WAITING and waiting.waiting_on is None:
        k.sched.setrun(k, waiting)


def thread_go(k: "Kernel", waiting: Thread) -> None:
    """What it waited for has come."""
    waiting.waiting_on = None
    waiting.wait_id += 1
    if not waiting.suspend_count:
        k.sched.setrun(k, waiting)


def thread_stop(k: "Kernel", gone: Thread) -> None:
    """Take a thread of another's out of every queue: it is about to be destroyed."""
    k.sched.remove(gone)
    where = gone.waiting_on
    if isinstance(where, ipc_port.IpcPort):
        if gone in where.receivers:
            where.receivers.remove(gone)
        for entry in list(where.senders):
            if entry[0] is gone:
                where.senders.remove(entry)
                ipc_kmsg.destroy(k, entry[1])
    elif isinstance(where, ipc_port.IpcPset) and gone in where.receivers:
        where.receivers.remove(gone)
    gone.waiting_on = None
    gone.wait_id += 1
    if gone.received is not None:
        ipc_kmsg.destroy(k, gone.received)
        gone.received = None
    if gone.program is not None:
        gone.program.close()


def done(k: "Kernel", thread: Thread) -> object:
    """A continuation: go on after a wait with the result that was left."""
    return thread.result


def ipc_port_changed(k: "Kernel", port: ipc_port.IpcPort) -> None:
    """A port died: who waits to receive gets MACH_RCV_PORT_DIED, who waits to send MACH_SEND_INVALID_DEST."""
    while port.receivers:
        waiting = port.receivers.popleft()
        waiting.continuation = done
        waiting.result = (MACH_RCV_PORT_DIED, None)
        k.thread_go(waiting)
    while port.senders:
        waiting, kmsg = port.senders.popleft()
        ipc_kmsg.destroy(k, kmsg)
        # A combined send and receive answers with a pair, and does not go on to receive.
        waiting.result = MACH_SEND_INVALID_DEST if waiting.continuation is done else (MACH_SEND_INVALID_DEST, None)
        waiting.continuation = done
        k.thread_go(waiting)


def ipc_pset_changed(k: "Kernel", pset: ipc_port.IpcPset) -> None:
    """A port set died: its receivers get MACH_RCV_PORT_DIED."""
    while pset.receivers:
        waiting = pset.receivers.popleft()
        waiting.continuation = done
        waiting.result = (MACH_RCV_PORT_DIED, None)
        k.thread_go(waiting)


def block(k: "Kernel", why: str, on: Any, continuation: Any, keep_stack: bool = False) -> object:
    """thread_block: the running thread waits for `on`; with a continuation it needs no kernel stack."""
    old = k.current
    assert old is not None
    old.state = WAITING
    old.waiting_on = on
    old.continuation = continuation
    address = getattr(on, "address", 0)
    reason = k.catalog.names.intern(why)
    k.tell((THREAD_BLOCK, k.time, k.task_id, k.thread_id, k.path, old.id, address, int(keep_stack), reason))
    k.switch(old, keep_stack)
    return BLOCKED


def block_onto(k: "Kernel", why: str, on: Any, continuation: Any, onto: Thread) -> None:
    """Block the running thread and give the processor to `onto`, which was just made runnable."""
    old = k.current
    assert old is not None
    old.state = WAITING
    old.waiting_on = on
    old.continuation = continuation
    reason = k.catalog.names.intern(why)
    k.tell((THREAD_BLOCK, k.time, k.task_id, k.thread_id, k.path, old.id, on.address, 0, reason))
    if k.sched.next_tick <= k.time:
        k.sched.clock(k)
    k.dispatch(old, onto, selected=False)


def switch(k: "Kernel", old: Thread, keep_stack: bool = False) -> None:
    """Choose the next thread and dispatch it."""
    if k.sched.next_tick <= k.time:
        k.sched.clock(k)
    new = k.sched.select()
    if new is None:
        # The idle thread runs, on the stack of the thread that blocks if that needs it no more.
        idle = k.idle_thread
        if keep_stack or not old.stack:
            thread.stack_alloc(k, idle)
        else:
            thread.stack_handoff(k, old, idle)
        k.current = None
        k.task_id, k.thread_id = idle.task.id, idle.id
        k.tell((THREAD_RUN, k.time, k.task_id, k.thread_id, 0, idle.id, 0, 31, old.id))
        return
    k.dispatch(old, new, keep_stack)


def dispatch(k: "Kernel", old: Thread | None, new: Thread, keep_stack: bool = False, selected: bool = True) -> None:
    """thread_invoke: hand the stack over if it can be, else find one. A thread that was not `selected` uses up the quantum it finds [R]."""
    if new is not old:
        k.time += k.costs.context_switch
        if old is not None and old.stack and not keep_stack:
            if new.stack:
                thread.stack_free(k, old)
            else:
                thread.stack_handoff(k, old, new)
        elif not new.stack:
            thread.stack_alloc(k, new)
    k.current = new
    new.state = RUNNING
    k.task_id, k.thread_id = new.task.id, new.id
    if selected:
        k.sched.quantum = QUANTUM
        k.sched.first_quantum = True
    k.sched.ast = False
    before = old.id if old is not None else 0
    k.tell((THREAD_RUN, k.time, k.task_id, k.thread_id, new.path, new.id, 0, new.priority, before))


def preempt(k: "Kernel") -> None:
    """ast_taken: the running thread goes to the tail of its queue and the best one runs."""
    k.sched.ast = False
    old = k.current
    assert old is not None
    k.sched.setrun(k, old, may_preempt=False)
    new = k.sched.select()
    assert new is not None
    k.dispatch(old, new)


def halt_self(k: "Kernel", gone: Thread) -> None:
    """thread_halt_self: the reaper runs at once, by stack hand-off, and frees the thread."""
    if gone.compat_reply is not None or gone.port.alive:
        thread.ipc_thread_terminate(k, gone)
    k.tell((REAPER_ENQUEUE, k.time, k.task_id, k.thread_id, k.path, gone.id, gone.address, 0, 0))
    if gone.program is not None:
        gone.program.close()
    thread.stack_handoff(k, gone, k.reaper)
    k.current = k.reaper
    k.task_id, k.thread_id = k.reaper.task.id, k.reaper.id
    k.path = k.paths[0, "reaper_thread_continue"]
    k.thread_deallocate(gone)
    k.path = 0
    k.switch(k.reaper)


def after(k: "Kernel", delay: int, action: Callable[[], None]) -> None:
    """Call `action` in `delay` ns, at the next clock interrupt after that."""
    k.timer_count += 1
    heapq.heappush(k.timers, (k.time + delay, k.timer_count, action))


def requests_left(k: "Kernel") -> int:
    """Messages in the queues of port sets. Only servers have these; what lies on a port may be a late answer nobody wants."""
    sets = (e.object for t in k.tasks.values() for e in t.space.entries.values() if e.bits & PORT_SET)
    return sum(len(found.messages) for found in sets if found is not None)


def run_timers(k: "Kernel") -> None:
    """Call what has become due."""
    while k.timers and k.timers[0][0] <= k.time:
        heapq.heappop(k.timers)[2]()
