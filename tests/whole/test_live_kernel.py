"""The state replayed from events equals the live kernel's own structures, at any event and at the moments between traps."""

import random
from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from zoneviz.events import DEAD_NAME, PORT_SET, RECEIVE, SEND, SEND_ONCE, Catalog, Event, Kind
from zoneviz.mach.ends import Halt
from zoneviz.mach.ipc_port import IpcPort, IpcPset
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import DEFAULT_PROFILE, PROFILES
from zoneviz.mach.sched_prim import RUNNING, WAITING
from zoneviz.playback.servers import servers, tasks
from zoneviz.scenarios import Run, find
from zoneviz.state.checkpointer import Checkpointer
from zoneviz.state.machine import MachineState, from_bytes
from zoneviz.state.rows import Ints


class Stopped(BaseException):
    """Raised by the sink: nothing in the kernel may catch it."""


class Live:
    """A kernel whose events are kept, and that stands still right after event `stop`, if given."""

    def __init__(self, scenario: str, settings: dict[str, str], stop: int = 0) -> None:
        self.events: list[Event] = []
        self.stop = stop
        plan = find(scenario)
        profile = PROFILES[settings.get("profile", DEFAULT_PROFILE)]
        own = {name: text for name, text in settings.items() if name != "profile"}
        self.kernel = Kernel(profile, sink=self.sink, catalog=Catalog(), seed=3)
        self._plan, self._own = plan, own

    def sink(self, event: Event) -> None:
        self.events.append(event)
        if len(self.events) == self.stop:
            raise Stopped

    def boot(self) -> None:
        self.kernel.boot()
        if self.kernel.ended is None:
            self._plan.start(Run(self.kernel, self._plan.parse(self._own), random.Random(3)))

    def run(self, most: int) -> None:
        try:
            self.boot()
            while self.kernel.run(50) and len(self.events) < most:
                pass
        except (Stopped, Halt):
            pass

    def rows(self) -> Ints:
        return np.column_stack([np.arange(1, len(self.events) + 1), np.array(self.events, np.int64)])


RUNS: list[tuple[str, dict[str, str]]] = [
    ("kernel-ops", {}),
    ("fork-bomb", {}),
    ("ports-to-dev-null", {"processes": "3", "opens": "15"}),
    ("kernel-loop", {"operation": "fork_like"}),
    ("kernel-loop", {"operation": "fork_like", "profile": "antrik-2005"}),
]


@pytest.mark.parametrize(("scenario", "settings"), RUNS)
def test_machine_at_any_event(scenario: str, settings: dict[str, str]) -> None:
    whole = Live(scenario, settings)
    whole.run(9000)
    rows, chance = whole.rows(), random.Random(f"{scenario}{settings}")
    for stop in [1, *sorted(chance.sample(range(2, len(rows)), 12))]:
        live = Live(scenario, settings, stop)
        live.run(stop)
        assert len(live.events) == stop
        state = MachineState(live.kernel.catalog)
        state.apply(rows[:stop])
        assert state.machine() == live.kernel.machine(), f"event {stop}: {live.events[-1]}"


@pytest.mark.parametrize(("scenario", "settings"), RUNS)
def test_structures_between_traps(scenario: str, settings: dict[str, str]) -> None:
    live = Live(scenario, settings)
    live.boot()
    chance, applied = random.Random(f"{scenario}{settings}"), 0
    state = MachineState(live.kernel.catalog)
    for _ in range(25):
        compare(live, state, applied)
        applied = len(live.events)
        if not live.kernel.run(chance.randrange(1, 300)):
            break
    assert applied > 1500
    assert bool(servers(state)) == (scenario in ("fork-bomb", "ports-to-dev-null"))


def compare(live: Live, state: MachineState, applied: int) -> None:
    kernel = live.kernel
    state.apply(live.rows()[applied:])
    assert state.machine() == kernel.machine()
    free = {address: zone.id for zone in kernel.zones.values() for address in zone.free}
    assert not set(free) & set(state.elements.address.tolist())
    assert {t.id for t in state.task_states()} == set(kernel.tasks)
    expected: dict[tuple[int, int], tuple[int, int]] = {}
    for task in kernel.tasks.values():
        for name, entry in task.space.entries.items():
            dead = isinstance(entry.object, IpcPort) and not entry.object.alive and entry.bits & (SEND | SEND_ONCE)
            if entry.bits:
                held = 0 if dead or entry.object is None else entry.object.address
                expected[task.id, name] = (held, DEAD_NAME if dead else entry.bits)
    r = state.rights
    assert {(t, n): (a, b) for t, n, a, b in zip(*(c.tolist() for c in (r.task, r.name, r.address, r.bits)), strict=True)} == expected
    sizes = {t.id: t.table_entries for t in state.task_states()}
    assert sizes == {task.id: task.space.size for task in kernel.tasks.values()}
    ports_equal(kernel, state)
    threads_equal(kernel, state)
    servers_equal(kernel, state)
    tasks_equal(live, state)


