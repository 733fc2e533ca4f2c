"""kernel-ops: more than a hundred operations in one task, with the allocator events of each.

The same program ran on the real kernels of 2005 and 2007. Tests compare the events operation by operation.
"""

from typing import Any

from zoneviz.events import Event, Kind
from zoneviz.mach import program, traps
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME, NOTIFY_NO_SENDERS
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME, RIGHT_PORT_SET, RIGHT_SEND
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.program import Steps
from zoneviz.mach.sizes import PAGE
from zoneviz.scenarios import Run, Scenario

FAR = 0x20000000
MILLISECOND = 1_000_000

NOTES = {
    Kind.TASK_CREATE: "task_create",
    Kind.PMAP_CREATE: "pmap_create",
    Kind.PMAP_DESTROY: "pmap_destroy",
    Kind.TASK_TERMINATE: "task_terminate",
    Kind.TASK_DESTROY: "task_destroyed",
    Kind.THREAD_CREATE: "thread_create",
    Kind.THREAD_TERMINATE: "thread_terminate",
    Kind.THREAD_DESTROY: "thread_destroyed",
    Kind.REAPER_ENQUEUE: "reaper_enqueue",
    Kind.STACK_HANDOFF: "stack_handoff",
    Kind.OBJECT_SHADOW: "vm_object_shadow",
    Kind.OBJECT_TERMINATE: "vm_object_terminate",
    Kind.PT_PAGE: "page_table_page_alloc",
}
NOTIFIES = {65: "port_deleted", 69: "port_destroyed", 70: "no_senders", 71: "send_once", 72: "dead_name"}


def token(kernel: Kernel, event: Event) -> str:
    """An event as a word of a sequence; "" if it does not concern the allocator."""
    kind, subject, size, extra = Kind(event[0]), event[5], event[7], event[8]
    if kind in (Kind.ZALLOC, Kind.ZFREE):
        name = kernel.catalog.zones[subject - 1].name
        return f"+{name}{'*' if extra & 1 else ''}" if kind == Kind.ZALLOC else f"-{name}"
    if kind in (Kind.KMEM_ALLOC, Kind.KMEM_FREE):
        return f"{'+' if kind == Kind.KMEM_ALLOC else '-'}{kernel.catalog.maps[subject - 1].name}:{size // PAGE}p"
    if kind == Kind.RPC:
        return f"[rpc:msgh_id={subject}]"
    if kind == Kind.NOTIFY:
        return f"[notify_{NOTIFIES[subject]}]"
    return f"[{NOTES[kind]}]" if kind in NOTES else ""


