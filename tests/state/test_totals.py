"""Sums over many events at once equal the rules applied to one event at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.playback.reference import Reference
from tests.recording import toy
from zoneviz.errors import InputError
from zoneviz.events import Event, Kind
from zoneviz.state import totals
from zoneviz.state.figures import UNKNOWN
from zoneviz.state.rows import ELEMENT_LIMIT, SUM_LIMIT, ByKind
from zoneviz.state.totals import Totals


def check(found: Totals, expected: Reference) -> None:
    for zone in range(1, 7):
        z = expected.zones[zone]
        assert found.zones[zone].tolist() == [z.in_use, z.free, z.cur_size, z.max_size, z.allocs, z.frees, z.failures]
    used = [int(found.maps[i]) if i < len(found.maps) else 0 for i in range(7)]
    assert used == [expected.maps[i] for i in range(7)]
    figures = dict(enumerate(found.figures.tolist()))
    assert {i: value for i, value in figures.items() if value != UNKNOWN} == expected.figures
    m = expected
    assert found.machine.tolist() == [m.wasted, m.pages, m.pages_free, m.wired, m.operations, m.forks, m.processes, m.messages]


@given(toy.any_events(), st.integers(1, 50))
def test_batches_equal_single_events(events: list[Event], size: int) -> None:
    found, expected = Totals(toy.catalog()), Reference(toy.catalog())
    found.zones = np.zeros((7, 7), np.int64)
    for start in range(0, len(events), size):
        found.advance(toy.as_rows(events[start : start + size], start + 1))
        for event in events[start : start + size]:
            expected.apply(event)
        check(found, expected)


@given(toy.any_events(60))
def test_by_kind_gives_indices_in_order(events: list[Event]) -> None:
    rows = toy.as_rows(events)
    kinds = ByKind(rows)
    for kind in (Kind.ZALLOC, Kind.OTHER):
        assert kinds[kind].tolist() == [i for i, event in enumerate(events) if event[0] == kind]
    several = (int(Kind.ZALLOC), int(Kind.ZFREE), int(Kind.PANIC))
    assert kinds.any_of(several).tolist() == [i for i, event in enumerate(events) if event[0] in several]


@pytest.mark.parametrize(
    "event",
    [
        (int(Kind.ZALLOC), 0, 0, 0, 0, 1 << 40, 0, 8, 0),
        (int(Kind.ZFREE), 0, 0, 0, 0, -1, 0, 8, 0),
        (int(Kind.KMEM_SUBALLOC), 0, 0, 0, 0, 2, 0, 8, 1 << 20),
    ],
)
def test_invalid_ids_allocate_no_memory(event: Event) -> None:
    with pytest.raises(InputError, match=r"invalid .*number"):
        Totals(toy.catalog()).advance(toy.as_rows([event]))


@pytest.mark.parametrize("size", [-1, 1 << 48, (1 << 63) - 1])
@pytest.mark.parametrize("kind", [Kind.ZINIT, Kind.ZALLOC, Kind.ZCRAM, Kind.KMEM_ALLOC, Kind.KMEM_SUBALLOC])
def test_sizes_that_would_overflow_a_sum_are_refused(kind: Kind, size: int) -> None:
    with pytest.raises(InputError, match="invalid size"):
        Totals(toy.catalog()).advance(toy.as_rows([(int(kind), 0, 0, 0, 0, 1, 0, size, 1)]))


def test_an_element_larger_than_any_machine_is_refused() -> None:
    with pytest.raises(InputError, match="invalid element size 68719476736"):
        Totals(toy.catalog()).advance(toy.as_rows([(int(Kind.ZINIT), 0, 0, 0, 0, 1, 0, ELEMENT_LIMIT, 1)]))


@pytest.mark.parametrize(
    "event",
    [
        (int(Kind.KMEM_ALLOC), 0, 0, 0, 0, 1, 0, (1 << 48) - 1, 0),
        (int(Kind.ZCRAM), 0, 0, 0, 0, 1, 0, (1 << 48) - 1, 1),
        (int(Kind.ZCOLLECT), 0, 0, 0, 0, 1, 0, 8, (1 << 52) - 1),
        (int(Kind.PAGE_GRAB), 0, 0, 0, 0, (1 << 52) - 1, 0, 0, 0),
        (int(Kind.ZEXTEND), 0, 0, 0, 0, 1, 0, 0, 1 - (1 << 52)),
    ],
)
@pytest.mark.parametrize("batch", [1, 100, 1 << 15])
def test_a_sum_is_refused_before_it_overflows(event: Event, batch: int) -> None:
    rows = np.tile(toy.as_rows([event]), (batch, 1))
    found, added = Totals(toy.catalog()), 0
    with pytest.raises(InputError, match="more than any machine has: the recording is damaged"):
        while added < 1 << 15:
            found.advance(rows)
            added += batch
            for figures in (found.zones, found.maps, found.machine):
                assert np.abs(figures).max() < SUM_LIMIT
    found = Totals(toy.catalog())
    with pytest.raises(InputError, match="more than any machine has: the recording is damaged"):
        for _ in range(1 << 15):
            found.run(rows, np.zeros(len(rows), np.int64), 1)


def test_large_figures_that_are_set_are_no_sums() -> None:
    event = (int(Kind.ZONE_FIGURE), 0, 0, 0, 0, 1, 0, (1 << 48) - 1, 2)
    found = Totals(toy.catalog())
    found.advance(np.tile(toy.as_rows([event]), (1 << 16, 1)))
    assert found.zones.max() == (1 << 48) - 1


def test_unknown_kinds_are_ignored() -> None:
    found = Totals(toy.catalog())
    found.advance(toy.as_rows([(kind, 0, 0, 0, 0, 1, 0, 8, 1) for kind in (-3, 0, 254, 255, 258, 1 << 60)]))
    assert not found.zones.any() and not found.machine.any()


def test_columns_match_the_tables() -> None:
    from zoneviz.state.figures import ZONE_FIGURES

    for i, name in enumerate(ZONE_FIGURES):
        assert getattr(totals, name.upper()) == i
