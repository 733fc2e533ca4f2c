"""Random programs as state machines: after each step every element has one owner, and every count is right.

Checked after each step: each element in use belongs to exactly one object; the bytes of a zone are those of its elements; references
equal the rights that hold them. At the end everything is terminated: every element is on its free list, and no RPC waits for ever.
"""

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.mach.bench import Steps
from tests.mach.owners import Owners
from tests.whole.test_conservation import SETTLE, WHAT, World, step
from zoneviz.events import Kind
from zoneviz.mach import traps
from zoneviz.mach.ipc_port import NOTIFY_SEND_ONCE
from zoneviz.mach.mach_port import RIGHT_RECEIVE
from zoneviz.mach.message import COPY_SEND, MAKE_SEND

SERVICE = 100  # the name of the service in the server and its clients
KINDS = ("answers", "keeps", "drops", "dies", "slow", "deaf")


def server(kind: str) -> Steps:
    """A server that receives for ever. The kind of a request decides how it is handled."""
    me = yield traps.task_self()
    while kind == "deaf":
        yield traps.sleep(1_000_000_000)
    while True:
        kr, request = yield traps.receive(SERVICE)
        if kr:
            return
        if kind == "answers" or (kind == "slow" and request.msgh_id % 3):
            yield traps.send(request.reply, request.msgh_id + 100, 32)
        elif kind == "slow":
            yield traps.sleep(20_000_000)
            yield traps.send(request.reply, request.msgh_id + 100, 32)
        elif kind == "drops":
            yield traps.port_deallocate(me, request.reply)
        elif kind == "dies":
            yield traps.task_terminate(me)


@dataclass
class Calls:
    begun: int = 0
    answered: int = 0
    failed: int = 0


def client(calls: Calls, count: int) -> Steps:
    """A client that makes a number of RPCs, one after another."""
    reply = yield traps.reply_port()
    for number in range(count):
        calls.begun += 1
        kr, answer = yield traps.rpc(SERVICE, number, 40, reply)
        if kr or answer.msgh_id == NOTIFY_SEND_ONCE:
            calls.failed += 1
        else:
            assert answer.msgh_id == number + 100
            calls.answered += 1


class Programs(RuleBasedStateMachine):
    """`profile`: set by the subclasses below."""

    profile = ""

    @initialize()
    def boot(self) -> None:
        self.world = World(self.profile)
        self.servers: list[int] = []
        self.clients: list[int] = []
        self.calls: list[Calls] = []
        self.seen = 0
        self.out: dict[int, int] = {}
        """Zone by address of each element given out and not taken back."""
        self.own = self.unowned()

    @rule(what=st.sampled_from(WHAT), a=st.integers(0, 60), b=st.integers(0, 60))
    def anything(self, what: str, a: int, b: int) -> None:
        step(self.world, what, a, b)
        assert self.world.bench.kernel.ended is None

    @precondition(lambda self: len(self.servers) < 4)
    @rule(kind=st.sampled_from(KINDS), threads=st.integers(1, 3))
    def serve(self, kind: str, threads: int) -> None:
        call = self.world.call
        task = call(traps.task_create(self.world.bench.me, False))[1]
        call(traps.port_allocate_name(task, RIGHT_RECEIVE, SERVICE))
        for _ in range(threads):
            self.start(task, server(kind))
        self.servers.append(task)

    @precondition(lambda self: self.servers and len(self.clients) < 10)
    @rule(which=st.integers(0, 3), count=st.integers(1, 5))
    def ask(self, which: int, count: int) -> None:
        call, me = self.world.call, self.world.bench.me
        kr, port = call(traps.port_extract_right(self.servers[which % len(self.servers)], SERVICE, MAKE_SEND))
        if kr:
            return  # the server is dead
        task = call(traps.task_create(me, False))[1]
        call(traps.port_insert_right(task, SERVICE, port, COPY_SEND))
        call(traps.port_deallocate(me, port))
        self.calls.append(Calls())
        self.start(task, client(self.calls[-1], count))
        self.clients.append(task)

    @precondition(lambda self: self.clients)
    @rule(milliseconds=st.integers(0, 30))
    def wait(self, milliseconds: int) -> None:
        self.world.bench.let_run(milliseconds)

    def start(self, task: int, program: Steps) -> None:
        call, me = self.world.call, self.world.bench.me
        _, thread = call(traps.thread_create(task))
        call(traps.thread_set_state(thread, program))
        call(traps.thread_resume(thread))
        call(traps.port_deallocate(me, thread))

    def unowned(self) -> Counter[int]:
        """Elements in use without an owner in the walk, by zone: those that the kernel allocated at boot."""
        kernel = self.world.bench.kernel
        for kind, _, _, _, _, zone, address, _, _ in self.world.bench.events[self.seen :]:
            if kind == Kind.ZALLOC:
                assert address not in self.out, "it was given out twice"
                self.out[address] = zone
            elif kind == Kind.ZFREE:
                assert self.out.pop(address) == zone
        self.seen = len(self.world.bench.events)
        owners = Owners(kernel)
        for (zone_name, address), times in owners.elements.items():
            assert times == 1 and self.out[address] == kernel.zones[zone_name].id, f"{address:x} of {zone_name} has {times} owners"
        assert list(owners.wrong_counts()) == []
        assert owners.messages == kernel.messages
        owned = Counter(self.out[address] for _, address in owners.elements)
        # Pv entries have no address in the model; those in use are the mappings of each page after the first.
        owned[kernel.zones["pv_list"].id] += owners.pv_entries() + kernel.pv_free
        given = Counter(self.out.values())
        for each in kernel.zones.values():
            assert each.in_use == given[each.id]
            assert each.cur_size >= (each.in_use + len(each.free)) * each.elem_size
            assert len(set(each.free)) == len(each.free) and not self.out.keys() & set(each.free)
        given.subtract(owned)
        return given

    @invariant()
    def every_element_has_one_owner(self) -> None:
        if hasattr(self, "world"):
            assert self.unowned() == self.own

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        world = self.world
        for task in self.servers:
            world.call(traps.task_terminate(task))
        world.bench.let_run(SETTLE)
        for calls in self.calls:
            assert calls.begun == calls.answered + calls.failed, "an RPC was lost without an error"
        world.tasks += self.servers + self.clients
        world.end()
        assert world.others() == []
        after = world.balance()
        assert {name: count - world.before[name] for name, count in after.items() if count != world.before[name]} == {}


class Programs2007(Programs):
    profile = "upstream-2007"


class Programs2005(Programs):
    profile = "upstream-2005"


@pytest.mark.parametrize("machine", [Programs2007, Programs2005])
def test_every_element_has_one_owner_whatever_programs_do(machine: type[Programs]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
