"""Messages: memory by size, queue limits, blocking, time-outs, rights and memory in messages, RPC between tasks."""

import pytest

from tests.mach.bench import Bench, Steps
from zoneviz.events import DEAD_NAME, SEND_ONCE, Kind
from zoneviz.mach import mach_msg, message, traps
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME, RIGHT_RECEIVE
from zoneviz.mach.message import (
    COPY_SEND,
    MACH_RCV_INVALID_NAME,
    MACH_RCV_TIMED_OUT,
    MACH_SEND_INVALID_DEST,
    MACH_SEND_INVALID_MEMORY,
    MACH_SEND_INVALID_RIGHT,
    MACH_SEND_TIMED_OUT,
    MAKE_SEND,
    MAKE_SEND_ONCE,
    MOVE_SEND,
)
from zoneviz.mach.sizes import PAGE, QLIMIT_DEFAULT

MILLISECOND = 1_000_000
FAR = 0x20000000


def test_scenario_files_may_import_the_dispositions_from_mach_msg() -> None:
    for name in ("COPY_SEND", "MAKE_SEND", "MAKE_SEND_ONCE", "MOVE_RECEIVE", "MOVE_SEND", "MOVE_SEND_ONCE"):
        assert getattr(mach_msg, name) == getattr(message, name)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def new_port(bench: Bench) -> int:
    kr, name = bench.call(traps.port_allocate(bench.me))
    assert kr == 0
    assert bench.call(traps.port_insert_right(bench.me, name, name, MAKE_SEND)) == 0
    assert isinstance(name, int)
    return name


def start(bench: Bench, program: Steps) -> int:
    kr, thread = bench.call(traps.thread_create(bench.me))
    assert kr == 0
    assert bench.call(traps.thread_set_state(thread, program)) == 0
    assert bench.call(traps.thread_resume(thread)) == 0
    assert isinstance(thread, int)
    return thread


@pytest.mark.parametrize(
    ("size", "memory"),
    [
        (24, "kalloc.256"),
        (240, "kalloc.256"),
        (244, "kalloc.512"),
        (496, "kalloc.512"),
        (497, "kalloc.1024"),
        (1008, "kalloc.1024"),
        (2032, "kalloc.2048"),
        (4080, "kalloc.4096"),
        (4084, "kalloc.8192"),
        (8176, "kalloc.8192"),
    ],
)
def test_memory_of_a_queued_message(bench: Bench, size: int, memory: str) -> None:
    port = new_port(bench)
    before = bench.held()
    assert bench.call(traps.send(port, 1, size, timeout=0)) == 0
    after = bench.held()
    assert {n: after[n] - before[n] for n in after if after[n] != before[n]} == {memory: 1}
    kr, message = bench.call(traps.receive(port, 0))
    assert (kr, message.size, message.msgh_id) == (0, size, 1)
    assert bench.held() == before


@pytest.mark.parametrize(("size", "pages"), [(8177, 4), (16368, 4), (16369, 5)])
def test_large_messages_take_pages_of_kalloc_map(bench: Bench, size: int, pages: int) -> None:
    port = new_port(bench)
    used = bench.kernel.kalloc_map.used
    assert bench.call(traps.send(port, 1, size, timeout=0)) == 0
    assert bench.kernel.kalloc_map.used - used == pages * PAGE
    assert bench.call(traps.receive(port, 0))[0] == 0
    assert bench.kernel.kalloc_map.used == used


def test_a_loop_of_small_messages_allocates_nothing(bench: Bench) -> None:
    port = new_port(bench)
    bench.call(traps.send(port, 1, 100, timeout=0))
    bench.call(traps.receive(port, 0))
    since = len(bench.events)
    for _ in range(10):
        bench.call(traps.send(port, 1, 240, timeout=0))
        bench.call(traps.receive(port, 0))
    assert not bench.kinds(Kind.ZALLOC, Kind.ZFREE, Kind.KMEM_ALLOC, since=since)


