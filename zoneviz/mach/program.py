"""The test program that ran on the measured kernels: its memory, how it starts and creates threads.

It has no C library and only makes Mach calls. Its pages matter because a fork copies them on write. The message buffers of
the main thread are on the two top pages of its stack; the stacks of the other threads and the variable with the reply port
are in the zero-fill segment [M].
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

from zoneviz.mach import traps
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.startup import BSS, PROGRAM, STACK, STACK_SIZE, TEXT, Segment, load_program
from zoneviz.mach.thread import Program, Thread, check_program

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel

Steps = Generator[tuple[Any, ...], Any, Any]

# Where the program was linked and which memory it touched [M].
STUBS: Final = TEXT + PAGE  # the page of text with the stubs of its RPCs
REPLY_PORT: Final = BSS  # the page with the variable that holds the reply port
COUNTER: Final = BSS + PAGE  # a variable shared by the threads of a child
SECOND_STACK_PAGE: Final = STACK + STACK_SIZE - 2 * PAGE  # holds the larger message buffers of the main thread
THIRD_STACK_PAGE: Final = SECOND_STACK_PAGE - PAGE
THREAD_STACK: Final = 16 * PAGE
THREAD_STACKS: Final = 4


def thread_stack(slot: int) -> int:
    """The address of the top page of the stack of thread `slot`. There are four stacks, used in turn."""
    return BSS + PAGE + (slot % THREAD_STACKS + 1) * THREAD_STACK - PAGE


def start(k: "Kernel", program: Program, segments: tuple[Segment, ...] = PROGRAM) -> Thread:
    """Load the boot module into the first task, whose main thread will run `program`. That thread.

    Errors: TypeError if `program` is not a generator.
    """
    check_program(program)
    thread = load_program(k, segments)
    thread.program = program
    return thread


def prelude() -> Steps:
    """The first steps of the program. Returns the name of its task port, which it keeps in a variable [M]."""
    me = yield traps.task_self()
    yield traps.touch(REPLY_PORT)
    yield traps.mig_get_reply_port()
    return me


def prelude_small() -> Steps:
    """The first steps of the program without a zero-fill segment, whose first fault is on the second page of its stack."""
    yield traps.touch(SECOND_STACK_PAGE)
    me = yield traps.task_self()
    yield traps.mig_get_reply_port()
    return me


def mkthread(task: int, program: Program, slot: int) -> Steps:
    """Create a thread in `task` for `program`, on stack `slot`. Returns (kern_return, name of its port)."""
    kr, thread = yield traps.thread_create(task)
    if kr:
        return kr, 0
    yield traps.touch(SECOND_STACK_PAGE)
    yield traps.thread_get_state(thread)
    yield traps.thread_set_state(thread, program, thread_stack(slot))
    return 0, thread


def blocker(slot: int) -> Program:
    """A thread that allocates its reply port and waits on it for ever."""
    yield traps.touch(TEXT, write=False)
    yield traps.touch(thread_stack(slot))
    port = yield traps.reply_port()
    while True:
        yield traps.receive(port)


def dier(slot: int) -> Program:
    """A thread that terminates itself by an RPC on its own port."""
    yield traps.touch(TEXT, write=False)
    yield traps.touch(thread_stack(slot))
    yield traps.touch(thread_stack(slot) - PAGE)  # its request is deeper on its stack
    me = yield traps.thread_self()
    yield traps.touch(STUBS, write=False)
    yield traps.mig_get_reply_port()
    yield traps.thread_terminate(me)
    return None