def ports_equal(kernel: Kernel, state: MachineState) -> None:
    """Every port the kernel can reach from its names, and its own tasks and threads."""
    reach: dict[int, IpcPort] = {}
    for task in kernel.tasks.values():
        for entry in task.space.entries.values():
            if isinstance(entry.object, IpcPort):
                reach[entry.object.address] = entry.object
        for thread in task.threads:
            reach[thread.port.address] = thread.port
    ports = state.ports
    found = dict(zip(ports.address.tolist(), zip(ports.receiver.tolist(), ports.queued.tolist(), strict=True), strict=True))
    for address, port in reach.items():
        if port.alive:
            assert found[address] == (port.receiver.task_id if port.receiver else 0, port.msgcount)
        else:
            assert address not in found


def servers_equal(kernel: Kernel, state: MachineState) -> None:
    """Each task with port sets: who waits at them, what waits at its ports, and what its other threads wait for."""
    expected = {}
    for task in kernel.tasks.values():
        held = [entry.object for entry in task.space.entries.values() if entry.bits & PORT_SET]
        sets = [each for each in held if isinstance(each, IpcPset)]
        if not sets:
            continue
        # Each port of a task's is alive as long as the task's right to receive from it is.
        own = [e.object for e in task.space.entries.values() if e.bits & RECEIVE and isinstance(e.object, IpcPort)]
        waiting = {id(t) for pset in sets for t in pset.receivers}
        rest = [t for t in task.threads if t.waiting_on is not None and t.state == WAITING and id(t) not in waiting]
        expected[task.id] = (len(task.threads), len(waiting), len(rest), len(own), sum(port.msgcount for port in own))
    found = {s.task: (s.threads, s.listening, sum(s.blocked.values()), s.ports, s.queued) for s in servers(state)}
    assert found == expected


def tasks_equal(live: Live, state: MachineState) -> None:
    kernel, expected, pids, ran = live.kernel, {}, dict[int, int](), dict[int, tuple[int, int]]()
    for kind, _, task_id, _, _, subject, address, size, extra in live.events:
        if kind in (Kind.PROCESS_START, Kind.PROCESS_EXIT):
            pids[extra] = subject if kind == Kind.PROCESS_START else 0
        elif kind == Kind.ZALLOC:
            ran[address] = (task_id, size)
        elif kind == Kind.ZFREE:
            del ran[address]
    held: dict[int, int] = defaultdict(int)
    for task_id, size in ran.values():
        held[task_id] += size
    for task in kernel.tasks.values():
        entries = [e for e in task.space.entries.values() if e.bits]
        gone = [e for e in entries if isinstance(e.object, IpcPort) and not e.object.alive and e.bits & (SEND | SEND_ONCE)]
        kinds = [sum(bool(e.bits & bit) for e in entries if e not in gone) for bit in (RECEIVE, SEND, SEND_ONCE, PORT_SET, DEAD_NAME)]
        kinds[-1] += len(gone)
        expected[task.id] = (pids.get(task.id, 0), len(task.threads), len(entries), *kinds, task.space.size, held[task.id])
    found = {t.task: t[2:] for t in tasks(state)}
    assert found == expected


def threads_equal(kernel: Kernel, state: MachineState) -> None:
    shown = {t.id: t for t in state.thread_states()}
    real = {thread.id: thread for task in kernel.tasks.values() for thread in task.threads}
    assert set(shown) == set(real)
    for number, thread in real.items():
        told = shown[number]
        assert (told.task, told.stack) == (thread.task.id, thread.stack), number
        if thread is kernel.current:
            # The first thread runs from the boot on, without a THREAD_RUN.
            assert told.state == "running" or (told.state == "new" and thread is kernel.first_user)
        elif thread.queue:
            assert told.state == "ready"
        elif thread.waiting_on is not None and thread.state == WAITING:
            assert told.state == "blocked" and told.why
            assert told.address == getattr(thread.waiting_on, "address", 0)
        elif told.state == "running":
            assert thread.state == RUNNING or (thread is kernel.idle_thread and kernel.current is None)


def test_checkpoints_carry_the_digest_of_the_live_state() -> None:
    live = Live("kernel-ops", {})
    live.run(5000)
    rows = live.rows()
    found = Checkpointer(live.kernel.catalog, 500).feed(rows)
    for seq, data in found:
        state: Any = MachineState(live.kernel.catalog)
        state.apply(rows[:seq])
        assert from_bytes(data, live.kernel.catalog).digest() == state.digest()
    assert len(found) >= 5
