"""Ports, port sets and notifications, ipc/ipc_port.c, ipc/ipc_pset.c, ipc/ipc_notify.c."""

import pytest

from tests.mach.bench import Bench, Steps
from zoneviz.events import Kind
from zoneviz.mach import traps
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME, NOTIFY_NO_SENDERS, NOTIFY_SEND_ONCE, dn_bytes_for
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_port import RIGHT_PORT_SET, RIGHT_SEND
from zoneviz.mach.message import COPY_SEND, MACH_SEND_TIMED_OUT, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND
from zoneviz.mach.sizes import IPC_PORT_REQUEST, PAGE, QLIMIT_DEFAULT
from zoneviz.mach.vm_kern import kmem_alloc_wired, kmem_free

TIMED_OUT = 0x10004003


@pytest.fixture
def bench() -> Bench:
    return Bench()


def new_port(bench: Bench, send: bool = True) -> int:
    kr, name = bench.call(traps.port_allocate(bench.me))
    assert kr == 0
    if send:
        assert bench.call(traps.port_insert_right(bench.me, name, name, MAKE_SEND)) == 0
    assert isinstance(name, int)
    return name


def new_task(bench: Bench) -> int:
    kr, task = bench.call(traps.task_create(bench.me, False))
    assert kr == 0
    assert isinstance(task, int)
    return task


def request(bench: Bench, name: int, what: int, notify: int) -> int:
    """Request a notification. The name of the previous send-once right."""
    kr, previous = bench.call(traps.port_request_notification(bench.me, name, what, notify))
    assert kr == 0
    assert isinstance(previous, int)
    return previous


def notifications(bench: Bench, notify: int) -> list[tuple[int, int]]:
    """Receive all queued notifications: (msgh_id, word) of each."""
    out: list[tuple[int, int]] = []
    while True:
        kr, message = bench.call(traps.receive(notify, 0))
        if message is None:
            assert kr == TIMED_OUT
            return out
        out.append((message.msgh_id, message.body))


def test_no_senders_fires_with_the_last_send_right(bench: Bench) -> None:
    port, notify = new_port(bench), new_port(bench, send=False)
    assert request(bench, port, NOTIFY_NO_SENDERS, notify) == 0
    assert bench.call(traps.port_insert_right(bench.me, port, port, COPY_SEND)) == 0
    assert bench.call(traps.port_mod_refs(bench.me, port, RIGHT_SEND, -1)) == 0
    assert notifications(bench, notify) == []
    assert bench.call(traps.port_mod_refs(bench.me, port, RIGHT_SEND, -1)) == 0
    # The word is the make-send count: one right was made.
    assert notifications(bench, notify) == [(NOTIFY_NO_SENDERS, 1)]
    # A request fires once.
    assert bench.call(traps.port_insert_right(bench.me, port, port, MAKE_SEND)) == 0
    assert bench.call(traps.port_deallocate(bench.me, port)) == 0
    assert notifications(bench, notify) == []


def test_a_no_senders_request_allocates_nothing_until_it_fires(bench: Bench) -> None:
    port, notify = new_port(bench), new_port(bench, send=False)
    before = bench.held()
    request(bench, port, NOTIFY_NO_SENDERS, notify)
    assert bench.held() == before
    assert bench.call(traps.port_deallocate(bench.me, port)) == 0
    after = bench.held()
    assert {n: after[n] - before[n] for n in after if after[n] != before[n]} == {"kalloc.64": 1}
    assert len(notifications(bench, notify)) == 1
    assert bench.held() == before


def test_no_senders_of_a_port_without_senders_fires_at_once(bench: Bench) -> None:
    port, notify = new_port(bench, send=False), new_port(bench, send=False)
    request(bench, port, NOTIFY_NO_SENDERS, notify)
    assert notifications(bench, notify) == [(NOTIFY_NO_SENDERS, 0)]
    assert bench.port(port).nsrequest is None


def test_no_senders_of_a_port_without_senders_waits_for_the_make_send_count(bench: Bench) -> None:
    port, notify = new_port(bench, send=False), new_port(bench, send=False)
    kr, _ = bench.call(traps.port_request_notification(bench.me, port, NOTIFY_NO_SENDERS, notify, sync=1))
    assert kr == 0
    assert notifications(bench, notify) == []
    assert bench.call(traps.port_insert_right(bench.me, port, port, MAKE_SEND)) == 0
    assert bench.call(traps.port_deallocate(bench.me, port)) == 0
    assert notifications(bench, notify) == [(NOTIFY_NO_SENDERS, 1)]


