"""Moments become readings: only what changed, the rest of a total, zones that are gone, and a panic at the end."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Panic, ZoneRow
from zoneviz.captures.collection import Collection
from zoneviz.captures.readings import ReadingWriter, record
from zoneviz.captures.stamps import Stamp
from zoneviz.captures.timelines import timelines
from zoneviz.captures.zone_names import ZoneNames
from zoneviz.events import Catalog, Kind, ZoneInfo
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.state.figures import CUR_SIZE
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import ELEMENT_LIMIT, Ints

MINUTE = 60_000_000_000


@pytest.fixture
def collection() -> Iterator[Collection]:
    made = Collection()
    yield made
    made.close()


def at(minutes: int) -> Stamp:
    return Stamp(1_000_000 * MINUTE + minutes * MINUTE, True)


def rows_of(collection: Collection) -> tuple[Ints, Catalog, dict[int, str]]:
    (line,) = timelines(collection)
    catalog, fed, details = Catalog(), list[Ints](), dict[int, str]()
    events = record(line, collection, catalog, fed.append, details.__setitem__)
    rows = np.concatenate(fed)
    assert len(rows) == events
    return rows, catalog, details


def state_of(rows: Ints, catalog: Catalog) -> MachineState:
    state = MachineState(catalog)
    state.apply(np.concatenate([np.arange(1, len(rows) + 1)[:, None], rows], axis=1))
    return state


def test_only_figures_that_changed_are_events(collection: Collection) -> None:
    moments = [
        Moment([ZoneRow("a", 16, 5, 3, 128), ZoneRow("b", 32, 1)], {"free_memory": 4096}, stamp=at(0)),
        Moment([ZoneRow("a", 16, 6, 2, 128), ZoneRow("b", 32, UNKNOWN)], {"free_memory": 4096}, stamp=at(10), line=9),
    ]
    collection.add(Capture("test-listing", "/home/somebody/l.txt"), moments)
    rows, catalog, details = rows_of(collection)
    kinds = [Kind(kind).name for kind in rows[:, 0].tolist()]
    assert kinds == ["READING", "ZINIT", "ZINIT", *["ZONE_FIGURE"] * 4, "MACHINE_FIGURE", "READING", "ZONE_FIGURE", "ZONE_FIGURE"]
    assert rows[0, 1] == 0 and rows[-1, 1] == 10 * MINUTE
    assert {name: zone["in_use"] for zone in state_of(rows, catalog).machine()["zones"] for name in [zone["name"]]} == {"a": 6, "b": 1}
    assert details == {1: "l.txt, line 1, 1971-11-26 10:40:00 UTC", 9: "l.txt, line 9, 1971-11-26 10:50:00 UTC"}


def test_the_rest_of_a_total_is_a_zone(collection: Collection) -> None:
    moments = [Moment([ZoneRow("a", cur_size=600)], total=1000, stamp=at(0)), Moment([ZoneRow("b", cur_size=700)], total=1500, stamp=at(1))]
    collection.add(Capture("test-listing", "l.txt"), moments)
    rows, catalog, _ = rows_of(collection)
    sizes = {zone["name"]: zone["cur_size"] for zone in state_of(rows, catalog).machine()["zones"]}
    assert sizes == {"a": 600, "b": 700, "(in no zone)": 200}


def test_a_zone_missing_in_a_whole_listing_is_gone(collection: Collection) -> None:
    rows = [ZoneRow("a", 8, 10, cur_size=80), ZoneRow("b", 8, 10, cur_size=80)]
    moments = [Moment(rows, whole=True, stamp=at(0)), Moment(rows[:1], whole=True, stamp=at(1))]
    collection.add(Capture("test-listing", "l.txt"), moments)
    fed, catalog, _ = rows_of(collection)
    assert [(zone["in_use"], zone["cur_size"]) for zone in state_of(fed, catalog).machine()["zones"]] == [(10, 80), (0, 0)]


def test_a_repeated_name_is_another_zone(collection: Collection) -> None:
    collection.add(Capture("test-listing", "l.txt"), [Moment([ZoneRow("a", cur_size=size) for size in (1, 2, 3)])])
    assert collection.zones == ["a", "a (2)", "a (3)"]


def test_impossible_figures_are_unknown_and_named(collection: Collection) -> None:
    capture = Capture("test-listing", "l.txt")
    zones = [ZoneRow("a", cur_size=10**400), ZoneRow("b", cur_size=-5), ZoneRow("c", cur_size=1 << 50)]
    collection.add(capture, [Moment(zones, {"x": -1})])
    stored = collection.rows(collection.moments[0])
    assert (stored[:, 1:] == UNKNOWN).all() and capture.skipped["a figure is impossibly large or negative"].count == 2


def test_a_recording_of_moments_is_sound(collection: Collection, tmp_path: Path) -> None:
    figures = np.random.default_rng(3).integers(0, 1000, (60, 40, 2))
    moments = [
        Moment([ZoneRow(f"z{zone}", 64, int(use), cur_size=int(size)) for zone, (use, size) in enumerate(row)], stamp=at(minute))
        for minute, row in enumerate(figures)
    ]
    moments.append(Moment([], {"zone_map_used": 7, "zone_map_cap": 9}, stamp=at(60), panic=Panic("zone map exhausted", "z1", "zone_map")))
    collection.add(Capture("test-listing", "l.txt"), moments)
    (line,) = timelines(collection)
    catalog = Catalog()
    recorder = Recorder(tmp_path / "a.zvz", catalog, Header(kind="sampled"))
    record(line, collection, catalog, recorder.feed, recorder.detail)
    recorder.finish("panic", {"panic": {"text": "zone map exhausted", "zone": "z1", "memory": "zone_map"}})
    with Recording(tmp_path / "a.zvz") as recording:
        state = MachineState(recording.catalog)
        state.apply(recording.events(1, recording.event_count))
        machine = state.machine()
        assert [zone["cur_size"] for zone in machine["zones"]] == figures[-1, :, 1].tolist()
        assert machine["zone_map"]["size"] == 9 and machine["zone_map"]["used"] == 7
        assert state.panic is not None and state.panic.memory == "zone_map"


def test_a_zone_that_events_changed_is_set_again_though_the_machine_reports_the_same() -> None:
    catalog, names = Catalog(), ZoneNames()
    writer = ReadingWriter(names.names, catalog)
    listing = Moment([ZoneRow("a", 16, 5, 3, 128), ZoneRow("b", 16, 5, 3, 128)])
    first, again = (writer.reading(number, number, listing, names.rows(listing.zones)) for number in (1, 2))
    assert len(first) == 1 + 2 + 6 and len(again) == 1
    writer.moved(np.array([2]))
    after = writer.reading(3, 3, listing, names.rows(listing.zones))
    assert [(Kind(row[0]).name, row[5], row[7]) for row in after[1:].tolist()] == [("ZONE_FIGURE", 2, size) for size in (5, 3, 128)]
    assert len(writer.reading(4, 4, listing, names.rows(listing.zones))) == 1


def test_a_size_of_an_element_that_no_machine_has_is_left_out() -> None:
    skipped: list[str] = []
    listing = [ZoneRow("a", ELEMENT_LIMIT, 5), ZoneRow("b", ELEMENT_LIMIT - 1, 5)]
    rows = ZoneNames().rows(listing, lambda reason: skipped.append(str(reason)))
    assert rows[:, 1].tolist() == [UNKNOWN, ELEMENT_LIMIT - 1] and skipped == ["a figure is impossibly large or negative"]


def test_a_zone_that_events_brought_is_found_by_name() -> None:
    catalog, names = Catalog(), ZoneNames()
    writer = ReadingWriter(names.names, catalog)
    catalog.zones.append(ZoneInfo(1, "b", 16, 0, 0, ""))
    listing = Moment([ZoneRow("a", 16, 5), ZoneRow("b", 16, 6)])
    rows = writer.reading(1, 0, listing, names.rows(listing.zones))
    assert [zone.name for zone in catalog.zones] == ["b", "a"]
    assert [row[5] for row in rows.tolist() if row[0] == Kind.ZINIT] == [2]
    assert writer.ids(names.rows(listing.zones)).tolist() == [2, 1]


def test_a_rest_that_events_brought_is_found_by_name() -> None:
    names, catalog = ZoneNames(), Catalog()
    writer = ReadingWriter(names.names, catalog)
    catalog.zones.append(ZoneInfo(1, "kmalloc-large", 16384, 0, 0, ""))
    moment = Moment([ZoneRow("dentry", 192, 1, 0, 4096)], total=5 * 4096, rest="kmalloc-large")
    rows = writer.reading(1, 0, moment, names.rows(moment.zones))
    assert [zone.name for zone in catalog.zones] == ["kmalloc-large", "dentry"]
    assert [Kind.ZONE_FIGURE, 0, 0, 0, 0, 1, 0, 4 * 4096, CUR_SIZE] in rows.tolist()
