"""Operations in phases: first a number of steps, then an end that concerns all of them at once."""

from zoneviz.mach import program, traps
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME, NOTIFY_NO_SENDERS
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.program import Steps
from zoneviz.mach.sched_prim import SECOND
from zoneviz.mach.sizes import QLIMIT_DEFAULT
from zoneviz.mach.thread import Thread
from zoneviz.mach.zalloc import consider_zone_gc
from zoneviz.scenarios.kernel_loop.loop import (
    FAR,
    STRIDE,
    Loop,
    child_thread,
    child_with_ports,
    count_round,
    finish,
    queue_message,
    regions,
    shared_port,
)

FIRST_NAME = 2  # of the send rights in the holder: with MACH_IPC_COMPAT a new task has a port under name 1; as in a measured program [M]
GC_AFTER = 1000 * SECOND  # far more than zone_gc waits after boot


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
    yield traps.touch(program.SECOND_STACK_PAGE)  # as dead_name_storm [I]
    for name in range(FIRST_NAME, FIRST_NAME + loop.params["count"]):
        if kr:
            return kr
        kr, port = yield traps.port_allocate(loop.me)
        kr = kr or (yield traps.port_insert_right(task, name, port, MAKE_SEND))
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


def churn(loop: Loop) -> Steps:
    """Create what a fork creates, with one thread; write to the memory that the child inherited; end the child. `count` rounds."""
    if loop.round == loop.params["count"]:
        yield (finish, 0)
    if not loop.round:
        yield from regions(loop)
        yield from shared_port(loop)
    kr, task = yield from child_with_ports(loop, True)
    if kr:
        return kr
    kr, thread = yield from program.mkthread(task, child_thread(0, True), 0)
    if kr:
        return kr
    yield traps.thread_resume(thread)
    for _ in range(2):
        yield traps.thread_switch()
    for index in range(loop.params["regions"]):
        yield traps.touch(FAR + index * STRIDE)
    yield traps.task_terminate(task)
    yield traps.port_deallocate(loop.me, task)
    yield traps.port_deallocate(loop.me, thread)
    return (yield from count_round())


def collect(kernel: Kernel, thread: Thread) -> None:
    """A trap: have the kernel consider zone_gc, as the pageout scan does."""
    kernel.path = kernel.root["vm_pageout_scan"]
    consider_zone_gc(kernel)


def messages_then_gc(loop: Loop) -> Steps:
    """Queue messages, receive them, collect zones; then allocate receive rights in a second task."""
    ports = []
    for number in range(loop.params["count"]):
        kr = yield from queue_message(loop, number)
        if kr:
            return kr
        if not number % QLIMIT_DEFAULT:
            ports.append(loop.port)
        loop.kernel.operation()
    for port in ports:
        yield from receive_all(loop, port)
    yield traps.sleep(GC_AFTER)
    yield (collect,)
    kr, task = yield traps.task_create(loop.me, False)
    while not kr:
        loop.kernel.operation()
        kr, _ = yield traps.port_allocate(task)
    return kr
