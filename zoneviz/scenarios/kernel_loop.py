"""kernel-loop: one user task repeats one operation until the kernel panics or returns an error.

The same loops ran on the measured kernel, so that the figures can be compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zoneviz.mach import program, traps
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME, NOTIFY_NO_SENDERS
from zoneviz.mach.ipc_space import KERN_NAME_EXISTS
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME, RIGHT_PORT_SET
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.program import Steps
from zoneviz.mach.sizes import PAGE, QLIMIT_DEFAULT
from zoneviz.mach.startup import TEXT
from zoneviz.mach.thread import Program
from zoneviz.scenarios import Parameter, Run, Scenario

FAR = 0x20000000  # address of the regions
STRIDE = 2 * PAGE  # every second page, so that regions do not merge
NAME_STEP = 65536  # distance of chosen names; each is beyond the table


@dataclass(slots=True)
class Loop:
    """The state of the loop. `me`: the task port. `ports`: receive rights in each child. `port`: from earlier rounds, 0: none."""

    kernel: Kernel
    me: int
    params: Any
    ports: int
    round: int = 0
    port: int = 0
    slot: int = 0


def task_create(loop: Loop) -> Steps:
    """Create an empty task and keep its port."""
    kr, _ = yield traps.task_create(loop.me, False)
    return kr


def child_thread(slot: int, first: bool) -> Program:
    """A thread of a child: allocates its reply port and waits on it. The first one also writes a variable."""
    yield traps.touch(TEXT, write=False)
    yield traps.touch(program.thread_stack(slot))
    if first:
        yield traps.touch(program.COUNTER)
    port = yield traps.reply_port()
    while True:
        yield traps.receive(port)


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
    yield traps.touch(program.REPLY_PORT)
    return 0


def task_inherit_thread(loop: Loop) -> Steps:
    """Create a task that inherits memory, with one thread that waits in receive."""
    kr, task = yield traps.task_create(loop.me, True)
    if kr:
        return kr
    return (yield from threads_in(loop, task, 1))


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
    if not loop.port:
        kr, loop.port = yield traps.port_allocate(loop.me)
        yield traps.touch(program.COUNTER)  # the variable with the port
    kr, thread = yield from program.mkthread(loop.me, waiter(loop.port), 0)
    if kr:
        return kr
    kr = yield traps.thread_resume(thread)
    yield traps.thread_switch()
    return kr


def sender(name: int) -> Program:
    """A thread that sends to a full port, and so waits with its kernel stack."""
    while True:
        yield traps.send(name, 1, 24)


def thread_send(loop: Loop) -> Steps:
    """Create a thread that waits in a send to a full port."""
    if not loop.port:
        kr, loop.port = yield traps.port_allocate(loop.me)
        yield traps.port_insert_right(loop.me, loop.port, loop.port, MAKE_SEND)
        for _ in range(QLIMIT_DEFAULT):
            yield traps.send(loop.port, 1, 24, timeout=0)
    kr, thread = yield traps.thread_create(loop.me)
    if kr:
        return kr
    yield traps.thread_set_state(thread, sender(loop.port))
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
    if not loop.round % QLIMIT_DEFAULT:
        kr, loop.port = yield traps.port_allocate(loop.me)
        if kr:
            return kr
        kr = yield traps.port_insert_right(loop.me, loop.port, loop.port, MAKE_SEND)
        if kr:
            return kr
    yield traps.touch(program.SECOND_STACK_PAGE)
    return (yield traps.send(loop.port, 1, loop.params["message_size"], timeout=0))


def port_set_allocate(loop: Loop) -> Steps:
    """Allocate a port set."""
    kr, _ = yield traps.port_allocate(loop.me, RIGHT_PORT_SET)
    return kr


def dead_name(loop: Loop) -> Steps:
    """Allocate a dead name under a chosen name."""
    return (yield traps.port_allocate_name(loop.me, RIGHT_DEAD_NAME, (loop.round + 1) * NAME_STEP))


def task_with_ports(loop: Loop) -> Steps:
    """Create an empty task with receive rights in it."""
    kr, task = yield traps.task_create(loop.me, False)
    for _ in range(0 if kr else loop.ports):
        kr, _ = yield traps.port_allocate(task)
        if kr:
            break
    return kr


def fork_like(loop: Loop) -> Steps:
    """Create what a fork creates: a task that inherits touched memory, with ports and waiting threads."""
    if not loop.round:
        for index in range(loop.params["regions"]):
            yield traps.vm_allocate(loop.me, PAGE, FAR + index * STRIDE)
            yield traps.touch(FAR + index * STRIDE)
        yield traps.port_allocate(loop.me)  # the port to which children report in the measured program
        yield traps.touch(program.COUNTER)  # the variable with the port
    kr, task = yield traps.task_create(loop.me, True)
    for _ in range(0 if kr else loop.ports):
        kr, _ = yield traps.port_allocate(task)
        if kr:
            return kr
    return kr or (yield from threads_in(loop, task, loop.params["threads"]))


def storm_task(loop: Loop) -> Steps:
    """Create the task that holds the rights, and the port for notifications. Returns (kern_return, task, port)."""
    kr, notify = yield traps.port_allocate(loop.me)
    kr2, task = yield traps.task_create(loop.me, False)
    return kr or kr2, task, notify


def receive_all(loop: Loop, notify: int) -> Steps:
    """Receive all queued messages. Each counts as an operation."""
    while True:
        kr, message = yield traps.receive(notify, 0)
        if message is None:
            return kr
        loop.kernel.operation()


def no_senders_storm(loop: Loop) -> Steps:
    """Allocate receive rights, with the only send rights in a holder task, and terminate it: all no-senders requests fire."""
    kr, task, notify = yield from storm_task(loop)
    name = 1
    for _ in range(loop.params["count"]):
        if kr:
            return kr
        kr, port = yield traps.port_allocate(loop.me)
        kr = kr or (yield traps.port_insert_right(task, name, port, MAKE_SEND))
        if kr == KERN_NAME_EXISTS:  # with MACH_IPC_COMPAT a new task already has its notify port
            name += 1
            kr = yield traps.port_insert_right(task, name, port, MAKE_SEND)
        name += 1
        if not kr:
            kr, _ = yield traps.port_request_notification(loop.me, port, NOTIFY_NO_SENDERS, notify)
    kr = kr or (yield traps.task_terminate(task))
    if not kr:
        yield from receive_all(loop, notify)
    yield (finish, kr)


def dead_name_storm(loop: Loop) -> Steps:
    """Get send rights, with dead-name requests, to ports of a holder task, and terminate it: all requests fire."""
    kr, notify = yield traps.port_allocate(loop.me)
    kr2, task = yield traps.task_create(loop.me, False)
    kr = kr or kr2
    yield traps.touch(program.SECOND_STACK_PAGE)
    for _ in range(loop.params["count"]):
        if kr:
            return kr
        kr, port = yield traps.port_allocate(task)
        if not kr:
            kr, port = yield traps.port_extract_right(task, port, MAKE_SEND)
        if not kr:
            kr, _ = yield traps.port_request_notification(loop.me, port, NOTIFY_DEAD_NAME, notify)
    kr = kr or (yield traps.task_terminate(task))
    if not kr:
        yield from receive_all(loop, notify)
    yield (finish, kr)


OPERATIONS: dict[str, Callable[[Loop], Steps]] = {
    f.__name__: f
    for f in (
        task_create,
        task_inherit_thread,
        mach_port_allocate,
        thread_create,
        thread_receive,
        vm_allocate,
        vm_allocate_touch,
        mach_msg_send,
        port_set_allocate,
        dead_name,
        task_with_ports,
        fork_like,
        thread_send,
        no_senders_storm,
        dead_name_storm,
    )
}

PORTS = {"fork_like": 20, "task_with_ports": 100}
"""Receive rights in each child if the parameter `ports` is not set."""
PORTS_TEXT = ", ".join(f"{count} for {name}" for name, count in PORTS.items())


def finish(kernel: Kernel, thread: object, kern_return: int) -> None:
    """A trap: end the run as finished, or with the error of an operation."""
    kernel.finish("error" if kern_return else "finished", kern_return)


def main(run: Run) -> Steps:
    """The whole program."""
    me = yield from program.prelude()
    name, ports = run.params["operation"], run.params["ports"]
    loop = Loop(run.kernel, me, run.params, PORTS.get(name, 0) if ports is None else ports)
    operation = OPERATIONS[name]
    while True:
        kr = yield from operation(loop)
        run.kernel.operation(kr)
        if kr:
            yield (finish, kr)
        loop.round += 1


def start(run: Run) -> None:
    """Load the test program."""
    program.start(run.kernel, main(run))


SCENARIO = Scenario(
    name="kernel-loop",
    summary="One task repeats one operation until the kernel panics or returns an error.",
    start=start,
    parameters=(
        Parameter("operation", "choice", "task_create", "The operation of each round.", choices=tuple(OPERATIONS)),
        Parameter("regions", "int", 40, "fork_like: touched one-page regions of the parent.", low=0, high=10_000),
        Parameter("ports", "int", None, f"Receive rights in each child; auto: {PORTS_TEXT}.", low=0, high=100_000),
        Parameter("threads", "int", 2, "fork_like: threads of each child.", low=0, high=1000),
        Parameter("message_size", "size", 4000, "mach_msg_send: size of each message.", unit="B", low=24, high=1 << 20),
        Parameter("count", "int", 1000, "The storms: ports that die, or lose their senders, at once.", low=1, high=1_000_000),
    ),
)