def test_a_sender_to_a_full_port_fails_or_waits(bench: Bench) -> None:
    port = new_port(bench)
    for _ in range(QLIMIT_DEFAULT):
        assert bench.call(traps.send(port, 1, 24, timeout=0)) == 0
    before = bench.held()
    assert bench.call(traps.send(port, 1, 24, timeout=0)) == MACH_SEND_TIMED_OUT
    assert bench.held() == before
    since = bench.kernel.time
    assert bench.call(traps.send(port, 1, 24, timeout=50 * MILLISECOND)) == MACH_SEND_TIMED_OUT
    assert 50 * MILLISECOND <= bench.kernel.time - since <= 70 * MILLISECOND
    assert bench.held() == before
    assert bench.port(port).msgcount == QLIMIT_DEFAULT


def test_a_blocked_sender_continues_when_there_is_room(bench: Bench) -> None:
    port = new_port(bench)
    for number in range(QLIMIT_DEFAULT):
        bench.call(traps.send(port, number, 24, timeout=0))
    results: list[object] = []

    def sender() -> Steps:
        results.append((yield traps.send(port, 99, 24)))
        yield traps.sleep(10**12)

    stacks = bench.kernel.kernel_map.used
    free = len(bench.kernel.free_stacks)
    thread = bench.thread_of(start(bench, sender()))
    bench.let_run()
    assert results == []
    # It waits in the kernel and keeps its kernel stack.
    assert thread.stack != 0
    assert bench.kernel.kernel_map.used - stacks + (free - len(bench.kernel.free_stacks)) * PAGE == PAGE
    got = [bench.call(traps.receive(port, 0))[1].msgh_id]
    bench.let_run()
    assert results == [0]
    while (message := bench.call(traps.receive(port, 0))[1]) is not None:
        got.append(message.msgh_id)
    assert got == [0, 1, 2, 3, 4, 99]


def test_a_waiting_receiver_has_no_stack(bench: Bench) -> None:
    port = new_port(bench)
    used = bench.kernel.kernel_map.used

    def waiter() -> Steps:
        while True:
            yield traps.receive(port)

    threads = [bench.thread_of(start(bench, waiter())) for _ in range(20)]
    bench.let_run()
    assert all(thread.stack == 0 for thread in threads)
    assert bench.kernel.kernel_map.used == used


def test_receivers_wait_first_in_first_out_and_messages_are_not_queued(bench: Bench) -> None:
    port = new_port(bench)
    got: list[tuple[int, int]] = []

    def waiter(number: int) -> Steps:
        while True:
            _, message = yield traps.receive(port)
            got.append((number, message.msgh_id))

    for number in range(3):
        start(bench, waiter(number))
        bench.let_run()
    since = len(bench.events)
    for msgh_id in range(6):
        assert bench.call(traps.send(port, msgh_id, 24, timeout=0)) == 0
        bench.let_run()
    assert not bench.kinds(Kind.MSG_QUEUE, since=since)
    assert got == [(0, 0), (1, 1), (2, 2), (0, 3), (1, 4), (2, 5)]


def test_a_receive_times_out(bench: Bench) -> None:
    port = new_port(bench)
    assert bench.call(traps.receive(port, 0)) == (MACH_RCV_TIMED_OUT, None)
    since = bench.kernel.time
    assert bench.call(traps.receive(port, 30 * MILLISECOND)) == (MACH_RCV_TIMED_OUT, None)
    assert 30 * MILLISECOND <= bench.kernel.time - since <= 50 * MILLISECOND
    assert bench.call(traps.receive(12345, 0)) == (MACH_RCV_INVALID_NAME, None)


def test_a_failed_send_leaks_nothing(bench: Bench) -> None:
    port = new_port(bench)
    before = bench.held()
    assert bench.call(traps.send(9999, 1, 24, timeout=0)) == MACH_SEND_INVALID_DEST
    assert bench.call(traps.send(port, 1, 32, rights=((9999, MOVE_SEND),), timeout=0)) == MACH_SEND_INVALID_RIGHT
    assert bench.call(traps.send(port, 1, 32, memory=((FAR, PAGE),), timeout=0)) == MACH_SEND_INVALID_MEMORY
    assert bench.held() == before
    assert bench.port(port).msgcount == 0