class Log:
    """Collects the events of each operation."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.events: list[Event] = []
        self.operations: list[dict[str, Any]] = []
        kernel.listen(self.events.append)
        kernel.extra["operations"] = self.operations

    def end(self, op: str, value: int) -> None:
        """Record the end of an operation, with its result `value`."""
        words = [word for word in (token(self.kernel, e) for e in self.events) if word]
        self.operations.append({"op": op, "value": value, "sequence": " ".join(words)})
        self.events.clear()
        self.kernel.mark(op, value)
        self.events.clear()


def start(run: Run) -> None:
    """Load the test program."""
    program.start(run.kernel, main(run.kernel))


def main(k: Kernel) -> Steps:
    """The whole program."""
    me = yield from program.prelude()
    log = Log(k)
    log.end("boot_end", 0)
    log.end("null_rpc_task_suspend_invalid", (yield traps.task_suspend(0)))
    log.end("null_rpc_warm", (yield traps.task_suspend(0)))
    p, n = yield from ports(log, me)
    yield from messages(log, p)
    yield from no_senders(log, me, p, n)
    yield from dead_names(log, me, n)
    a, b = yield from memory(log, me)
    yield from empty_task(log, me)
    yield from inheriting_task(log, me, a, b)
    yield from many_ports(log, me)
    log.end("end", 0)
    yield (stop,)


def stop(kernel: Kernel, thread: object) -> None:
    """A trap: end the run."""
    kernel.finish("finished")


def ports(log: Log, me: int) -> Steps:
    """Receive rights, a port set, a dead name. Returns two ports (p, n)."""
    kr, p = yield traps.port_allocate(me)
    log.end("mach_port_allocate_receive_1", kr)
    kr, n = yield traps.port_allocate(me)
    log.end("mach_port_allocate_receive_2", kr)
    log.end("insert_right_make_send", (yield traps.port_insert_right(me, p, p, MAKE_SEND)))
    kr, pset = yield traps.port_allocate(me, RIGHT_PORT_SET)
    log.end("mach_port_allocate_port_set", kr)
    log.end("move_member_in", (yield traps.port_move_member(me, p, pset)))
    log.end("move_member_out", (yield traps.port_move_member(me, p, 0)))
    log.end("destroy_port_set", (yield traps.port_destroy(me, pset)))
    kr, dead = yield traps.port_allocate(me, RIGHT_DEAD_NAME)
    log.end("mach_port_allocate_dead_name", kr)
    log.end("deallocate_dead_name", (yield traps.port_deallocate(me, dead)))
    return p, n


def messages(log: Log, p: int) -> Steps:
    """Send messages of all sizes to p and receive them. The first one is built on the second page of the stack."""
    yield traps.touch(program.SECOND_STACK_PAGE)
    log.end("send_24", (yield traps.send(p, 1, 24, timeout=0)))
    log.end("receive_24", (yield traps.receive(p, 0))[0])
    log.end("send_24_again", (yield traps.send(p, 1, 24, timeout=0)))
    log.end("send_24_third_queued", (yield traps.send(p, 1, 24, timeout=0)))
    yield traps.receive(p, 0)
    log.end("receive_two", (yield traps.receive(p, 0))[0])
    for size in (216, 220, 240, 244, 500, 1000, 2000, 4000, 8000, 8400):
        suffix = "_kalloc_map" if size == 8400 else ""
        log.end(f"send_{size}{suffix}", (yield traps.send(p, 1, size, timeout=0)))
        log.end(f"receive_{size}{suffix}", (yield traps.receive(p, 0))[0])


def no_senders(log: Log, me: int, p: int, n: int) -> Steps:
    """No-senders requests for p, with notifications to n."""
    log.end("no_senders_request", (yield traps.port_request_notification(me, p, NOTIFY_NO_SENDERS, n))[0])
    log.end("no_senders_fire_dealloc_last_send", (yield traps.port_mod_refs(me, p, RIGHT_SEND, -1)))
    log.end("no_senders_receive", (yield traps.receive(n, 0))[0])
    log.end("insert_right_again", (yield traps.port_insert_right(me, p, p, MAKE_SEND)))
    kr, _ = yield traps.port_request_notification(me, p, NOTIFY_NO_SENDERS, n)
    log.end("no_senders_request_2nd_immediate_if_none", kr)
    log.end("destroy_port_with_ns_request", (yield traps.port_destroy(me, p)))
    kr, message = yield traps.receive(n, 0)
    log.end("receive_after_destroy", kr)
    log.end("receive_after_destroy_msgid", message.msgh_id)


def dead_names(log: Log, me: int, n: int) -> Steps:
    """Dead-name requests for the ports of a task, which then die."""
    kr, t = yield traps.task_create(me, False)
    log.end("task_create_empty", kr)
    kr, q = yield traps.port_allocate(t)
    log.end("port_allocate_in_other_task", kr)
    kr, x = yield traps.port_extract_right(t, q, MAKE_SEND)
    log.end("extract_right_make_send", kr)
    log.end("dead_name_request_1", (yield traps.port_request_notification(me, x, NOTIFY_DEAD_NAME, n))[0])
    log.end("dead_name_fire_destroy_receive", (yield traps.port_destroy(t, q)))
    kr, message = yield traps.receive(n, 0)
    log.end("dead_name_receive", kr)
    log.end("dead_name_msgid", message.msgh_id)
    log.end("deallocate_dead_name_after", (yield traps.port_deallocate(me, x)))
    log.end("deallocate_dead_name_2nd_ref", (yield traps.port_deallocate(me, x)))
    names = []
    for _ in range(20):
        kr, q = yield traps.port_allocate(t)
        kr, x = yield traps.port_extract_right(t, q, MAKE_SEND)
        names.append(x)
    log.end("prep_20_ports", kr)
    for _ in range(20):
        kr, _ = yield traps.port_request_notification(me, names[0], NOTIFY_DEAD_NAME, n)
    log.end("dead_name_request_20_same_port_same_name_replaces", kr)
    for x in names:
        kr, _ = yield traps.port_request_notification(me, x, NOTIFY_DEAD_NAME, n)
    log.end("dead_name_request_20_ports", kr)
    log.end("task_terminate_fires_20_dead_names", (yield traps.task_terminate(t)))
    count = 0
    while not (yield traps.receive(n, 0))[0]:
        count += 1
    log.end("receive_20_notifications", count)
    for x in names:
        yield traps.port_deallocate(me, x)
        kr = yield traps.port_deallocate(me, x)
    log.end("cleanup_20", kr)
    log.end("deallocate_dead_task_port", (yield traps.port_deallocate(me, t)))


def memory(log: Log, me: int) -> Steps:
    """Allocate, touch, protect and deallocate memory. Returns two addresses (a, b)."""
    kr, a = yield traps.vm_allocate(me, PAGE)
    log.end("vm_allocate_4096", kr)
    yield traps.touch(a)
    log.end("touch_4096", 0)
    kr, b = yield traps.vm_allocate(me, 16 * PAGE)
    log.end("vm_allocate_64K", kr)
    yield traps.touch(b)
    log.end("touch_64K_first", 0)
    yield traps.touch(b + PAGE, 15 * PAGE)
    log.end("touch_64K_rest", 0)
    log.end("vm_protect_middle", (yield traps.vm_protect(me, b + PAGE, PAGE, 1)))
    log.end("vm_deallocate_middle", (yield traps.vm_deallocate(me, b + 2 * PAGE, PAGE)))
    kr, _ = yield traps.vm_allocate(me, PAGE, FAR)
    log.end("vm_allocate_far_noanywhere", kr)
    yield traps.touch(FAR)
    log.end("touch_far_new_page_table", 0)
    log.end("vm_deallocate_far", (yield traps.vm_deallocate(me, FAR, PAGE)))
    yield from out_of_line(me, b)
    log.events.clear()
    return a, b


def out_of_line(me: int, b: int) -> Steps:
    """Send 4000 bytes of b out of line to ourselves, which splits b's entry from a's. The measurements leave it out."""
    kr, port = yield traps.port_allocate(me)
    yield traps.port_insert_right(me, port, port, MAKE_SEND)
    yield traps.send(port, 1, 36, timeout=0, memory=((b, 4000),))
    kr, message = yield traps.receive(port, 0)
    if not kr:
        yield traps.vm_deallocate(me, message.memory[0], PAGE)
    yield traps.touch(b)
    yield traps.port_destroy(me, port)


def empty_task(log: Log, me: int) -> Steps:
    """Create a task with a thread that never runs."""
    kr, t = yield traps.task_create(me, False)
    log.end("task_create_empty_2", kr)
    kr, thread = yield traps.thread_create(t)
    log.end("thread_create", kr)
    log.end("thread_terminate_never_run", (yield traps.thread_terminate(thread)))
    log.end("deallocate_thread_port", (yield traps.port_deallocate(me, thread)))
    log.end("task_terminate_empty", (yield traps.task_terminate(t)))
    log.end("deallocate_task_port", (yield traps.port_deallocate(me, t)))


def inheriting_task(log: Log, me: int, a: int, b: int) -> Steps:
    """Create a child that inherits our memory; rights under chosen names, arrays; then its threads and our own."""
    kr, t = yield traps.task_create(me, True)
    log.end("task_create_inherit", kr)
    yield traps.touch(a)
    log.end("cow_touch_a_parent", 0)
    yield traps.touch(b)
    log.end("cow_touch_b_parent", 0)
    log.end("vm_write_into_child", (yield traps.vm_write(t, a, b, PAGE)))
    kr, p = yield traps.port_allocate(me)
    kr = yield traps.port_insert_right(me, p, p, MAKE_SEND)
    log.end("prep_port", kr)
    log.end("insert_right_other_task_name_0x20", (yield traps.port_insert_right(t, 0x20, p, MAKE_SEND)))
    log.end("insert_right_other_task_name_0x100", (yield traps.port_insert_right(t, 0x100, p, MAKE_SEND)))
    kr, (names, arrays, size) = yield traps.port_names(me)
    log.end("mach_port_names_self", len(names))
    for address in arrays:
        kr = yield traps.vm_deallocate(me, address, size)
    log.end("dealloc_names_arrays", kr)
    kr, ((address, size), threads) = yield traps.task_threads(me)
    log.end("task_threads_self", len(threads))
    yield traps.port_deallocate(me, threads[0])
    log.end("dealloc_threads_array", (yield traps.vm_deallocate(me, address, size)))
    log.end("task_set_special_port_kernel", (yield traps.task_set_special_port(t, "kernel", t)))
    log.end("task_get_bootstrap_port", (yield traps.task_get_special_port(t, "bootstrap"))[0])
    yield from child_threads(log, me, t)
    yield from own_threads(log, me)
    log.end("destroy_port", (yield traps.port_destroy(me, p)))
    yield from own_death(log, me)


def child_threads(log: Log, me: int, t: int) -> Steps:
    """Threads of the child: one is terminated while blocked, one terminates itself, one dies with the task."""
    kr, thread = yield traps.thread_create(t)
    log.end("thread_create_in_child", kr)
    yield traps.touch(program.SECOND_STACK_PAGE)
    log.end("thread_get_state", (yield traps.thread_get_state(thread)))
    log.end("thread_set_state", (yield traps.thread_set_state(thread, program.blocker(0), program.thread_stack(0))))
    log.end("thread_resume", (yield traps.thread_resume(thread)))
    yield from give_way(3)
    log.end("child_runs_and_blocks_in_receive", 0)
    log.end("thread_suspend_blocked", (yield traps.thread_suspend(thread)))
    log.end("thread_resume_blocked", (yield traps.thread_resume(thread)))
    log.end("thread_terminate_blocked_by_other", (yield traps.thread_terminate(thread)))
    yield traps.sleep(50 * MILLISECOND)
    log.end("after_50ms", 0)
    log.end("deallocate_thread_port_2", (yield traps.port_deallocate(me, thread)))
    kr, thread = yield from program.mkthread(t, program.dier(1), 1)
    log.end("mkthread_die", kr)
    kr = yield traps.thread_resume(thread)
    yield from give_way(3)
    log.end("thread_terminates_itself_reaper", kr)
    yield traps.sleep(100 * MILLISECOND)
    log.end("after_100ms", 0)
    # The recordings show a fault here; on which page of the program is unknown.
    yield traps.touch(program.THIRD_STACK_PAGE)
    log.end("deallocate_dead_thread_port", (yield traps.port_deallocate(me, thread)))
    kr, thread = yield from program.mkthread(t, program.blocker(2), 2)
    yield traps.thread_resume(thread)
    yield from give_way(3)
    log.end("mkthread_run_again", kr)
    log.end("task_terminate_inherited_with_thread", (yield traps.task_terminate(t)))
    yield traps.sleep(50 * MILLISECOND)
    log.end("after_terminate_50ms", 0)
    yield traps.port_deallocate(me, t)
    log.end("deallocate_task_thread_ports", (yield traps.port_deallocate(me, thread)))


def own_threads(log: Log, me: int) -> Steps:
    """A thread of our own task that is terminated while blocked."""
    kr, thread = yield from program.mkthread(me, program.blocker(3), 3)
    log.end("mkthread_own_task", kr)
    kr = yield traps.thread_resume(thread)
    yield from give_way(3)
    log.end("own_thread_blocks", kr)
    log.end("own_thread_terminate", (yield traps.thread_terminate(thread)))
    yield traps.port_deallocate(me, thread)
    log.events.clear()


def own_death(log: Log, me: int) -> Steps:
    """A thread of our own task that terminates itself."""
    kr, thread = yield from program.mkthread(me, program.dier(0), 0)
    log.end("mkthread_own_die", kr)
    log.end("resume_own_die", (yield traps.thread_resume(thread)))
    for op in ("own_die_first_yield", "own_die_second_yield"):
        yield from give_way(1)
        log.end(op, 0)
    yield from give_way(8)
    log.end("own_die_more_yields", 0)
    yield traps.sleep(100 * MILLISECOND)
    log.end("own_die_after_100ms", 0)
    log.end("own_die_deallocate_port", (yield traps.port_deallocate(me, thread)))


def many_ports(log: Log, me: int) -> Steps:
    """Allocate and destroy 64 receive rights."""
    names = []
    for _ in range(64):
        kr, name = yield traps.port_allocate(me)
        names.append(name)
    log.end("allocate_64_ports", kr)
    for name in names:
        kr = yield traps.port_destroy(me, name)
    log.end("destroy_64_ports", kr)


def give_way(times: int) -> Steps:
    """Let other threads run, `times` times."""
    for _ in range(times):
        yield traps.thread_switch()


SCENARIO = Scenario(name="kernel-ops", summary="One operation of each kind, with the allocator events that it causes.", start=start)
