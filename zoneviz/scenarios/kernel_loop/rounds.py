"""Operations that repeat one step: each is a round, until the kernel panics or returns an error."""

from zoneviz.mach import program, traps
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME, RIGHT_PORT_SET
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.program import Steps
from zoneviz.mach.sizes import PAGE, QLIMIT_DEFAULT
from zoneviz.mach.thread import Program
from zoneviz.scenarios.kernel_loop.loop import FAR, STRIDE, Loop, child_with_ports, queue_message, regions, shared_port, threads_in

NAME_STEP = 65536  # distance of chosen names; each is beyond the table


def task_create(loop: Loop) -> Steps:
    """Create an empty task and keep its port."""
    kr, _ = yield traps.task_create(loop.me, False)
    return kr


def task_inherit_thread(loop: Loop) -> Steps:
    """Create a task that inherits memory, with one thread that waits in receive."""
    if not loop.round:
        yield from shared_port(loop)
    kr, task = yield traps.task_create(loop.me, True)
    return kr or (yield from threads_in(loop, task, 1))


def mach_port_allocate(loop: Loop) -> Steps:
    """Allocate a receive right."""
    kr, _ = yield traps.port_allocate(loop.me)
    return kr


def thread_create(loop: Loop) -> Steps:
    """Create a thread that never runs."""
    kr, _ = yield traps.thread_create(loop.me)
    return kr


def waiter(name: int) -> Program:
    """A thread that waits in receive for ever. All share one stack [M]."""
    yield traps.touch(program.thread_stack(0))
    while True:
        yield traps.receive(name)


def thread_receive(loop: Loop) -> Steps:
    """Create a thread that waits in receive, on one port for all threads."""
    if not loop.round:
        yield from shared_port(loop)
    kr, thread = yield from program.mkthread(loop.me, waiter(loop.port), 0)
    if kr:
        return kr
    kr = yield traps.thread_resume(thread)
    yield traps.thread_switch()
    return kr


def sender(name: int) -> Program:
    """A thread that sends to a full port, and so waits with its kernel stack. All share one stack, as those of `waiter` [I]."""
    yield traps.touch(program.thread_stack(0))
    yield traps.touch(program.thread_stack(0) - PAGE)  # its message buffer, as deep as that of the main thread
    while True:
        yield traps.send(name, 1, 24)


def thread_send(loop: Loop) -> Steps:
    """Create a thread that waits in a send to a full port."""
    if not loop.round:
        yield from shared_port(loop)
        yield traps.port_insert_right(loop.me, loop.port, loop.port, MAKE_SEND)
        yield traps.touch(program.SECOND_STACK_PAGE)
        for _ in range(QLIMIT_DEFAULT):
            yield traps.send(loop.port, 1, 24, timeout=0)
    kr, thread = yield from program.mkthread(loop.me, sender(loop.port), 0)
    if kr:
        return kr
    kr = yield traps.thread_resume(thread)
    yield traps.thread_switch()
    return kr


def vm_allocate(loop: Loop) -> Steps:
    """Allocate a page of memory without touching it."""
    kr, _ = yield traps.vm_allocate(loop.me, PAGE, FAR + loop.round * STRIDE)
    return kr


def vm_allocate_touch(loop: Loop) -> Steps:
    """Allocate a page of memory and write to it."""
    address = FAR + loop.round * STRIDE
    kr, _ = yield traps.vm_allocate(loop.me, PAGE, address)
    if not kr:
        yield traps.touch(address)
    return kr


def mach_msg_send(loop: Loop) -> Steps:
    """Queue a message on a port; allocate a new port when it is full."""
    return (yield from queue_message(loop, loop.round))


def port_set_allocate(loop: Loop) -> Steps:
    """Allocate a port set."""
    kr, _ = yield traps.port_allocate(loop.me, RIGHT_PORT_SET)
    return kr


def dead_name(loop: Loop) -> Steps:
    """Allocate a dead name under a chosen name."""
    return (yield traps.port_allocate_name(loop.me, RIGHT_DEAD_NAME, (loop.round + 1) * NAME_STEP))


def task_with_ports(loop: Loop) -> Steps:
    """Create an empty task with receive rights in it."""
    kr, _ = yield from child_with_ports(loop, False)
    return kr


def fork_like(loop: Loop) -> Steps:
    """Create what a fork creates: a task that inherits touched memory, with ports and waiting threads."""
    if not loop.round:
        yield from regions(loop)
        yield from shared_port(loop)
    kr, task = yield from child_with_ports(loop, True)
    return kr or (yield from threads_in(loop, task, loop.params["threads"]))
