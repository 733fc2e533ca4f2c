"""The state does not depend on how events are batched, survives as bytes, and gives the machine part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.playback.reference import Reference
from tests.recording import toy
from zoneviz.errors import InputError
from zoneviz.events import Catalog, Event, Kind, ZoneInfo
from zoneviz.state.machine import NO_ZONE, MachineState, from_bytes


def same(state: MachineState, expected: Reference) -> None:
    assert state.seq == expected.seq
    e = state.elements
    found = {a: rest for a, *rest in zip(*(c.tolist() for c in (e.address, e.zone, e.seq, e.task, e.path, e.asked)), strict=True)}
    assert found == {address: list(rest) for address, rest in expected.elements.items()}
    assert e.address.tolist() == sorted(found)
    p = state.ports
    ports = {a: rest for a, *rest in zip(*(c.tolist() for c in (p.address, p.receiver, p.seq, p.queued)), strict=True)}
    assert ports == expected.ports
    r = state.rights
    rights = {(task, name): rest for task, name, *rest in zip(*(c.tolist() for c in (r.task, r.name, r.address, r.bits)), strict=True)}
    assert rights == {key: list(value) for key, value in expected.rights.items()}
    assert r.key.tolist() == sorted(r.key.tolist())
    tasks = {t.id: (t.born, t.parent, t.state) for t in state.task_states()}
    live = {i: (b, parent, "halted" if halt else "alive") for i, (b, died, halt, parent) in expected.tasks.items() if b and not died}
    assert tasks == live
    threads = {t.id: (t.task, t.state, t.since, t.seq, t.priority, t.address, t.stack) for t in state.thread_states()}
    assert threads == {
        i: (t.task, t.state, t.since, t.seq, t.priority, t.address, t.stack)
        for i, t in expected.threads.items()
        if t.state not in ("unknown", "gone")
    }
    assert state.threads.running == expected.running
    pages = {i: owner for i, owner in enumerate(state.pages.zone.tolist()) if owner >= 0}
    assert pages == {i: owner for i, owner in expected.zone_pages.items() if owner >= 0}


@given(toy.any_events(200), st.integers(1, 70))
def test_batches_equal_single_events(events: list[Event], size: int) -> None:
    state, expected = MachineState(toy.catalog()), Reference(toy.catalog())
    for start in range(0, len(events), size):
        state.apply(toy.as_rows(events[start : start + size], start + 1))
        for event in events[start : start + size]:
            expected.apply(event)
    same(state, expected)


@given(st.integers(100, 4000), st.integers(0, 10**6))
def test_batches_of_plausible_runs(size: int, seed: int) -> None:
    events = toy.run(size, seed)
    state, expected = MachineState(toy.catalog()), Reference(toy.catalog())
    state.apply(toy.as_rows(events))
    for event in events:
        expected.apply(event)
    same(state, expected)


@given(toy.any_events(), toy.any_events())
def test_bytes_restore_the_state(first: list[Event], then: list[Event]) -> None:
    state, catalog = MachineState(toy.catalog()), toy.catalog()
    state.apply(toy.as_rows(first))
    again = from_bytes(state.to_bytes(), catalog)
    assert (again.seq, again.time, again.machine()) == (state.seq, state.time, state.machine())
    assert again.to_bytes() == state.to_bytes()
    for each in (state, again):
        each.apply(toy.as_rows(then, len(first) + 1))
    assert again.machine() == state.machine() and again.to_bytes() == state.to_bytes()


@given(toy.any_events(), toy.any_events())
def test_a_copy_is_independent(first: list[Event], then: list[Event]) -> None:
    state = MachineState(toy.catalog())
    state.apply(toy.as_rows(first))
    before = state.copy().to_bytes()
    other = state.copy()
    other.apply(toy.as_rows(then, len(first) + 1))
    assert state.to_bytes() == before


def test_the_machine_part() -> None:
    catalog = toy.catalog()
    state = MachineState(catalog)
    z = toy.ZONES.index
    told: list[tuple[Kind, int, int, int, int]] = [
        (Kind.ZINIT, z("tasks") + 1, 0, 32, 5000),
        (Kind.ZINIT, z("kalloc.64") + 1, 0, 160, 9000),
        (Kind.KMEM_SUBALLOC, toy.ZONE_MAP, toy.BASE, 1 << 22, toy.KERNEL_MAP),
        (Kind.KMEM_ALLOC, toy.ZONE_MAP, toy.BASE, 8192, 0),
        (Kind.ZEXTEND, 0, 0, 4096, 24),
        (Kind.ZALLOC, z("tasks") + 1, toy.BASE, 32, 1),
        (Kind.ZCRAM, z("kalloc.64") + 1, toy.BASE + 4096, 4096, 25),
        (Kind.ZALLOC, z("kalloc.64") + 1, toy.BASE + 4096, 160, 60 << 1 | 1),
        (Kind.PAGE_RELEASE, 1000, 0, 1, 0),
        (Kind.PAGE_GRAB, 10, 0, 0, 4),
        (Kind.PAGE_RELEASE, 1, 0, 0, 1),
        (Kind.OPERATION, 0, 0, 0, 1),
        (Kind.OPERATION, 5, 0, 0, 0),
        (Kind.FORK, 1, 0, 0, 2),
        (Kind.PROCESS_START, 3, 0, 0, 2),
        (Kind.MSG_QUEUE, 100, 64, 24, 0),
    ]
    state.apply(toy.as_rows([(int(kind), 5, 0, 0, 0, *rest) for kind, *rest in told]))  # type: ignore[misc]
    assert state.machine() == {
        "counts": {"operations": 1, "forks": 1, "processes": 1, "tasks": 1, "threads": 0, "ports": 0, "messages": 1},
        "zone_map": {"size": 1 << 22, "used": 8192, "free": (1 << 22) - 8192, "wasted": 24},
        "kernel_map": {"size": 1 << 26, "used": 1 << 22, "free": (1 << 26) - (1 << 22)},
        "kalloc_map": {"size": 1 << 20, "used": 0, "free": 1 << 20},
        "physical": {"pages": 1000, "free": 991, "wired": 3},
        "zones": [
            {"name": "tasks", "elem_size": 32, "in_use": 1, "free": 0, "cur_size": 32, "max_size": 5000, "flags": ""},
            {
                "name": "kalloc.64", "elem_size": 160, "in_use": 1, "free": 24, "cur_size": 4096, "max_size": 9000,
                "flags": "exhaustible collectable",
            },
        ],
    }  # fmt: skip
    assert state.zone("tasks") == state.machine()["zones"][0] and state.zone("threads") is None


def test_the_panic_has_text_memory_and_call_path() -> None:
    state = MachineState(toy.catalog())
    assert state.panic is None
    state.apply(toy.as_rows([(int(Kind.PANIC), 77, 2, 3, 3, 1, 0, 0, 2)]))
    panic = state.panic
    assert panic is not None
    assert (panic.seq, panic.time, panic.task, panic.thread) == (1, 77, 2, 3)
    assert (panic.text, panic.memory) == ("zalloc: zone maps exhausted", "zone_map")
    assert panic.call_path == ["fork", "task_create", "zalloc"]


def test_a_gap_in_the_events_raises() -> None:
    with pytest.raises(ValueError, match="comes next"):
        MachineState(toy.catalog()).apply(toy.as_rows(toy.run(20), 2))


def test_a_zone_may_be_added_to_the_catalog_later() -> None:
    catalog = toy.catalog()
    state = MachineState(catalog)
    state.apply(toy.as_rows(toy.run(50)))
    catalog.zones.append(ZoneInfo(7, "late", 8, 100, 4096, "collectable"))
    state.apply(toy.as_rows([(int(Kind.ZINIT), 9, 0, 0, 0, 7, 0, 8, 100), (int(Kind.ZALLOC), 9, 0, 0, 0, 7, 64, 8, 1)], 51))
    late = state.zone("late")
    assert late is not None and (late["in_use"], late["cur_size"], late["free"]) == (1, 0, -1)


def test_an_invalid_thread_id_allocates_no_memory() -> None:
    with pytest.raises(InputError, match=r"invalid .*number"):
        MachineState(Catalog()).apply(toy.as_rows([(int(Kind.THREAD_RUN), 0, 0, 0, 0, 1 << 50, 0, 0, 0)]))


def test_elements_are_found_by_address() -> None:
    state = MachineState(toy.catalog())
    state.apply(toy.as_rows([(int(Kind.ZALLOC), 0, 0, 0, 0, 1, a, 32, 1) for a in (300, 100, 200)]))
    e = state.elements
    assert [e.at(a) for a in (99, 100, 150, 1000)] == [None, 0, 0, 2]
    assert e.take(np.array([2])).seq.tolist() == [1]


def test_element_sizes_are_those_of_zinit() -> None:
    state = MachineState(toy.catalog())
    rows = toy.as_rows(toy.run(100))
    state.apply(rows[:3])
    for one in (state, state.copy(), from_bytes(state.to_bytes(), state.catalog)):
        assert one.elem_size[1:4].tolist() == [32, 64, 96] and (one.elem_size[4:] == NO_ZONE).all()
        assert [zone["elem_size"] for zone in one.machine()["zones"]] == [32, 64, 96]
    state.apply(rows[3:])
    assert (state.element_sizes() == 32 * state.elements.zone).all()
