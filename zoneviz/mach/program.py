"""The bare test program that ran on the measured kernels: how it lies in memory, starts, and makes threads.

It has no C library: it makes Mach calls only. Its pages matter because a fork copies them on write: the message buffers
of the main thread lie on the two topmost pages of its stack, the stacks of its other threads and the variable that holds the
reply port in its zero-fill segment [M].
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from zoneviz.mach import traps
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.startup import BSS, PROGRAM, STACK, STACK_SIZE, TEXT, Segment, load_program
from zoneviz.mach.thread import Program, Thread, check_program

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel

Steps = Generator[tuple[Any, ...], Any, Any]

# How the program was linked and where it touched its memory [M].
STUBS = TEXT + PAGE  # the page of the program's text with the stubs of its RPCs
REPLY_PORT = BSS  # the page with the variable that holds the reply port
COUNTER = BSS + PAGE  # a variable the threads of a child share
SECOND_STACK_PAGE = STACK + STACK_SIZE - 2 * PAGE  # where the larger message buffers of the main thread lie
THIRD_STACK_PAGE = SECOND_STACK_PAGE - PAGE
THREAD_STACK = 16 * PAGE
THREAD_STACKS = 4


def thread_stack(slot: int) -> int:
    """The topmost page of the stack of thread number `slot`; there are four, used in turn."""
    return BSS + PAGE + (slot % THREAD_STACKS + 1) * THREAD_STACK - PAGE


def start(k: "Kernel", program: Program, segments: tuple[Segment, ...] = PROGRAM) -> Thread:
    """Load the program into the first task and let its main thread run `program`."""
    check_program(program)
    thread = load_program(k, segments)
    thread.program = program
    return thread


def prelude() -> Steps:
    """The program's first steps; the value is the name of its task's port."""
    yield traps.touch(REPLY_PORT)
    me = yield traps.task_self()
    yield traps.mig_get_reply_port()
    return me


def prelude_small() -> Steps:
    """The same for the program without a zero-fill segment: its first fault is on its stack's second page."""
    yield traps.touch(SECOND_STACK_PAGE)
    me = yield traps.task_self()
    yield traps.mig_get_reply_port()
    return me


def mkthread(task: int, program: Program, slot: int) -> Steps:
    """A thread in `task` that will run `program` on stack `slot`; the value is (kern_return, name of its port)."""
    kr, thread = yield traps.thread_create(task)
    if kr:
        return kr, 0
    yield traps.touch(SECOND_STACK_PAGE)
    yield traps.thread_get_state(thread)
    yield traps.thread_set_state(thread, program, thread_stack(slot))
    return 0, thread


def blocker(slot: int) -> Program:
    """A thread that makes its reply port and waits on it for ever."""
    yield traps.touch(TEXT, write=False)
    yield traps.touch(thread_stack(slot))
    port = yield traps.reply_port()
    while True:
        yield traps.receive(port)


def dier(slot: int) -> Program:
    """A thread that ends itself by an RPC on its own port."""
    yield traps.touch(TEXT, write=False)
    yield traps.touch(thread_stack(slot))
    yield traps.touch(thread_stack(slot) - PAGE)  # its request lies deeper on its stack
    me = yield traps.thread_self()
    yield traps.touch(STUBS, write=False)
    yield traps.mig_get_reply_port()
    yield traps.thread_terminate(me)
    return None
