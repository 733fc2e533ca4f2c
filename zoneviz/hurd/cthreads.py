"""libthreads: mutexes, and the creation of threads.

mutex_lock tests the bit; if it is set, the thread queues and blocks. mutex_unlock clears the bit and readies the first thread
of the queue, which tries again: the running thread can take the mutex back before the woken one runs. A blocked cthread waits in
mach_msg receive on its task's wake-up port; a small message to that port wakes it [S]. Taking a free mutex is a few
instructions in user mode and takes no simulated time. The time for which it is held passes before mutex_unlock.
"""

from collections import deque
from collections.abc import Generator
from typing import Any

from zoneviz.events import SEND
from zoneviz.mach import mach_msg, syscall_subr, traps
from zoneviz.mach.dispatch import preempt
from zoneviz.mach.ends import BLOCKED
from zoneviz.mach.ipc_port import make_send
from zoneviz.mach.ipc_space import right_insert
from zoneviz.mach.thread import Program

Steps = Generator[tuple[Any, ...], Any, Any]

STACK_SIZE = 64 * 1024  # libthreads: the stack of a cthread [S]
PAGE = 4096
WAKE_SIZE = 24  # bytes of the message that wakes a cthread, a header [S]
WAKE_ID = 777  # its msgh_id; the receiver does not read it [I]


class Mutex:
    """A cthreads mutex. `name`: the reason recorded for threads that wait."""

    __slots__ = ("held", "name", "queue")

    def __init__(self, name: str) -> None:
        self.name = name
        self.held = False
        self.queue: deque[Any] = deque()


def cthread_init() -> tuple[Any, ...]:
    """A trap: the name of the task's wake-up port, which is allocated on first use."""
    return (_wake_up_port,)


def _wake_up_port(k: Any, thread: Any) -> int:
    task = thread.task
    if not task.wake_up_port:
        name = task.wake_up_port = mach_msg.mach_reply_port(k, thread)
        entry = task.space.entries[name]
        right_insert(k, task.space, name, entry, make_send(entry.object), SEND)
    port: int = task.wake_up_port
    return port


def mutex_lock(mutex: Mutex) -> Steps:
    """Take a mutex; wait while it is held."""
    while mutex.held:
        yield _wait, mutex
    mutex.held = True


def _wait(k: Any, thread: Any, mutex: Mutex) -> object:
    """Queue and wait for a wake-up, unless the mutex is free by now."""
    if not mutex.held:
        return None
    mutex.queue.append(thread)
    return mach_msg.mach_msg_receive(k, thread, _wake_up_port(k, thread), why=mutex.name)


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
    while mutex.queue:
        waiting = mutex.queue.popleft()
        if waiting.alive:
            return _wake(k, thread, waiting)
    return None


def _wake(k: Any, thread: Any, waiting: Any) -> object:
    """Wake a cthread. The message goes to its kernel thread, although another thread waiting on the port could run it too."""
    port = thread.task.wake_up_port
    receivers = thread.task.space.entries[port].object.receivers
    if receivers[0] is not waiting:
        receivers.remove(waiting)
        receivers.appendleft(waiting)
    return mach_msg.mach_msg_send(k, thread, port, WAKE_ID, WAKE_SIZE)


def _fork_work(k: Any, thread: Any) -> object:
    """A trap: the processor time of cthread_fork besides its calls."""
    return syscall_subr.compute(k, thread, k.costs.cthread_fork)


def cthread_fork(me: int, program: Program, name: str) -> Steps:
    """Create a detached thread in the running task: stack, thread, state. A kern_return.

    The first page of a stack holds the cthread pointer, the second is the guard page. So a stack takes three map entries, or
    two if it extends the stack before it [S].
    """
    kr, stack = yield traps.vm_allocate(me, STACK_SIZE)
    if kr:
        return kr
    yield traps.vm_protect(me, stack + PAGE, PAGE, 0)
    yield traps.touch(stack)
    yield (_fork_work,)
    kr, thread = yield traps.thread_create(me, name)
    if kr:
        return kr
    yield traps.thread_set_state(thread, program, stack + STACK_SIZE - PAGE)
    yield traps.touch(stack + STACK_SIZE - PAGE)
    return (yield traps.thread_resume(thread))
