"""Traps that use or give up the processor: thread_switch (kern/syscall_subr.c), and compute and sleep, which are not Mach's."""

from typing import TYPE_CHECKING

from zoneviz.mach.dispatch import block, preempt
from zoneviz.mach.ends import BLOCKED
from zoneviz.mach.ipc_space import KERN_SUCCESS
from zoneviz.mach.sched_prim import return_result, set_timer, thread_go

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread


def thread_switch(k: "Kernel", thread: "Thread", depress: int = 0) -> object:
    """Give up the processor. `depress`: run at priority 31 for this many ns."""
    k.path = thread.path["mach_call_call"]["thread_switch"]["thread_block"]["thread_invoke"]
    if depress:
        thread.depress_until = k.time + depress
        k.sched.compute_priority(thread)

        def undepress() -> None:
            if thread.depress_until and thread.depress_until <= k.time:
                k.sched.undepress(thread)

        set_timer(k, depress, undepress)
    if not k.sched.count:
        return KERN_SUCCESS
    thread.result = KERN_SUCCESS
    thread.continuation = return_result
    preempt(k)
    return BLOCKED


def compute(k: "Kernel", thread: "Thread", duration: int) -> object:
    """Use the processor for `duration` ns. The thread can be preempted at each clock tick."""
    k.path = thread.path
    while duration > 0:
        step = min(duration, max(k.sched.next_tick - k.time, 1))
        k.time += step
        duration -= step
        k.sched.clock(k)
        if k.sched.ast and duration > 0:
            thread.result = KERN_SUCCESS
            thread.continuation = (lambda rest: lambda k2, t: compute(k2, t, rest))(duration)
            preempt(k)
            return BLOCKED
    return KERN_SUCCESS


def sleep(k: "Kernel", thread: "Thread", duration: int, why: str = "sleep") -> object:
    """Wait `duration` ns, as a receive with a time-out on an unused port would. `why`: the reason recorded."""
    k.path = thread.path["mach_call_call"]["mach_msg_trap"]["mach_msg_receive"]
    wait = thread.wait_id
    thread.result = KERN_SUCCESS

    def wake() -> None:
        if thread.wait_id == wait and thread.alive:
            thread_go(k, thread)

    set_timer(k, duration, wake)
    return block(k, why, thread, return_result)
