"""libthreads, the first half: mutexes, and how a cthread waits and is woken. cprocs.py creates the threads.

mutex_lock tests the bit; if it is set, the thread queues and blocks. mutex_unlock clears the bit and readies the first thread
of the queue, which tries again: the running thread can take the mutex back before the woken one runs. Every cthread is wired: it
has its own port, receives on it when it blocks, and is woken by a small message to it [S]. Taking a free mutex is a few
instructions in user mode and takes no simulated time. The time for which it is held passes before mutex_unlock.
"""

from collections import deque
from collections.abc import Generator
from typing import Any

from zoneviz.mach import mach_msg, syscall_subr
from zoneviz.mach.dispatch import preempt
from zoneviz.mach.ends import BLOCKED

Steps = Generator[tuple[Any, ...], Any, Any]

WAKE_SIZE = 24  # bytes of the message that wakes a cthread, a header [S]
WAKE_ID = 777  # its msgh_id; the receiver does not read it [I]
UNWIRED = 10_000_000  # ns after which a cthread without a port looks again; the real one spins [E]


class Mutex:
    """A cthreads mutex. `name`: the reason recorded for threads that wait."""

    __slots__ = ("held", "name", "queue")

    def __init__(self, name: str) -> None:
        self.name = name
        self.held = False
        self.queue: deque[Any] = deque()


def mutex_lock(mutex: Mutex) -> Steps:
    """Take a mutex; wait while it is held."""
    while mutex.held:
        yield _wait, mutex
    mutex.held = True


def _wait(k: Any, thread: Any, mutex: Mutex) -> object:
    """Queue and wait for a wake-up, unless the mutex is free by now."""
    return None if not mutex.held else wait_in(k, thread, mutex.queue, mutex.name)


def wait_in(k: Any, thread: Any, queue: deque[Any], why: str) -> object:
    """cproc_block: queue the thread and receive on its wired port.

    Without a port, because the task had no room for its name, it does not queue; it looks again later.
    """
    if not thread.wired_port:
        return syscall_subr.sleep(k, thread, UNWIRED, why)
    queue.append(thread)
    return mach_msg.mach_msg_receive(k, thread, thread.wired_port, why=why)


def mutex_unlock(mutex: Mutex) -> tuple[Any, ...]:
    """A trap: release a mutex and wake the first waiting thread. Its cost passes while the mutex is still held."""
    return _unlock, mutex


def _unlock(k: Any, thread: Any, mutex: Mutex) -> object:
    k.time -= k.costs.trap  # a few instructions in user mode; the kernel is not entered
    return _unlock_now(k, thread, mutex)


def _unlock_now(k: Any, thread: Any, mutex: Mutex) -> object:
    sched = k.sched
    if sched.next_tick <= k.time:
        sched.clock(k)
        if sched.ast:
            # The clock interrupt came before the release: the thread that runs next finds the mutex held.
            thread.continuation = lambda k2, t: _unlock_now(k2, t, mutex)
            preempt(k)
            return BLOCKED
    return release(k, thread, mutex)


def release(k: Any, thread: Any, mutex: Mutex) -> object:
    """Release a mutex at once, as part of a trap that does more, such as waiting for a condition."""
    mutex.held = False
    return wake_first(k, thread, mutex.queue)


def wake_first(k: Any, thread: Any, queue: deque[Any]) -> object:
    """cproc_ready: wake the first cthread of a queue, if there is one, by a message to its wired port."""
    while queue:
        waiting = queue.popleft()
        if waiting.alive:
            return mach_msg.mach_msg_send(k, thread, waiting.wired_port, WAKE_ID, WAKE_SIZE)
    return None
