"""libthreads: a mutex that hands nothing over, and what a new thread costs its task.

mutex_lock tries the bit, else queues and blocks; mutex_unlock clears the bit and readies the first in the queue, which must try
again: the running thread can take the mutex back before the woken one runs [S].
"""

from collections import deque
from collections.abc import Generator
from typing import Any

from zoneviz.mach import traps
from zoneviz.mach.thread import Program

Steps = Generator[tuple[Any, ...], Any, Any]

STACK_SIZE = 64 * 1024  # libthreads: the stack of a cthread [S]
PAGE = 4096


class Mutex:
    """A cthreads mutex. `name` is what blocked threads are said to wait for."""

    __slots__ = ("address", "held", "name", "queue")

    def __init__(self, name: str) -> None:
        self.name = name
        self.held = False
        self.queue: deque[Any] = deque()
        self.address = 0


def mutex_lock(mutex: Mutex) -> Steps:
    """Take a mutex, waiting as long as it takes."""
    while not (yield _try, mutex):
        pass


def _try(k: Any, thread: Any, mutex: Mutex) -> object:
    if not mutex.held:
        mutex.held = True
        return True
    mutex.queue.append(thread)
    thread.result = False
    return k.block(mutex.name, mutex, lambda k2, t: t.result)


def mutex_unlock(mutex: Mutex) -> tuple[Any, ...]:
    """A trap: let a mutex go and ready the first thread that waits for it."""
    return _unlock, mutex


def _unlock(k: Any, thread: Any, mutex: Mutex) -> None:
    mutex.held = False
    while mutex.queue:
        waiting = mutex.queue.popleft()
        if waiting.alive:
            k.thread_go(waiting)
            break


def cthread_fork(me: int, program: Program, name: str) -> Steps:
    """A detached thread in the running task: its stack with a guard page, the thread, its state. A kern_return."""
    kr, stack = yield traps.vm_allocate(me, STACK_SIZE)
    if kr:
        return kr
    yield traps.vm_protect(me, stack, PAGE, 0)
    kr, thread = yield traps.thread_create(me, name)
    if kr:
        return kr
    yield traps.thread_set_state(thread, program, stack + STACK_SIZE - PAGE)
    yield traps.touch(stack + STACK_SIZE - PAGE)
    return (yield traps.thread_resume(thread))
