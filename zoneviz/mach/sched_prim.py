"""The scheduler of the one processor: kern/sched_prim.c, priority.c, mach_factor.c and ast.c.

Usage is sampled: each 10 ms tick charges the whole tick, times the load, to the thread that is running at that instant.
The kernel is not preempted: a switch happens on the way back to user mode, or where the kernel blocks.
"""

import heapq
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from zoneviz.mach.kinds import THREAD_READY

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread


RUNNABLE: Final = 0  # Thread.state
RUNNING: Final = 1
WAITING: Final = 2
BASEPRI_USER: Final = 12  # kern/sched.h [R]
NRQS: Final = 32  # kern/sched.h: run queues, 0 best [R]
TICK: Final = 10_000_000  # hz = 100, in ns [R]
TICK_USEC: Final = 10_000
SCHED_SHIFT: Final = 7  # kern/sched.h: sched_load is scaled by 128 [R]
PRI_SHIFT: Final = 18 + SCHED_SHIFT  # usage to priority steps [R]
USAGE_THRESHOLD: Final = 4 << PRI_SHIFT  # above this the priority is recomputed within a quantum [R]
QUANTUM: Final = 10  # ticks: hz / 10 [R]
FORGET: Final = 30  # seconds after which all usage is forgotten [R]
USAGE_MASK: Final = 0xFFFFFFFF  # products are 32 bits wide and wrap [R]
SCHED_SCALE: Final = 1 << SCHED_SHIFT
LOWEST: Final = NRQS - 1
SECOND: Final = 1_000_000_000


class Scheduler:
    """Run queues and clock of the processor. `tick` counts seconds; `load` is scaled by 128; `ast`: a switch is requested."""

    __slots__ = ("ast", "best", "count", "first_quantum", "load", "next_second", "next_tick", "quantum", "queues", "tick")

    def __init__(self) -> None:
        self.queues: list[deque[Thread]] = [deque() for _ in range(NRQS)]
        self.best = NRQS
        self.count = 0
        self.tick = 0
        self.load = SCHED_SCALE
        self.quantum = QUANTUM
        self.first_quantum = True
        self.ast = False
        self.next_tick = TICK
        self.next_second = SECOND

    def setrun(self, k: "Kernel", thread: "Thread", may_preempt: bool = True) -> None:
        """thread_setrun: put a thread at the tail of its run queue. Request a switch if it is better than the running one."""
        if thread.stamp != self.tick:
            self.age(thread)
        priority = thread.priority
        thread.state = RUNNABLE
        thread.queue = True
        self.queues[priority].append(thread)
        self.count += 1
        if priority < self.best:
            self.best = priority
        k.tell((THREAD_READY, k.time, k.task_id, k.thread_id, k.path.id, thread.id, 0, priority, 0))
        current = k.current
        if may_preempt and current is not None and priority < current.priority:
            self.first_quantum = False
            self.ast = True

    def remove(self, thread: "Thread") -> None:
        """Remove a thread from its run queue, if it is in one."""
        if thread.queue:
            self.queues[thread.priority].remove(thread)
            thread.queue = False
            self.count -= 1

    def select(self) -> "Thread | None":
        """Remove and return the first thread of the best queue; None if all are empty."""
        queues = self.queues
        best = self.best
        while best < NRQS:
            if queues[best]:
                self.best = best
                self.count -= 1
                thread = queues[best].popleft()
                thread.queue = False
                return thread
            best += 1
        self.best = NRQS
        return None

    def age(self, thread: "Thread") -> None:
        """update_priority: multiply the usage by 5/8 for each second missed, then compute the priority."""
        missed = self.tick - thread.stamp
        thread.stamp = self.tick
        if missed > FORGET:
            thread.usage = 0
        else:
            usage = thread.usage
            for _ in range(missed):
                usage = (usage >> 1) + (usage >> 3)
            thread.usage = usage
        self.compute_priority(thread)

    def compute_priority(self, thread: "Thread") -> None:
        """Set the priority to base + (usage >> 25), at most 31. A depressed thread stays at 31."""
        if thread.depress_until:
            thread.priority = LOWEST
            return
        priority = thread.base + (thread.usage >> PRI_SHIFT)
        thread.priority = priority if priority < LOWEST else LOWEST

    def undepress(self, thread: "Thread") -> None:
        """End a depression."""
        thread.depress_until = 0
        self.change_priority(thread)

    def change_priority(self, thread: "Thread") -> None:
        """Compute the priority from the base and the usage, and move the thread to that run queue."""
        if thread.queue:
            self.queues[thread.priority].remove(thread)
        self.compute_priority(thread)
        if thread.queue:
            self.queues[thread.priority].append(thread)
            self.best = min(self.best, thread.priority)

    def clock(self, k: "Kernel") -> None:
        """Take the clock interrupts that are due: charge the running thread and its quantum; update the load once a second."""
        while self.next_tick <= k.time:
            self.next_tick += TICK
            current = k.current
            if current is not None:
                current.usage = (current.usage + TICK_USEC * self.load) & USAGE_MASK
                self.quantum -= 1
                if self.quantum <= 0:
                    self.age(current)
                    self.first_quantum = False
                    self.quantum += QUANTUM
                elif current.usage > USAGE_THRESHOLD or current.stamp != self.tick:
                    self.age(current)
                if not self.first_quantum and self._better_or_equal(current):
                    self.ast = True
            if self.next_second <= self.next_tick - TICK:
                self.next_second += SECOND
                self._second(k)
        if k.timers:
            run_timers(k)

    def _better_or_equal(self, current: "Thread") -> bool:
        queues = self.queues
        return any(queues[priority] for priority in range(self.best, min(current.priority, LOWEST) + 1))

    def _second(self, k: "Kernel") -> None:
        """Once a second: sched_tick and the load average; every other second the scan for stale priorities."""
        self.tick += 1
        # The scheduler thread computes this. It does not count itself; the thread it interrupted is in a run queue.
        nthreads = self.count + (1 if k.current is not None else 0)
        now = max(nthreads * SCHED_SCALE, SCHED_SCALE)
        self.load = (self.load + now) >> 1
        if self.tick & 1:
            self._scan()
        if k.current is not None and self.count:
            # The scheduler thread (base 6) ran: the preempted thread goes to the tail of its queue.
            self.ast = True
            self.first_quantum = False

    def _scan(self) -> None:
        """do_runq_scan: move threads whose priority is out of date to the right run queue."""
        stale = [t for queue in self.queues for t in queue if t.stamp != self.tick]
        for thread in stale:
            before = thread.priority
            self.age(thread)
            if thread.priority != before:
                self.queues[before].remove(thread)
                self.queues[thread.priority].append(thread)
                if thread.priority < self.best:
                    self.best = thread.priority


def thread_go(k: "Kernel", waiting: "Thread") -> None:
    """Make a waiting thread runnable: what it waited for has come."""
    waiting.waiting_on = None
    waiting.wait_id += 1
    if not waiting.suspend_count:
        k.sched.setrun(k, waiting)


def return_result(k: "Kernel", thread: "Thread") -> object:
    """The continuation of a wait that only returns the result left for it."""
    return thread.result


def set_timer(k: "Kernel", delay: int, action: Callable[[], None]) -> None:
    """Call `action` at the first clock interrupt that comes `delay` ns or more from now (kern/mach_clock.c)."""
    k.timer_count += 1
    heapq.heappush(k.timers, (k.time + delay, k.timer_count, action))


def run_timers(k: "Kernel") -> None:
    """Call the actions that have become due."""
    while k.timers and k.timers[0][0] <= k.time:
        heapq.heappop(k.timers)[2]()