def test_a_send_once_right_works_once(bench: Bench) -> None:
    port = new_port(bench)
    kr, task = bench.call(traps.task_create(bench.me, False))
    assert bench.call(traps.port_insert_right(task, 3, port, MAKE_SEND_ONCE)) == 0
    kr, once = bench.call(traps.port_extract_right(task, 3, 18))
    assert kr == 0
    assert bench.entry(once).bits == SEND_ONCE
    assert bench.call(traps.send(once, 1, 24, timeout=0)) == 0
    assert once not in bench.space.entries
    assert bench.port(port).sorights == 1  # held by the message until it is received
    assert bench.call(traps.receive(port, 0))[0] == 0
    assert bench.port(port).sorights == 0


def test_a_send_once_right_ignores_the_queue_limit(bench: Bench) -> None:
    port = new_port(bench)
    _, task = bench.call(traps.task_create(bench.me, False))
    assert bench.call(traps.port_insert_right(task, 3, port, MAKE_SEND_ONCE)) == 0
    _, once = bench.call(traps.port_extract_right(task, 3, 18))
    for _ in range(QLIMIT_DEFAULT):
        assert bench.call(traps.send(port, 1, 24, timeout=0)) == 0
    assert bench.call(traps.send(once, 1, 24, timeout=0)) == 0


def test_out_of_line_memory_is_copied_on_write(bench: Bench) -> None:
    port = new_port(bench)
    kr, address = bench.call(traps.vm_allocate(bench.me, 4 * PAGE, FAR))
    assert kr == 0
    bench.call(traps.touch(address, 4 * PAGE))
    before, free = bench.held(), bench.kernel.phys.free
    assert bench.call(traps.send(port, 1, 36, memory=((address, 4 * PAGE),), timeout=0)) == 0
    kr, message = bench.call(traps.receive(port, 0))
    assert kr == 0
    after = bench.held()
    assert {n: after[n] - before[n] for n in after if after[n] != before[n]} == {"non-kernel map entries": 1}
    assert bench.kernel.phys.free == free
    (copy,) = message.memory
    assert bench.call(traps.touch(copy)) is True
    # One page copied and one page table for its address, with a shadow object and its port.
    assert bench.kernel.phys.free == free - 2
    shadow = bench.held()
    assert (shadow["objects"] - after["objects"], shadow["ipc ports"] - after["ipc ports"]) == (1, 1)
    assert bench.call(traps.vm_deallocate(bench.me, copy, 4 * PAGE)) == 0
    final = bench.held()
    assert {n: final[n] - before[n] for n in final if final[n] != before[n]} == {}


def test_a_destroyed_message_frees_its_memory(bench: Bench) -> None:
    port = new_port(bench)
    _, address = bench.call(traps.vm_allocate(bench.me, 2 * PAGE, FAR))
    bench.call(traps.touch(address, 2 * PAGE))
    before = bench.held()
    assert bench.call(traps.send(port, 1, 36, memory=((address, 2 * PAGE),), timeout=0)) == 0
    assert bench.call(traps.port_destroy(bench.me, port)) == 0
    after = bench.held()
    assert {n: after[n] - before[n] for n in after if after[n] != before[n]} == {"ipc ports": -1}


def test_an_rpc_between_threads_hands_over_the_processor(bench: Bench) -> None:
    service = new_port(bench)
    served: list[object] = []

    def server() -> Steps:
        _, request = yield traps.receive(service)
        while True:
            served.append(request.body)
            _, request = yield traps.reply_and_receive(request.reply, request.msgh_id + 100, 24, service)

    thread = start(bench, server())
    bench.let_run()
    reply = bench.call(traps.reply_port())
    bench.call(traps.rpc(service, 10, 24, reply, body="warm"))  # the table of names grows for the right in the reply
    before, since = bench.held(), len(bench.events)
    for number in range(5):
        kr, answer = bench.call(traps.rpc(service, 10, 24, reply, body=number))
        assert (kr, answer.msgh_id) == (0, 110)
    assert served == ["warm", 0, 1, 2, 3, 4]
    assert bench.held() == before
    # Handed to the server and back: nothing was queued, and each thread ran once per call.
    assert not bench.kinds(Kind.MSG_QUEUE, since=since)
    runs = [e[5] for e in bench.kinds(Kind.THREAD_RUN, since=since)]
    assert runs == [bench.thread_of(thread).id, bench.thread.id] * 5
    assert bench.kernel.messages == 0


