"""Cthreads: what one costs, where its stack is, which calls create it; their kernel threads stay and are used again."""

from collections import Counter
from typing import Any

import pytest

from tests.hurd.test_libports import ASK, MILLISECOND, run, stop
from zoneviz.events import Kind
from zoneviz.hurd import system
from zoneviz.hurd.condition import Condition, condition_broadcast, condition_signal, condition_wait
from zoneviz.hurd.cprocs import STACK_SIZE, Cthreads
from zoneviz.hurd.cthreads import UNWIRED, WAKE_ID, Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Answer, Server
from zoneviz.mach import program, traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES, override
from zoneviz.mach.vm_map import VM_MAX_ADDRESS

SETTLED = 200 * MILLISECOND


def calls(server: Server, message: Message) -> Steps:
    """A handler that calls the kernel once, then waits without a lock."""
    yield traps.port_get_refs(server.me, server.me)
    yield traps.sleep(50 * MILLISECOND)
    answer: Answer = ((), None)
    return answer


def in_use(kernel: Kernel) -> Counter[str]:
    """Bytes of the elements in use of each zone."""
    return Counter({zone.name: zone.in_use * zone.elem_size for zone in kernel.zones.values()})


@pytest.mark.parametrize(("profile", "cost"), [("upstream-2007", 752), ("antrik-2005", 836)])
def test_a_worker_costs_what_the_real_one_cost(profile: str, cost: int) -> None:
    """Thread, pcb, thread port, wired port, MIG reply port; with MACH_IPC_COMPAT a port and a request table more. No entry, no object."""
    server = Server("server", "plain")
    server.handlers[ASK] = calls
    seen: list[tuple[int, Counter[str]]] = []

    def main(kernel: Kernel) -> Steps:
        me = yield from program.prelude()
        port, _ = yield from system.serve(me, server)
        for requests in (20, 28):  # at once; the table of names does not grow between the two
            for _ in range(requests):
                yield traps.send(port, ASK, 32)
            yield traps.sleep(SETTLED)
            seen.append((server.totalthreads, in_use(kernel)))
        yield (stop,)

    run(main, profile)
    (few, before), (many, after) = seen
    grown = {zone: (after[zone] - before[zone]) / (many - few) for zone in after if after[zone] != before[zone]}
    assert many - few == 8
    assert sum(grown.values()) == cost, grown
    assert grown.keys() == {"threads", "i386 pcb state", "ipc ports"} | ({"kalloc.16"} if cost == 836 else set())


class Stage:
    """A kernel on which `act(stage)` runs with cthreads in the first program's task. `ran`: what they noted."""

    def __init__(self, act: Any, **settings: str) -> None:
        self.ran: list[Any] = []
        self.threads = Cthreads()
        self.events: list[Any] = []
        profile = PROFILES["upstream-2007"]
        for name, text in settings.items():
            profile = override(profile, name, text)
        self.kernel = Kernel(profile, self.events.append, seed=1)
        self.kernel.boot()
        program.start(self.kernel, self.main(act))
        while self.kernel.run(10_000):
            pass

    def main(self, act: Any) -> Steps:
        me = yield from program.prelude()
        yield from self.threads.init(me)
        yield from act(self)
        yield (stop,)

    def note(self, what: Any, wait: int = 0) -> Steps:
        """The function of a cthread: notes the thread that runs it, then waits."""
        yield (lambda k, thread: self.ran.append((what, thread.id)),)
        yield traps.sleep(wait)

    def of(self, kind: Kind) -> list[Any]:
        """The events of a kind."""
        return [event for event in self.events if event[0] == kind]


def test_the_calls_of_a_birth_are_in_order_and_protect_nothing() -> None:
    before: list[int] = []

    def act(stage: Stage) -> Steps:
        before.append(len(stage.of(Kind.RPC)))
        yield from stage.threads.fork(stage.note("born"), "worker")

    stage = Stage(act)
    # mach_port_allocate, mach_port_insert_right, vm_allocate, thread_create, thread_get_state, thread_set_state, thread_resume
    assert [event[5] for event in stage.of(Kind.RPC)[before[0] :]] == [3204, 3215, 2021, 2061, 2017, 2018, 2063]


