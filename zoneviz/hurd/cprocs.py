"""libthreads, the second half: cthreads, and the kernel threads (cprocs) that run them [S: cthreads.c, cprocs.c, stack.c].

A cthread that finishes leaves its kernel thread, which waits for the next cthread_fork; a new kernel thread is made only if more
cthreads live than there are kernel threads. So a peak of cthreads stays. Errors of Mach calls are ignored: a thread that cannot be
created leaves a cthread that waits for another kernel thread.
"""

from collections import deque
from typing import Any

from zoneviz.hurd.condition import Condition, condition_signal, condition_wait
from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.mach import syscall_subr, traps
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.thread import Program
from zoneviz.mach.vm_map import VM_MAX_ADDRESS

STACK_SIZE = 64 * 1024  # the stack of a cthread, at a multiple of its size [S]


class Cthreads:
    """The cthreads of one task. `cthreads`: living ones. `cprocs`: kernel threads for them, the main thread included.

    `next_stack`: where alloc_stack tries first. `waiting`: functions that no kernel thread runs yet, with their names.
    """

    __slots__ = ("cprocs", "cthreads", "lock", "me", "needed", "next_stack", "waiting")

    def __init__(self) -> None:
        self.me = 0
        self.cthreads = self.cprocs = 1
        self.next_stack = STACK_SIZE  # it begins at 0, where the page that catches null pointers is [S]
        self.lock = Mutex("cthread_lock")
        self.needed = Condition("cthread_needed")
        self.waiting: deque[Program] = deque()

    def init(self, me: int) -> Steps:
        """cthread_init: wire the running thread, the main one of the task `me`."""
        self.me = me
        yield _wired, (yield from self.wired_port())

    def wired_port(self) -> Steps:
        """cproc_alloc: a receive and a send right under one name, 0 if there is no room. The first calls of a cthread's birth."""
        kr, port = yield traps.port_allocate(self.me)
        if kr:
            return 0
        yield traps.port_insert_right(self.me, port, port, MAKE_SEND)
        return port

    def fork(self, program: Program, name: str, buffers: int = 0) -> Steps:
        """cthread_fork, detached. `buffers`: bytes of message buffers that the function keeps on its stack."""
        yield from mutex_lock(self.lock)
        self.cthreads += 1
        self.waiting.append(program)
        new = self.cthreads > self.cprocs
        self.cprocs += new
        yield mutex_unlock(self.lock)
        if new:
            yield from self.cproc_create(name, buffers)
        else:
            yield condition_signal(self.needed)

    def cproc_create(self, name: str, buffers: int) -> Steps:
        """A kernel thread with port, stack and state.

        The creator writes the first page of the stack, which holds the cthread pointer, and the last one. A message buffer is in
        the upper half of `buffers`, below the last page; the frames of what the thread calls are below the buffers.
        """
        port = yield from self.wired_port()
        stack = yield from self.alloc_stack()
        if not stack:
            return
        top = stack + STACK_SIZE - PAGE
        yield traps.touch(stack)
        yield (_fork_work,)
        _, thread = yield traps.thread_create(self.me, name)
        yield traps.touch(top)
        yield traps.thread_get_state(thread)
        yield traps.thread_set_state(thread, self.body(port, top - buffers), top - buffers // 2)
        yield traps.thread_resume(thread)

    def alloc_stack(self) -> Steps:
        """alloc_stack: the address of a new stack, the first multiple of its size behind the last one that is free.

        0 if the address space is full, below 49,152 stacks. The real one never stops trying.
        """
        for stack in range(self.next_stack, VM_MAX_ADDRESS, STACK_SIZE):
            kr, _ = yield traps.vm_allocate(self.me, STACK_SIZE, stack)
            if not kr:
                self.next_stack = stack + STACK_SIZE
                return stack
        return 0

    def body(self, port: int, frames: int) -> Program:
        """cthread_body: run the functions that wait, one after the other, for ever. `frames`: the page of the thread's frames."""
        yield _wired, port
        yield traps.touch(frames)
        while True:
            yield from mutex_lock(self.lock)
            while not self.waiting:
                yield from condition_wait(self.needed, self.lock)
            program = self.waiting.popleft()
            yield mutex_unlock(self.lock)
            yield from program
            self.cthreads -= 1


def _wired(k: Any, thread: Any, port: int) -> None:
    """A trap: note the port of a cthread, in user mode."""
    k.time -= k.costs.trap
    thread.wired_port = port


def _fork_work(k: Any, thread: Any) -> object:
    """A trap: the processor time of cthread_fork besides its calls."""
    return syscall_subr.compute(k, thread, k.costs.cthread_fork)
