"""A receiver whose table of names cannot grow: what becomes of the message, its rights, and the sender."""

import pytest

from tests.mach.bench import Bench, Steps
from zoneviz.events import SEND_ONCE
from zoneviz.mach import traps
from zoneviz.mach.ipc_port import NOTIFY_SEND_ONCE
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.mach_port import RIGHT_SEND
from zoneviz.mach.message import (
    MACH_MSG_IPC_KERNEL,
    MACH_RCV_BODY_ERROR,
    MACH_RCV_HEADER_ERROR,
    MACH_RCV_INVALID_NAME,
    MACH_SEND_INVALID_REPLY,
    MAKE_SEND,
    MAKE_SEND_ONCE,
)
from zoneviz.mach.sizes import IPC_ENTRY, PAGE
from zoneviz.mach.vm_kern import kmem_alloc_wired

NO_ROOM = MACH_RCV_BODY_ERROR | MACH_MSG_IPC_KERNEL


@pytest.fixture
def bench() -> Bench:
    return Bench()


def use_up_names(bench: Bench, left: int = 0) -> None:
    """Take names until the table takes a page of kalloc_map, kalloc_map is full, and `left` names are free."""
    while bench.space.size < PAGE // IPC_ENTRY:
        assert bench.call(traps.port_allocate(bench.me))[0] == 0
    for size in (64 * PAGE, PAGE):
        while kmem_alloc_wired(bench.kernel, bench.kernel.kalloc_map, size):
            pass
    while len(bench.space.free) > left:
        assert bench.call(traps.port_allocate(bench.me))[0] == 0


def new_port(bench: Bench) -> int:
    kr, name = bench.call(traps.port_allocate(bench.me))
    assert kr == 0
    assert isinstance(name, int)
    return name


def client(bench: Bench, service: int, program: Steps) -> None:
    """Run a program in a new task that has a send right to a port of the bench under the same name."""
    assert bench.call(traps.port_insert_right(bench.me, service, service, MAKE_SEND)) == 0
    _, task = bench.call(traps.task_create(bench.me, False))
    assert bench.call(traps.port_insert_right(task, service, service, MAKE_SEND)) == 0
    _, thread = bench.call(traps.thread_create(task))
    bench.call(traps.thread_set_state(thread, program))
    bench.call(traps.thread_resume(thread))
    bench.let_run()


def test_growth_that_is_refused_changes_nothing(bench: Bench) -> None:
    use_up_names(bench)
    before, size, names = bench.held(), bench.space.size, len(bench.space.entries)
    assert bench.call(traps.port_allocate(bench.me)) == (KERN_RESOURCE_SHORTAGE, 0)
    assert (bench.held(), bench.space.size, len(bench.space.entries)) == (before, size, names)


def test_without_room_for_the_reply_right_the_message_is_destroyed_unread(bench: Bench) -> None:
    service = new_port(bench)
    seen: list[object] = []

    def requester() -> Steps:
        me = yield traps.task_self()
        reply = yield traps.reply_port()
        _, own = yield traps.port_allocate(me)
        kr, answer = yield traps.rpc(service, 1, 64, reply, ((own, MAKE_SEND), (own, MAKE_SEND_ONCE)))
        seen.append((kr, answer.msgh_id))
        kr, notice = yield traps.receive(own, 0)
        seen.append((kr, notice.msgh_id))
        yield traps.sleep(10**12)

    client(bench, service, requester())
    use_up_names(bench)
    assert bench.kernel.messages == 1
    assert bench.call(traps.receive(service, 0)) == (MACH_RCV_HEADER_ERROR | MACH_MSG_IPC_KERNEL, None)
    # The send-once right of the reply and that of the body each sent a notification when they were destroyed.
    bench.let_run()
    assert seen == [(0, NOTIFY_SEND_ONCE), (0, NOTIFY_SEND_ONCE)]
    assert bench.kernel.messages == 0


def test_a_right_of_the_body_without_room_is_destroyed_and_the_message_arrives(bench: Bench) -> None:
    to, carried, known = new_port(bench), new_port(bench), new_port(bench)
    rights = ((carried, MAKE_SEND_ONCE), (carried, MAKE_SEND_ONCE), (known, MAKE_SEND))
    assert bench.call(traps.port_insert_right(bench.me, to, to, MAKE_SEND)) == 0
    assert bench.call(traps.send(to, 1, 64, rights, timeout=0, body="text")) == 0
    use_up_names(bench, left=1)
    kr, message = bench.call(traps.receive(to, 0))
    first, second, third = message.rights
    # The last free name went to the first right. A send right to a port that has a name needs no other.
    assert (kr, second, third, message.body) == (NO_ROOM, 0, known, "text")
    assert bench.entry(first).bits == SEND_ONCE
    assert bench.port(carried).msgcount == 1, "the destroyed send-once right sent a notification"


def test_a_reply_of_the_kernel_without_room_costs_the_caller_its_reply_port(bench: Bench) -> None:
    use_up_names(bench)
    old = bench.thread.reply_port
    threads = len(bench.task.threads)
    kr, thread = bench.call(traps.thread_create(bench.me))
    assert (kr, thread) == (NO_ROOM, 0)
    assert len(bench.task.threads) == threads + 1, "the thread was made; nobody has a right to it"
    assert old not in bench.space.entries
    assert bench.call(traps.port_mod_refs(bench.me, bench.me, RIGHT_SEND, 1)) == 0
    assert bench.thread.reply_port == old, "the only free name"


def test_an_rpc_without_room_for_a_reply_port_is_made_but_not_answered(bench: Bench) -> None:
    results: list[object] = []
    me = bench.me

    def worker() -> Steps:
        results.append((yield traps.port_mod_refs(me, me, RIGHT_SEND, 1)))
        yield traps.sleep(10**12)

    _, thread = bench.call(traps.thread_create(me))
    bench.call(traps.thread_set_state(thread, worker()))
    use_up_names(bench)
    refs = bench.entry(me).urefs
    bench.call(traps.thread_resume(thread))
    bench.let_run()
    assert results == [MACH_RCV_INVALID_NAME]
    assert bench.entry(me).urefs == refs + 1


def test_an_rpc_on_a_reply_port_that_the_program_destroyed_is_not_made(bench: Bench) -> None:
    bench.call(traps.port_destroy(bench.me, bench.thread.reply_port))
    tasks = len(bench.kernel.tasks)
    assert bench.call(traps.task_create(bench.me, False)) == (MACH_SEND_INVALID_REPLY, 0)
    assert len(bench.kernel.tasks) == tasks
    assert bench.call(traps.task_create(bench.me, False))[0] == 0
