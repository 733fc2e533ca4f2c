"""What the operations share: the state of the loop, the parent that forks, its children, messages that stay queued."""

from dataclasses import dataclass
from typing import Any

from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.program import Steps
from zoneviz.mach.sizes import PAGE, QLIMIT_DEFAULT
from zoneviz.mach.startup import TEXT
from zoneviz.mach.thread import Program

FAR = 0x20000000  # address of the regions
STRIDE = 2 * PAGE  # every second page, so that regions do not merge


@dataclass(slots=True)
class Loop:
    """The state of the loop. `me`: the task port. `ports`: receive rights in each child. `port`: from earlier rounds, 0: none."""

    kernel: Kernel
    me: int
    params: Any
    ports: int
    round: int = 0
    port: int = 0


def child_thread(slot: int, first: bool) -> Program:
    """A thread of a child: allocates its reply port and waits on it. The first one also writes a variable."""
    yield traps.touch(TEXT, write=False)
    yield traps.touch(program.thread_stack(slot))
    if first:
        yield traps.touch(program.COUNTER)
    port = yield traps.reply_port()
    while True:
        yield traps.receive(port)


def regions(loop: Loop) -> Steps:
    """Allocate and touch the one-page regions that children inherit."""
    for index in range(loop.params["regions"]):
        yield traps.vm_allocate(loop.me, PAGE, FAR + index * STRIDE)
        yield traps.touch(FAR + index * STRIDE)


def shared_port(loop: Loop) -> Steps:
    """Allocate a port and keep its name in a variable, as each measured program with threads does first [M]. A kern_return."""
    kr, loop.port = yield traps.port_allocate(loop.me)
    yield traps.touch(program.COUNTER)
    return kr


def child_with_ports(loop: Loop, inherit: bool) -> Steps:
    """Create a task with receive rights in it. Returns (kern_return, task)."""
    kr, task = yield traps.task_create(loop.me, inherit)
    for _ in range(0 if kr else loop.ports):
        kr, _ = yield traps.port_allocate(task)
        if kr:
            break
    return kr, task


def threads_in(loop: Loop, task: int, count: int) -> Steps:
    """Create `count` threads in a child, resume them, drop their ports, and let them run until they wait. A kern_return."""
    for index in range(count):
        kr, thread = yield from program.mkthread(task, child_thread(index, index == 0), index)
        if kr:
            return kr
        yield traps.thread_resume(thread)
        yield traps.port_deallocate(loop.me, thread)
    for _ in range(count + 1):
        yield traps.thread_switch()
    return (yield from count_round())


def count_round() -> Steps:
    """Count the round in a variable, which a child shares with its parent after a fork. A kern_return, 0."""
    yield traps.touch(program.REPLY_PORT)
    return 0


def queue_message(loop: Loop, number: int) -> Steps:
    """Queue message `number` on a port; allocate a new port when it is full. A kern_return or mach_msg_return."""
    if not number % QLIMIT_DEFAULT:
        kr, loop.port = yield traps.port_allocate(loop.me)
        if kr:
            return kr
        kr = yield traps.port_insert_right(loop.me, loop.port, loop.port, MAKE_SEND)
        if kr:
            return kr
    yield traps.touch(program.SECOND_STACK_PAGE)
    return (yield traps.send(loop.port, 1, loop.params["message_size"], timeout=0))


def finish(kernel: Kernel, thread: object, kern_return: int) -> None:
    """A trap: end the run as finished, or with the error of an operation."""
    kernel.finish("error" if kern_return else "finished", kern_return)