def test_destroying_a_port_returns_its_request_as_send_once(bench: Bench) -> None:
    port, notify = new_port(bench), new_port(bench, send=False)
    request(bench, port, NOTIFY_NO_SENDERS, notify)
    assert bench.call(traps.port_insert_right(bench.me, port, port, COPY_SEND)) == 0
    child = new_task(bench)
    assert bench.call(traps.port_insert_right(child, 1, port, COPY_SEND)) == 0
    assert bench.call(traps.port_destroy(bench.me, port)) == 0
    assert notifications(bench, notify) == [(NOTIFY_SEND_ONCE, 0)]


def test_a_second_request_replaces_the_first(bench: Bench) -> None:
    port, first, second = new_port(bench), new_port(bench, send=False), new_port(bench, send=False)
    assert request(bench, port, NOTIFY_NO_SENDERS, first) == 0
    previous = request(bench, port, NOTIFY_NO_SENDERS, second)
    # The send-once right of the first request comes back. Dropping it unused notifies its receiver.
    assert previous != 0
    assert bench.call(traps.port_deallocate(bench.me, previous)) == 0
    assert bench.call(traps.port_deallocate(bench.me, port)) == 0
    assert notifications(bench, first) == [(NOTIFY_SEND_ONCE, 0)]
    assert notifications(bench, second) == [(NOTIFY_NO_SENDERS, 1)]


def their_port(bench: Bench, child: int) -> tuple[int, int]:
    """A new port in another task: (its name there, name of a send right here)."""
    kr, theirs = bench.call(traps.port_allocate(child))
    kr2, mine = bench.call(traps.port_extract_right(child, theirs, MAKE_SEND))
    assert (kr, kr2) == (0, 0)
    return theirs, mine


def test_a_dead_name_notification_adds_a_reference(bench: Bench) -> None:
    child, notify = new_task(bench), new_port(bench, send=False)
    theirs, mine = their_port(bench, child)
    request(bench, mine, NOTIFY_DEAD_NAME, notify)
    assert bench.call(traps.port_destroy(child, theirs)) == 0
    assert notifications(bench, notify) == [(NOTIFY_DEAD_NAME, mine)]
    for last in (False, True):
        assert (mine in bench.space.entries) is True
        assert bench.call(traps.port_deallocate(bench.me, mine)) == 0
        assert (mine in bench.space.entries) is not last


def test_dead_name_requests_of_many_tasks_share_one_table_that_doubles(bench: Bench) -> None:
    child, notify = new_task(bench), new_port(bench, send=False)
    theirs, mine = their_port(bench, child)
    sizes = []
    port = bench.port(mine)
    request(bench, mine, NOTIFY_DEAD_NAME, notify)
    sizes.append(port.dn_bytes)
    for _ in range(4):
        # Each send-once right has its own name, and so its own request.
        kr, once = bench.call(traps.port_extract_right(child, theirs, MAKE_SEND_ONCE))
        assert kr == 0
        request(bench, once, NOTIFY_DEAD_NAME, notify)
        sizes.append(port.dn_bytes)
    assert sizes == [16, 32, 32, 64, 64]
    before = bench.held()
    assert bench.call(traps.task_terminate(child)) == 0
    after = bench.held()
    assert after["kalloc.64"] == before["kalloc.64"] + 5 - 1 - 1  # five notifications; two tables were freed
    assert sorted(word for _, word in notifications(bench, notify))[0] == mine


@pytest.mark.parametrize(("slots", "size"), [(1, 16), (2, 32), (3, 32), (4, 64), (7, 64), (8, 128), (500, 4096), (512, 8192)])
def test_dead_name_tables(slots: int, size: int) -> None:
    # A slot is 8 bytes, the first one is the head.
    assert dn_bytes_for(slots) == size


