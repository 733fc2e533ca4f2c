"""Threads on the one processor: thread_block, thread_invoke, hand-off and the reaper (kern/sched_prim.c, kern/thread.c)."""

from typing import TYPE_CHECKING

from zoneviz.events import PORT_SET, RECEIVE
from zoneviz.mach.ends import BLOCKED
from zoneviz.mach.ipc_port import IpcPort, IpcPset
from zoneviz.mach.kinds import REAPER_ENQUEUE, THREAD_BLOCK, THREAD_RUN
from zoneviz.mach.sched_prim import QUANTUM, RUNNING, WAITING
from zoneviz.mach.thread import (
    Continuation,
    Thread,
    WaitsOn,
    ipc_thread_terminate,
    stack_alloc,
    stack_free,
    stack_handoff,
    thread_deallocate,
)

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


def thread_resume(k: "Kernel", waiting: Thread) -> None:
    """thread_resume: undo one suspension. At 0 the thread is runnable, unless it waits for something."""
    waiting.suspend_count -= 1
    if not waiting.suspend_count and waiting.state == WAITING and waiting.waiting_on is None:
        k.sched.setrun(k, waiting)


def block(k: "Kernel", why: str, on: WaitsOn, continuation: Continuation, keep_stack: bool = False) -> object:
    """thread_block: the running thread waits for `on`. With a continuation it gives up its kernel stack, unless `keep_stack`."""
    old = k.current
    assert old is not None
    old.state = WAITING
    old.waiting_on = on
    old.continuation = continuation
    address = on.address if on is not None else 0
    reason = k.catalog.names.intern(why)
    k.tell((THREAD_BLOCK, k.time, k.task_id, k.thread_id, k.path.id, old.id, address, int(keep_stack), reason))
    switch(k, old, keep_stack)
    return BLOCKED


def block_onto(k: "Kernel", why: str, on: IpcPort | IpcPset, continuation: Continuation, onto: Thread) -> None:
    """Block the running thread and hand the processor to `onto`, which just became runnable."""
    old = k.current
    assert old is not None
    old.state = WAITING
    old.waiting_on = on
    old.continuation = continuation
    reason = k.catalog.names.intern(why)
    k.tell((THREAD_BLOCK, k.time, k.task_id, k.thread_id, k.path.id, old.id, on.address, 0, reason))
    if k.sched.next_tick <= k.time:
        k.sched.clock(k)
    dispatch(k, old, onto, selected=False)


def switch(k: "Kernel", old: Thread, keep_stack: bool = False) -> None:
    """Choose the next thread and dispatch it; the idle thread if none is runnable."""
    if k.sched.next_tick <= k.time:
        k.sched.clock(k)
    new = k.sched.select()
    if new is None:
        # The idle thread runs. It takes over the stack of the blocking thread if that thread gave it up.
        idle = k.idle_thread
        if keep_stack or not old.stack:
            stack_alloc(k, idle)
        else:
            stack_handoff(k, old, idle)
        k.current = None
        k.task_id = idle.task.id
        k.thread_id = idle.id
        k.tell((THREAD_RUN, k.time, k.task_id, k.thread_id, 0, idle.id, 0, 31, old.id))
        return
    dispatch(k, old, new, keep_stack)


def dispatch(k: "Kernel", old: Thread | None, new: Thread, keep_stack: bool = False, selected: bool = True) -> None:
    """thread_invoke: run `new`. It takes over the old thread's stack, or gets a new one.

    A thread that was not `selected` by the scheduler continues the current quantum [R].
    """
    if new is not old:
        k.time += k.costs.context_switch
        if old is not None and old.stack and not keep_stack:
            if new.stack:
                stack_free(k, old)
            else:
                stack_handoff(k, old, new)
        elif not new.stack:
            stack_alloc(k, new)
    k.current = new
    new.state = RUNNING
    k.task_id = new.task.id
    k.thread_id = new.id
    if selected:
        k.sched.quantum = QUANTUM
        k.sched.first_quantum = True
    k.sched.ast = False
    before = old.id if old is not None else 0
    k.tell((THREAD_RUN, k.time, k.task_id, k.thread_id, new.path.id, new.id, 0, new.priority, before))


def preempt(k: "Kernel") -> None:
    """ast_taken: the running thread goes to the tail of its run queue, and the best thread runs."""
    k.sched.ast = False
    old = k.current
    assert old is not None
    k.sched.setrun(k, old, may_preempt=False)
    new = k.sched.select()
    assert new is not None
    dispatch(k, old, new)


def halt_self(k: "Kernel", gone: Thread) -> None:
    """thread_halt_self: hand the stack to the reaper, which runs at once and frees the thread."""
    if gone.compat_reply is not None or gone.port.alive:
        ipc_thread_terminate(k, gone)
    k.tell((REAPER_ENQUEUE, k.time, k.task_id, k.thread_id, k.path.id, gone.id, gone.address, 0, 0))
    if gone.program is not None:
        gone.program.close()
    stack_handoff(k, gone, k.reaper)
    k.current = k.reaper
    k.task_id = k.reaper.task.id
    k.thread_id = k.reaper.id
    k.path = k.root["reaper_thread_continue"]
    thread_deallocate(k, gone)
    k.path = k.root
    switch(k, k.reaper)


def left(k: "Kernel") -> str:
    """What no thread will take any more, in words; "" if nothing.

    Requests are messages queued on port sets: only servers have those, and a message on a plain port may be a late reply.
    """
    objects = [e.object for t in k.tasks.values() for e in t.space.entries.values() if e.bits & (PORT_SET | RECEIVE)]
    counts = {
        "requests that no server takes": sum(len(found.messages) for found in objects if isinstance(found, IpcPset)),
        "messages that wait for room in a queue": sum(len(found.senders) for found in objects if isinstance(found, IpcPort)),
    }
    return ", ".join(f"{what}: {count:,}" for what, count in counts.items() if count)
