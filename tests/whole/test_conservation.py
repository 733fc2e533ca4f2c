"""After programs have ended, every zone is as before, whatever they did.

Two things stay by design. Tables of names never shrink, so the table is made large first. Shadows stay in our memory until a later fault
merges them, so objects in our map are not counted.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mach.bench import Bench, Steps
from zoneviz.mach import traps
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME, NOTIFY_NO_SENDERS
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME, RIGHT_PORT_SET, RIGHT_RECEIVE
from zoneviz.mach.message import COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_SEND
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.vm_object import VmObject

FAR = 0x20000000
PAGES = 64
SETTLE = 300  # ms; longer than any program below computes or waits


def receiver() -> Steps:
    port = yield traps.reply_port()
    while True:
        yield traps.receive(port)


def own_death() -> Steps:
    me = yield traps.thread_self()
    yield traps.compute(2_000_000)
    yield traps.thread_terminate(me)


def task_death() -> Steps:
    me = yield traps.task_self()
    yield traps.port_allocate(me)
    yield traps.sleep(10_000_000)
    yield traps.task_terminate(me)


def stuck_sender() -> Steps:
    me = yield traps.task_self()
    _, port = yield traps.port_allocate(me)
    yield traps.port_insert_right(me, port, port, MAKE_SEND)
    while True:
        yield traps.send(port, 1, 24)


def toucher() -> Steps:
    yield traps.touch(FAR, PAGES * PAGE)
    yield traps.compute(30_000_000)


def client() -> Steps:
    me = yield traps.task_self()
    _, port = yield traps.port_allocate(me)
    yield traps.port_insert_right(me, port, port, MAKE_SEND)
    reply = yield traps.reply_port()
    yield traps.rpc(port, 1, 300, reply)


PROGRAMS = (receiver, own_death, task_death, stuck_sender, toucher, client)


class World:
    """A bench, the names of the tasks, threads and other ports that it created, and its balance at the start."""

    def __init__(self, profile: str) -> None:
        self.bench = Bench(profile)
        names = [self.call(traps.port_allocate(self.bench.me))[1] for _ in range(500)]
        for name in names:
            self.call(traps.port_destroy(self.bench.me, name))
        self.call(traps.vm_allocate(self.bench.me, PAGES * PAGE, FAR))
        self.call(traps.touch(FAR, PAGES * PAGE))
        self.first = set(self.bench.space.entries)
        self.tasks: list[int] = []
        self.before = self.balance()

    def call(self, trap: traps.Trap) -> Any:
        return self.bench.call(trap)

    def others(self) -> list[int]:
        """Names that are new since the start."""
        return sorted(name for name in self.bench.space.entries if name not in self.first)

    def pick(self, which: int) -> int:
        """A name that is not a task or thread port: those must stay, and kernel ports only take RPCs."""
        names = [n for n in self.others() if getattr(self.bench.entry(n).object, "kobject", None) is None and n not in self.tasks]
        return names[which % len(names)] if names else 0

    def task(self, which: int) -> int:
        alive = [n for n in self.tasks if n in self.bench.space.entries] or [self.bench.me]
        return alive[which % len(alive)]

    def balance(self) -> dict[str, int]:
        """Elements by zone, kernel addresses and pages, without those of our memory and of free stacks."""
        bench, k = self.bench, self.bench.kernel
        seen: dict[int, VmObject] = {}
        for entry in bench.task.map.entries:
            backing = entry.object
            while backing is not None and id(backing) not in seen:
                seen[id(backing)] = backing
                backing = backing.shadow
        count = bench.held()
        count["objects"] -= len(seen)
        count["ipc ports"] -= len(seen)
        count["non-kernel map entries"] -= len(bench.task.map.entries)
        count["kernel_map"] = k.kernel_map.used - len(k.free_stacks) * PAGE
        count["kalloc_map"] = k.kalloc_map.used
        # Pages of kalloc.4096, kalloc.8192 and the bump region are not returned: leave out zone_map.
        count["pages"] = k.phys.free + k.zone_map.used // PAGE + len(k.free_stacks)
        count["pages"] += sum(len(o.pages) for o in seen.values()) + len(bench.task.map.pmap.tables)
        count["messages"] = k.messages
        return count

    def end(self) -> None:
        """Terminate and destroy everything."""
        me = self.bench.me
        for name in self.tasks:
            if name in self.bench.space.entries:
                self.call(traps.task_terminate(name))
        self.bench.let_run(SETTLE)
        for _ in range(4):
            for name in self.others():
                self.call(traps.port_destroy(me, name))
        self.bench.let_run()
        keep = [e for e in self.bench.task.map.entries if FAR + PAGES * PAGE <= e.start < 0xB0000000 or e.start < 0x08000000]
        for entry in keep:
            self.call(traps.vm_deallocate(me, entry.start, entry.end - entry.start))


def step(world: World, what: str, a: int, b: int) -> None:
    """One random call of a program, valid or not."""
    me, call = world.bench.me, world.call
    if what == "task" and len(world.tasks) < 12:
        world.tasks.append(call(traps.task_create(me, bool(a % 2)))[1])
    elif what == "thread" and world.tasks:
        kr, thread = call(traps.thread_create(world.task(a)))
        if not kr and world.bench.task_of(world.task(a)) is not world.bench.task:
            call(traps.thread_set_state(thread, PROGRAMS[b % len(PROGRAMS)]()))
            call(traps.thread_resume(thread))
        elif not kr:
            call(traps.thread_terminate(thread))
    elif what == "allocate":
        call(traps.port_allocate(world.task(b) if a % 3 else me, (RIGHT_RECEIVE, RIGHT_PORT_SET, RIGHT_DEAD_NAME)[a % 5 % 3]))
    elif what == "allocate_name":
        call(traps.port_allocate_name(world.task(a), (RIGHT_RECEIVE, RIGHT_DEAD_NAME)[a % 2], 1 + b * 7))
    elif what == "make_send":
        call(traps.port_insert_right(me, world.pick(a), world.pick(a), MAKE_SEND))
    elif what == "give":
        call(traps.port_insert_right(world.task(a), 1 + b, world.pick(b), (MAKE_SEND, COPY_SEND, MOVE_SEND, MAKE_SEND_ONCE)[a % 4]))
    elif what == "extract" and world.task(a) != me:
        call(traps.port_extract_right(world.task(a), 1 + b % 8, (MAKE_SEND, MAKE_SEND_ONCE)[a % 2]))
    elif what == "move":
        call(traps.port_move_member(me, world.pick(a), world.pick(b) if b % 4 else 0))
    elif what == "send":
        rights = ((world.pick(b), (COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_SEND)[b % 4]),) if b % 2 else ()
        memory = ((FAR + b % PAGES * PAGE, PAGE),) if b % 5 == 0 else ()
        call(traps.send(world.pick(a), b, (24, 240, 244, 2000, 5000, 20000)[a % 6], rights, 0, None, memory))
    elif what == "receive":
        call(traps.receive(world.pick(a), (b % 3) * 1_000_000))
    elif what == "ask":
        call(traps.port_request_notification(me, world.pick(a), (NOTIFY_DEAD_NAME, NOTIFY_NO_SENDERS)[b % 2], world.pick(b)))
    elif what == "drop":
        call(traps.port_deallocate(me, world.pick(a)))
    elif what == "destroy":
        call(traps.port_destroy(me, world.pick(a)))
    elif what == "destroy_there":
        task = world.task(a)
        if task != me:
            call(traps.port_destroy(task, 1 + b % 8))
    elif what == "memory":
        call(traps.vm_allocate(me, (1 + a % 8) * PAGE))
        call(traps.touch(FAR + b % PAGES * PAGE, PAGE))
    elif what == "kill" and world.tasks:
        call(traps.task_terminate(world.task(a)))
    elif what == "wait":
        world.bench.let_run(a % 50)


WHAT = (
    "task",
    "thread",
    "allocate",
    "allocate_name",
    "make_send",
    "give",
    "extract",
    "move",
    "send",
    "receive",
    "ask",
    "drop",
    "destroy",
    "destroy_there",
    "memory",
    "kill",
    "wait",
)


@pytest.mark.parametrize("profile", ["upstream-2007", "upstream-2005"])
@settings(deadline=None, max_examples=80, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 60), st.integers(0, 60)), max_size=60))
def test_programs_that_end_free_everything(profile: str, steps: list[tuple[str, int, int]]) -> None:
    world = World(profile)
    for what, a, b in steps:
        step(world, what, a, b)
        assert world.bench.kernel.ended is None
    world.end()
    assert world.others() == []
    after = world.balance()
    assert {name: count - world.before[name] for name, count in after.items() if count != world.before[name]} == {}


def test_a_long_program_frees_everything() -> None:
    # The same with a fixed, long program in which every kind of call occurs.
    world = World("upstream-2007")
    for index in range(600):
        step(world, WHAT[index * 7 % len(WHAT)], index * 13 % 61, index * 29 % 59)
    world.end()
    after = world.balance()
    assert {name: count - world.before[name] for name, count in after.items() if count != world.before[name]} == {}