def test_a_table_of_requests_of_a_page_is_in_kalloc_map_and_may_not_fit(bench: Bench) -> None:
    child, notify = new_task(bench), new_port(bench, send=False)
    theirs, mine = their_port(bench, child)
    names = []
    for _ in range(PAGE // 2 // IPC_PORT_REQUEST):
        kr, once = bench.call(traps.port_extract_right(child, theirs, MAKE_SEND_ONCE))
        assert kr == 0
        names.append(once)
    for once in names[:-1]:
        request(bench, once, NOTIFY_DEAD_NAME, notify)
    taken = []
    while address := kmem_alloc_wired(bench.kernel, bench.kernel.kalloc_map, PAGE):
        taken.append(address)
    port = bench.port(mine)
    last = traps.port_request_notification(bench.me, names[-1], NOTIFY_DEAD_NAME, notify)
    assert bench.call(last)[0] == KERN_RESOURCE_SHORTAGE
    assert (port.dn_bytes, len(port.dnrequests)) == (PAGE // 2, len(names) - 1)
    assert notifications(bench, notify) == [(NOTIFY_SEND_ONCE, 0)], "the right in the request was destroyed"
    kmem_free(bench.kernel, bench.kernel.kalloc_map, taken.pop(), PAGE)
    assert bench.call(last)[0] == 0
    assert (port.dn_bytes, len(port.dnrequests)) == (PAGE, len(names))
    assert bench.kernel.kalloc_map.start <= port.dn_address < bench.kernel.kalloc_map.end


def test_notifications_ignore_the_queue_limit(bench: Bench) -> None:
    child, notify = new_task(bench), new_port(bench, send=False)
    count = 3 * QLIMIT_DEFAULT
    names = []
    for _ in range(count):
        _, mine = their_port(bench, child)
        request(bench, mine, NOTIFY_DEAD_NAME, notify)
        names.append(mine)
    assert bench.call(traps.task_terminate(child)) == 0
    assert bench.port(notify).msgcount == count
    assert bench.kernel.messages == count
    # In order of the names in the table of the dying task.
    assert notifications(bench, notify) == [(NOTIFY_DEAD_NAME, name) for name in names]


def test_a_dying_task_sends_all_notifications_before_a_receiver_runs(bench: Bench) -> None:
    child, notify = new_task(bench), new_port(bench, send=False)
    for _ in range(20):
        _, mine = their_port(bench, child)
        request(bench, mine, NOTIFY_DEAD_NAME, notify)
    seen: list[int] = []

    def server() -> Steps:
        while True:
            _, message = yield traps.receive(notify)
            seen.append(message.msgh_id)

    kr, thread = bench.call(traps.thread_create(bench.me))
    assert kr == 0
    bench.call(traps.thread_set_state(thread, server()))
    bench.call(traps.thread_resume(thread))
    bench.let_run()
    since = len(bench.events)
    assert bench.call(traps.task_terminate(child)) == 0
    kinds = [e[0] for e in bench.events[since:]]
    runs = [i for i, e in enumerate(bench.events[since:]) if e[0] == Kind.THREAD_RUN]
    last = max(i for i, kind in enumerate(kinds) if kind == Kind.NOTIFY)
    assert all(i > last for i in runs)
    bench.let_run()
    assert len(seen) == 20


def test_a_dropped_send_once_right_notifies_its_receiver(bench: Bench) -> None:
    child, port = new_task(bench), new_port(bench, send=False)
    assert bench.call(traps.port_insert_right(child, 3, port, MAKE_SEND_ONCE)) == 0
    assert bench.call(traps.task_terminate(child)) == 0
    assert notifications(bench, port) == [(NOTIFY_SEND_ONCE, 0)]


def test_a_port_set_has_one_queue_first_in_first_out(bench: Bench) -> None:
    _, pset = bench.call(traps.port_allocate(bench.me, RIGHT_PORT_SET))
    a, b, c = (new_port(bench) for _ in range(3))
    assert bench.call(traps.send(c, 100, 24, timeout=0)) == 0
    for name in (a, b, c):
        assert bench.call(traps.port_move_member(bench.me, name, pset)) == 0
    for number, name in enumerate((a, b, a, c, b, a)):
        assert bench.call(traps.send(name, number, 24, timeout=0)) == 0
    got = notifications(bench, pset)
    # Messages queued on c before it joined the set come first.
    assert [msgh_id for msgh_id, _ in got] == [100, 0, 1, 2, 3, 4, 5]
    # A receive from a member alone is invalid.
    assert bench.call(traps.receive(a, 0))[0] == 0x10004002


def test_queue_limits_in_a_set_apply_to_each_port(bench: Bench) -> None:
    _, pset = bench.call(traps.port_allocate(bench.me, RIGHT_PORT_SET))
    a, b = new_port(bench), new_port(bench)
    for name in (a, b):
        assert bench.call(traps.port_move_member(bench.me, name, pset)) == 0
        for _ in range(QLIMIT_DEFAULT):
            assert bench.call(traps.send(name, 1, 24, timeout=0)) == 0
        assert bench.call(traps.send(name, 1, 24, timeout=0)) == MACH_SEND_TIMED_OUT
    assert len(bench.pset(pset).messages) == 2 * QLIMIT_DEFAULT


def test_a_port_leaves_a_set_with_its_messages_after_a_scan(bench: Bench) -> None:
    _, pset = bench.call(traps.port_allocate(bench.me, RIGHT_PORT_SET))
    a, b = new_port(bench), new_port(bench)
    for name in (a, b):
        bench.call(traps.port_move_member(bench.me, name, pset))
    for number, name in enumerate((a, b, a, b)):
        bench.call(traps.send(name, number, 24, timeout=0))
    k = bench.kernel

    def took(trap: traps.Trap) -> int:
        before = k.time
        assert bench.call(trap) == 0
        return k.time - before

    loaded = took(traps.port_move_member(bench.me, a, 0))
    assert [m.msgh_id for m in bench.port(a).messages] == [0, 2]
    assert [m.msgh_id for m in bench.pset(pset).messages] == [1, 3]
    notifications(bench, a)
    notifications(bench, pset)
    bench.call(traps.port_move_member(bench.me, a, pset))
    assert loaded - took(traps.port_move_member(bench.me, a, 0)) == 4 * k.costs.mqueue_walk


def test_a_destroyed_set_releases_its_members(bench: Bench) -> None:
    _, pset = bench.call(traps.port_allocate(bench.me, RIGHT_PORT_SET))
    port = new_port(bench)
    bench.call(traps.port_move_member(bench.me, port, pset))
    bench.call(traps.send(port, 7, 24, timeout=0))
    assert bench.call(traps.port_destroy(bench.me, pset)) == 0
    assert bench.port(port).pset is None
    assert [m for m, _ in notifications(bench, port)] == [7]


def test_a_dying_port_destroys_its_messages_and_their_rights(bench: Bench) -> None:
    before = bench.held()
    port, carried, notify = new_port(bench), new_port(bench), new_port(bench, send=False)
    request(bench, carried, NOTIFY_NO_SENDERS, notify)
    assert bench.call(traps.send(port, 1, 32, rights=((carried, MOVE_SEND),), timeout=0)) == 0
    assert notifications(bench, notify) == []
    assert bench.call(traps.port_destroy(bench.me, port)) == 0
    assert notifications(bench, notify) == [(NOTIFY_NO_SENDERS, 1)]
    for name in (carried, notify):
        assert bench.call(traps.port_destroy(bench.me, name)) == 0
    after = bench.held()
    assert {n: after[n] - before[n] for n in after if after[n] != before[n] and not n.startswith("kalloc.")} == {}


def test_a_receive_right_travels_in_a_message(bench: Bench) -> None:
    port, moved = new_port(bench), new_port(bench)
    assert bench.call(traps.send(moved, 5, 24, timeout=0)) == 0
    assert bench.call(traps.send(port, 1, 32, rights=((moved, MOVE_RECEIVE),), timeout=0)) == 0
    assert bench.call(traps.receive(moved, 0))[0] == 0x10004002
    kr, message = bench.call(traps.receive(port, 0))
    assert kr == 0
    # The send right kept the name. The receive right joins it there, with its queue.
    assert message.rights == [moved]
    assert [m for m, _ in notifications(bench, moved)] == [5]


def test_a_receive_right_leaves_its_set_when_it_travels(bench: Bench) -> None:
    _, pset = bench.call(traps.port_allocate(bench.me, RIGHT_PORT_SET))
    port, moved = new_port(bench), new_port(bench)
    bench.call(traps.port_move_member(bench.me, moved, pset))
    target = bench.port(moved)
    assert bench.call(traps.send(port, 1, 32, rights=((moved, MOVE_RECEIVE),), timeout=0)) == 0
    assert target.pset is None


def test_a_queued_message_counts_as_a_sender(bench: Bench) -> None:
    # ipc_kmsg_copyin_header takes a send right for the destination; ipc_object_copyout_dest drops it when it is received.
    port, notify = new_port(bench), new_port(bench, send=False)
    request(bench, port, NOTIFY_NO_SENDERS, notify)
    assert bench.call(traps.send(port, 1, 24, timeout=0)) == 0
    assert bench.call(traps.port_deallocate(bench.me, port)) == 0
    assert notifications(bench, notify) == []
    assert bench.call(traps.receive(port, 0))[0] == 0
    assert notifications(bench, notify) == [(NOTIFY_NO_SENDERS, 1)]


def test_waiting_receivers_get_an_error_when_their_port_dies(bench: Bench) -> None:
    port = new_port(bench)
    results: list[int] = []

    def waiter() -> Steps:
        kr, _ = yield traps.receive(port)
        results.append(kr)
        yield traps.sleep(10**12)

    _, thread = bench.call(traps.thread_create(bench.me))
    bench.call(traps.thread_set_state(thread, waiter()))
    bench.call(traps.thread_resume(thread))
    bench.let_run()
    assert bench.call(traps.port_destroy(bench.me, port)) == 0
    bench.let_run()
    assert results == [0x10004009]


def test_the_kernel_has_one_port_for_each_task_and_thread(bench: Bench) -> None:
    k: Kernel = bench.kernel
    before = bench.in_use("ipc ports")["ipc ports"]
    child = new_task(bench)
    _, thread = bench.call(traps.thread_create(child))
    assert bench.in_use("ipc ports")["ipc ports"] == before + 2
    assert bench.port(child).kobject is k.tasks[bench.task_of(child).id]
    assert bench.thread_of(thread).task is bench.task_of(child)