def test_stacks_follow_each_other_in_one_entry_and_one_object() -> None:
    def act(stage: Stage) -> Steps:
        me = stage.threads.me
        for number in range(3):
            yield from stage.threads.fork(stage.note(number, SETTLED), "worker")
        # A hole for the next stack that is too small, and one behind it.
        yield traps.vm_allocate(me, 4096, 5 * STACK_SIZE - 4096)
        yield from stage.threads.fork(stage.note(3, SETTLED), "worker")
        (task,) = (task for task in stage.kernel.tasks.values() if task.space.entries.get(me) and not task.kernel)
        entries = [entry for entry in task.map.entries if entry.start < 6 * STACK_SIZE]
        stage.ran.extend((entry.start // STACK_SIZE, entry.end / STACK_SIZE) for entry in entries)
        stage.ran.append(len({id(entry.object) for entry in entries if entry.object}))

    stage = Stage(act)
    assert stage.ran[-3:] == [(1, 4.0), (4, 6.0), 2]


def test_a_finished_cthread_serves_the_next_one() -> None:
    def act(stage: Stage) -> Steps:
        for number in range(2):
            yield from stage.threads.fork(stage.note(number, 10 * MILLISECOND), "worker")
        yield traps.sleep(SETTLED)
        stage.ran.append((stage.threads.cthreads, stage.threads.cprocs))
        for number in range(2, 5):
            yield from stage.threads.fork(stage.note(number, 10 * MILLISECOND), "worker")
        yield traps.sleep(SETTLED)

    stage = Stage(act)
    assert stage.ran[2] == (1, 3)
    assert len({thread for _, thread in stage.ran[:2]}) == 2
    assert {thread for _, thread in stage.ran[3:]} > {thread for _, thread in stage.ran[:2]}
    assert (stage.threads.cthreads, stage.threads.cprocs) == (1, 4)
    assert not stage.of(Kind.THREAD_DESTROY)


def test_a_thread_that_cannot_be_created_leaves_its_function_to_the_next() -> None:
    """max_threads 16: the main thread and 15 more. The creator gets no error."""

    def act(stage: Stage) -> Steps:
        for number in range(20):
            yield from stage.threads.fork(stage.note(number, 10 * MILLISECOND), "worker")
        yield traps.sleep(SETTLED)

    stage = Stage(act, max_threads="16")
    assert [what for what, _ in stage.ran] == list(range(20))
    assert len({thread for _, thread in stage.ran}) == 15
    assert stage.kernel.ended is not None and stage.kernel.ended.outcome == "finished"


def test_without_room_for_a_stack_a_cthread_never_runs() -> None:
    def act(stage: Stage) -> Steps:
        stage.threads.next_stack = VM_MAX_ADDRESS - 2 * STACK_SIZE  # the last one is the program's own
        for number in range(2):
            yield from stage.threads.fork(stage.note(number, SETTLED), "worker")
        yield traps.sleep(SETTLED // 2)

    stage = Stage(act)
    assert [what for what, _ in stage.ran] == [0]


def test_each_cthread_waits_on_its_own_port() -> None:
    ports: list[int] = []

    def waits(stage: Stage) -> Steps:
        yield (lambda k, thread: ports.append(thread.task.space.entries[thread.wired_port].object.address),)
        yield from mutex_lock(lock)
        yield mutex_unlock(lock)

    lock = Mutex("the lock")

    def act(stage: Stage) -> Steps:
        yield from mutex_lock(lock)
        for _ in range(3):
            yield from stage.threads.fork(waits(stage), "worker")
        yield traps.sleep(SETTLED)
        yield mutex_unlock(lock)
        yield traps.sleep(SETTLED)

    stage = Stage(act)
    name = stage.kernel.catalog.names.intern("the lock")
    blocked = [event[6] for event in stage.of(Kind.THREAD_BLOCK) if event[8] == name]
    woken = [event[6] for event in stage.of(Kind.MSG_SEND) if event[5] == WAKE_ID and event[6] in ports]
    assert len(set(ports)) == 3
    assert blocked[:3] == woken[:3] == ports


def test_a_cthread_without_a_port_looks_again_until_the_lock_is_free() -> None:
    lock = Mutex("the lock")

    def unwired(k: Kernel, thread: Any) -> None:
        thread.wired_port = 0

    def waits(stage: Stage) -> Steps:
        yield (unwired,)
        yield from mutex_lock(lock)
        stage.ran.append(stage.kernel.time)
        yield mutex_unlock(lock)

    def act(stage: Stage) -> Steps:
        yield from mutex_lock(lock)
        yield from stage.threads.fork(waits(stage), "worker")
        yield traps.sleep(SETTLED)
        assert not stage.ran and not lock.queue
        stage.ran.append(stage.kernel.time)
        yield mutex_unlock(lock)
        yield traps.sleep(SETTLED)

    free, taken = Stage(act).ran
    assert 0 < taken - free <= 2 * UNWIRED


def test_a_signal_wakes_one_and_a_broadcast_all() -> None:
    lock, condition = Mutex("the lock"), Condition("the condition")

    def waits(stage: Stage, number: int) -> Steps:
        yield from mutex_lock(lock)
        yield from condition_wait(condition, lock)
        stage.ran.append(number)
        yield mutex_unlock(lock)

    def act(stage: Stage) -> Steps:
        for number in range(4):
            yield from stage.threads.fork(waits(stage, number), "worker")
        for wake in (condition_signal(condition), condition_broadcast(condition)):
            yield traps.sleep(SETTLED)
            stage.ran.append("woken")
            yield wake
        yield traps.sleep(SETTLED)

    assert Stage(act).ran == ["woken", 0, "woken", 1, 2, 3]