def test_a_reply_to_a_dead_client_is_an_error_to_the_server(bench: Bench) -> None:
    service = new_port(bench)
    results: list[object] = []

    def server() -> Steps:
        _, request = yield traps.receive(service)
        yield traps.sleep(30 * MILLISECOND)
        results.append((yield traps.send(request.reply, 1, 24)))
        yield traps.sleep(10**12)

    def client() -> Steps:
        reply = yield traps.reply_port()
        yield traps.rpc(service, 1, 24, reply)

    start(bench, server())
    _, task = bench.call(traps.task_create(bench.me, False))
    assert bench.call(traps.port_insert_right(task, service, service, MAKE_SEND)) == 0
    _, thread = bench.call(traps.thread_create(task))
    bench.call(traps.thread_set_state(thread, client()))
    bench.call(traps.thread_resume(thread))
    bench.let_run(10)
    assert bench.call(traps.task_terminate(task)) == 0
    bench.let_run(60)
    assert results == [MACH_SEND_INVALID_DEST]
    assert any(entry.bits == DEAD_NAME for entry in bench.space.entries.values())


def test_programs_may_compute_and_sleep(bench: Bench) -> None:
    since = bench.kernel.time
    assert bench.call(traps.compute(3 * MILLISECOND)) == 0
    assert bench.kernel.time - since >= 3 * MILLISECOND
    since = bench.kernel.time
    assert bench.call(traps.sleep(25 * MILLISECOND)) == 0
    assert 25 * MILLISECOND <= bench.kernel.time - since <= 45 * MILLISECOND


def test_a_client_that_waits_for_room_gets_an_error_when_the_port_dies(bench: Bench) -> None:
    service = new_port(bench)
    for _ in range(QLIMIT_DEFAULT):
        assert bench.call(traps.send(service, 1, 24, timeout=0)) == 0
    results: list[object] = []

    def client() -> Steps:
        reply = yield traps.reply_port()
        results.append((yield traps.rpc(service, 1, 24, reply)))
        yield traps.sleep(10**12)

    start(bench, client())
    bench.let_run()
    assert bench.call(traps.port_destroy(bench.me, service)) == 0
    bench.let_run()
    assert results == [(MACH_SEND_INVALID_DEST, None)]


def test_a_plain_message_to_the_kernel_is_consumed(bench: Bench) -> None:
    bench.call(traps.port_allocate(bench.me))
    before = bench.held()
    assert bench.call(traps.send(bench.me, 1, 24, timeout=0)) == 0
    assert bench.kernel.messages == 0
    assert bench.held() == before


@pytest.mark.parametrize(("how", "refs"), [(COPY_SEND, 2), (MOVE_SEND, 1)])
def test_a_dead_name_in_a_message_arrives_as_name_0(bench: Bench, how: int, refs: int) -> None:
    port, lost = new_port(bench), new_port(bench)
    assert bench.call(traps.port_mod_refs(bench.me, lost, RIGHT_RECEIVE, -1)) == 0
    assert bench.call(traps.port_mod_refs(bench.me, lost, RIGHT_DEAD_NAME, 1)) == 0
    assert bench.call(traps.send(port, 7, 64, ((lost, how),))) == 0
    kr, message = bench.call(traps.receive(port, 0))
    assert (kr, message.rights) == (0, [0])
    assert bench.entry(lost).bits == DEAD_NAME
    assert bench.entry(lost).urefs == refs


def test_moving_the_last_reference_frees_a_dead_name(bench: Bench) -> None:
    port, lost = new_port(bench), new_port(bench)
    bench.call(traps.port_mod_refs(bench.me, lost, RIGHT_RECEIVE, -1))
    before = bench.in_use("ipc ports")
    assert bench.call(traps.send(port, 7, 64, ((lost, MOVE_SEND),))) == 0
    assert lost not in bench.space.entries
    bench.call(traps.port_destroy(bench.me, port))  # with the message on it
    assert bench.in_use("ipc ports")["ipc ports"] == before["ipc ports"] - 1
