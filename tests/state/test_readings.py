"""Readings: their order, which events belong to one, and what set figures add to what events count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.playback.reference import Reference
from tests.recording import toy
from tests.recording.readings import readings
from zoneviz.errors import InputError
from zoneviz.events import Catalog, Event, FigureInfo, Kind, MapInfo
from zoneviz.state.figures import SAMPLE_STEP, UNKNOWN, ZONE_FIGURES
from zoneviz.state.machine import MachineState, from_bytes
from zoneviz.state.readings import READING_LIMIT, Reading, beginnings, last_reading
from zoneviz.state.rows import ByKind, Ints, Rows
from zoneviz.state.sampler import NOTHING, Sampler
from zoneviz.state.totals import Totals, differences


def event(kind: Kind, time: int, subject: int, size: int = 0, extra: int = 0) -> Event:
    return (int(kind), time, 0, 0, 0, subject, 0, size, extra)


def batch(*events: Event) -> ByKind:
    return ByKind(toy.as_rows(list(events)))


def test_the_last_reading_of_a_batch() -> None:
    two = batch(event(Kind.READING, 5, 1), event(Kind.ZONE_FIGURE, 5, 1), event(Kind.READING, 9, 2))
    assert last_reading(two, Reading()) == Reading(2, 3, 9)
    assert last_reading(batch(event(Kind.MARK, 5, 0)), Reading(4, 1, 2)) == Reading(4, 1, 2)


@pytest.mark.parametrize(("number", "time"), [(1, 9), (3, 9), (2, 5), (2, 4), (-1, 9)])
def test_a_reading_out_of_order_is_refused(number: int, time: int) -> None:
    with pytest.raises(InputError, match=f"Reading {number} at event 1 is out of order"):
        last_reading(batch(event(Kind.READING, time, number)), Reading(1, 1, 5))


def test_a_reading_is_the_events_at_its_time() -> None:
    events = ((Kind.ZONE_FIGURE, 5, 1), (Kind.MARK, 6, 0), (Kind.READING, 7, 2), (Kind.ZONE_FIGURE, 7, 1), (Kind.MARK, 8, 0))
    rows = toy.as_rows([event(*each) for each in events], 101)
    assert beginnings(ByKind(rows), Reading(1, 90, 5)).tolist() == [90, 102, 103, 103, 105]
    assert beginnings(ByKind(rows), Reading()).tolist() == [101, 102, 103, 103, 105]


def test_a_reading_without_an_end_is_refused() -> None:
    rows = toy.as_rows([event(Kind.ZONE_FIGURE, 5, 1)], 90 + READING_LIMIT)
    with pytest.raises(InputError, match="more than 32,768 events"):
        beginnings(ByKind(rows), Reading(1, 90, 5))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), max_size=30), st.integers(0, 30))
def test_differences_sum_to_the_last_value(settings: list[tuple[int, int]], middle: int) -> None:
    cells, values = (np.array([pair[i] for pair in settings], np.int64) for i in (0, 1))
    held = np.array([7, 0, 3, 1])
    for part in (slice(None, middle), slice(middle, None)):
        np.add.at(held, cells[part], differences(cells[part], values[part], held[cells[part]]))
    assert held.tolist() == [dict(settings).get(i, before) for i, before in enumerate([7, 0, 3, 1])]


SET = (1, 2, 3)
"""Zones whose figures readings set; events count those of the others. In zone 3 events count in_use on from a set base."""


def _zone_event(draw: tuple[int, int, int, int]) -> Event:
    which, zone, figure, value = draw
    if zone in SET:
        if zone == 3 and which:
            return event((Kind.ZALLOC, Kind.ZFREE)[which % 2], 0, zone, 96)
        return event(Kind.ZONE_FIGURE, 0, zone, value, figure)
    return event((Kind.ZALLOC, Kind.ZFREE, Kind.ZGROW)[which], 0, zone, value, which % 2)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 6), st.integers(0, 6), st.integers(0, 500)).map(_zone_event), max_size=80),
    st.integers(1, 30),
)
def test_set_and_counted_figures_mix(events: list[Event], size: int) -> None:
    """A set figure has its last value, a counted one its count, and events count on from a base, however events are batched."""
    totals, expected = Totals(toy.catalog()), Reference(toy.catalog())
    totals.zones = np.zeros((7, len(ZONE_FIGURES)), np.int64)
    for start in range(0, len(events), size):
        totals.advance(toy.as_rows(events[start : start + size], start + 1))
    for each in events:
        expected.apply(each)
    for zone in range(1, 7):
        assert totals.zones[zone].tolist() == [getattr(expected.zones[zone], name) for name in ZONE_FIGURES]


def test_a_figure_named_like_a_column_sets_it_and_events_do_not_count_it() -> None:
    catalog = Catalog()
    catalog.maps.append(MapInfo(1, "zone_map", 0, 1 << 20, 0))
    catalog.figures += [FigureInfo(1, "zone_map_used", "bytes"), FigureInfo(2, "physical_free", "count"), FigureInfo(3, "cached", "bytes")]
    state = MachineState(catalog)
    rows = toy.as_rows([
        event(Kind.READING, 1, 1), event(Kind.MACHINE_FIGURE, 1, 1, 5000), event(Kind.KMEM_ALLOC, 1, 1, 4096),
        event(Kind.MACHINE_FIGURE, 1, 2, 0), event(Kind.READING, 2, 2), event(Kind.MACHINE_FIGURE, 2, 1, 6000),
    ])  # fmt: skip
    for part in (rows[:2], rows[2:]):
        state.apply(part)
    assert state.figures == {"zone_map_used": 6000, "physical_free": 0}
    assert state.machine()["zone_map"]["used"] == 6000 and state.machine()["physical"]["free"] == 0
    other = MachineState(catalog).totals
    other.maps = np.zeros(2, np.int64)
    other.set_figures(np.array([6000, 0, UNKNOWN]))
    assert (other.figures.tolist(), other.maps.tolist()) == (state.totals.figures.tolist(), state.totals.maps.tolist())


def test_figures_survive_in_a_checkpoint_of_another_form() -> None:
    made = readings(5, 10)
    rows = toy.as_rows(made.events)
    state = MachineState(made.catalog)
    plain = state.to_bytes()
    state.apply(rows[: made.ends[2]])
    again = from_bytes(state.to_bytes(), made.catalog)
    assert (state.to_bytes()[:4], plain[:4]) == (b"zvS7", b"zvS6")
    assert again.digest() == state.digest() and again.figures == state.figures == made.figures[2] and again.reading == state.reading
    for each in (state, again):
        each.apply(rows[made.ends[2] :])
    assert again.to_bytes() == state.to_bytes() and again.figures == made.figures[4]


MADE = readings(60, 40)
ROWS: Ints = toy.as_rows(MADE.events)


def sampled(sizes: list[int], base: MachineState | None = None) -> list[Rows]:
    """All rows of samples, zone samples and figure samples."""
    sampler = Sampler(MADE.catalog, base)
    found, at, turn = NOTHING, 0 if base is None else base.seq, 0
    while at < len(ROWS):
        found = found.joined(sampler.feed(ROWS[at : at + sizes[turn % len(sizes)]]))
        at, turn = at + sizes[turn % len(sizes)], turn + 1
        assert (found.samples[:, 0] <= sampler.complete_to).all()
    end = sampler.last()
    tables = [(part.tolist(), more.tolist()) for part, more in zip(found, end, strict=True)]
    return [part + [row for row in more if row not in part] for part, more in tables]


@given(st.lists(st.integers(1, 700), min_size=1, max_size=4))
def test_samples_do_not_depend_on_batches(sizes: list[int]) -> None:
    assert sampled(sizes) == sampled([len(ROWS)])


@pytest.mark.parametrize("begin", [10, SAMPLE_STEP, 2 * SAMPLE_STEP + 1])
def test_samples_from_a_base_in_a_reading_are_the_same(begin: int) -> None:
    base = MachineState(MADE.catalog)
    base.apply(ROWS[:begin])
    assert sampled([100], base)[0] == [row for row in sampled([100])[0] if row[0] > begin]


def test_a_sample_waits_for_the_end_of_its_reading() -> None:
    inside = next(i for i, end in enumerate(MADE.ends) if end > SAMPLE_STEP)
    sampler = Sampler(MADE.catalog)
    assert sampler.feed(ROWS[: MADE.ends[inside]]).samples.size == 0 and sampler.complete_to == SAMPLE_STEP - 1
    (row,) = sampler.feed(ROWS[MADE.ends[inside] : MADE.ends[inside] + 1]).samples.tolist()
    assert row[:2] == [SAMPLE_STEP, MADE.times[inside]] and row[2] == MADE.figures[inside]["zone_map_used"]
    assert sampler.complete_to == MADE.ends[inside] + 1
