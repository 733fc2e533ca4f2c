"""Captures become one time line for each machine and boot."""

from collections.abc import Iterator

import pytest

from zoneviz.captures.capture import Capture, Moment, Panic, ZoneRow
from zoneviz.captures.collection import Collection
from zoneviz.captures.stamps import Stamp
from zoneviz.captures.timelines import TimeLine, timelines

MINUTE = 60_000_000_000
DAY = 1440


@pytest.fixture
def collection() -> Iterator[Collection]:
    made = Collection()
    yield made
    made.close()


def at(minutes: int) -> Stamp:
    return Stamp(1_000_000 * MINUTE + minutes * MINUTE, True)


def rows(size: int) -> list[ZoneRow]:
    return [ZoneRow("a", cur_size=size)]


def shape(lines: list[TimeLine]) -> list[tuple[list[str], list[int]]]:
    """By line: the files of its moments, and their times in minutes."""
    return [([kept.capture.file for kept in line.moments], [time // MINUTE for time in line.times]) for line in lines]


def add(collection: Collection, file: str, *moments: Moment, kind: str = "macos-zprint", modified: int = 0, **facts: str) -> Capture:
    capture = Capture(kind, file, facts=facts)
    collection.add(capture, moments, modified)
    return capture


def test_files_of_one_machine_are_ordered_by_their_stamps(collection: Collection) -> None:
    for file, minute in (("c", 30), ("a", 10), ("b", 20)):
        add(collection, file, Moment(rows(minute), stamp=at(minute)))
    lines = timelines(collection)
    assert shape(lines) == [(["a", "b", "c"], [0, 10, 20])] and lines[0].start == at(10) and "one" in lines[0].assumed[0]


def test_machines_are_kept_apart(collection: Collection) -> None:
    for minute, model in enumerate(("Mac1,1", "Mac2,2", "Mac1,1", "Mac2,2")):
        add(collection, f"{model}-{minute}", Moment(rows(minute), stamp=at(minute)), model=model)
    lines = timelines(collection)
    assert shape(lines) == [(["Mac1,1-0", "Mac1,1-2"], [0, 2]), (["Mac2,2-1", "Mac2,2-3"], [0, 2])]
    assert not any(line.assumed for line in lines)


def test_a_file_without_facts_joins_the_only_machine_but_not_one_of_two(collection: Collection) -> None:
    add(collection, "a", Moment(rows(1), stamp=at(1)), model="Mac1,1")
    add(collection, "b", Moment(rows(2), stamp=at(2)))
    assert shape(timelines(collection)) == [(["a", "b"], [0, 1])]
    add(collection, "c", Moment(rows(3), stamp=at(3)), model="Mac2,2")
    add(collection, "d", Moment(rows(4), stamp=at(4)))
    assert shape(timelines(collection)) == [(["a", "b"], [0, 1]), (["c"], [0]), (["d"], [0])]


def test_families_are_kept_apart(collection: Collection) -> None:
    add(collection, "a", Moment(rows(1), stamp=at(1)))
    add(collection, "b", Moment(rows(2), stamp=at(2)), kind="linux-slabinfo")
    assert len(timelines(collection)) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Moment(rows(1), stamp=at(0), panic=Panic("full")), Moment(rows(2), stamp=at(60))),
        (Moment(rows(1), stamp=at(0)), Moment(rows(2), stamp=at(60), uptime=30 * MINUTE)),
        (Moment(rows(1), stamp=at(0), counters={"a": 5, "b": 9}), Moment(rows(2), stamp=at(60), counters={"c": 6, "b": 8})),
        (Moment(rows(1), stamp=at(0), boot="kernel 1"), Moment(rows(2), stamp=at(60), boot="kernel 2")),
    ],
    ids=["panic", "uptime", "counters", "name"],
)
def test_another_boot_begins(collection: Collection, first: Moment, second: Moment) -> None:
    add(collection, "a", first)
    add(collection, "b", second)
    assert [names for names, _ in shape(timelines(collection))] == [["a"], ["b"]]


def test_time_0_is_the_boot_if_the_uptime_is_known(collection: Collection) -> None:
    add(collection, "a", Moment(rows(1), stamp=at(100)))
    add(collection, "b", Moment(rows(2), stamp=at(160), uptime=90 * MINUTE, panic=Panic("full")))
    (line,) = timelines(collection)
    assert [time // MINUTE for time in line.times] == [30, 90] and line.start == at(70)


def test_uptimes_alone_order_the_moments_of_a_file(collection: Collection) -> None:
    add(collection, "a", *(Moment(rows(minute), uptime=minute * MINUTE) for minute in (1, 10, 38, 156, 2)))
    lines = timelines(collection)
    assert shape(lines) == [(["a"] * 4, [1, 10, 38, 156]), (["a"], [2])] and lines[0].has_clock and lines[0].start is None


def test_an_uptime_dates_a_moment_beside_a_dated_one(collection: Collection) -> None:
    add(collection, "a", Moment(rows(1), uptime=5 * MINUTE), Moment(rows(2), stamp=at(20), uptime=20 * MINUTE))
    (line,) = timelines(collection)
    assert line.start == at(0) and [time // MINUTE for time in line.times] == [5, 20]


def test_without_times_a_file_is_alone_and_has_only_an_order(collection: Collection) -> None:
    add(collection, "a", Moment(rows(1)), Moment(rows(2)))
    add(collection, "b", Moment(rows(3)))
    lines = timelines(collection)
    assert [line.times for line in lines] == [[1, 2], [1]] and not any(line.has_clock for line in lines)
    assert "no rate" in lines[0].assumed[0]


def test_file_times_only_if_asked(collection: Collection) -> None:
    for file, minute in (("b", 7), ("a", 0)):
        add(collection, file, Moment(rows(1)), modified=at(minute).ns)
    assert len(timelines(collection)) == 2
    assert shape(timelines(collection, file_times=True)) == [(["a", "b"], [0, 7])]


def test_the_same_file_and_the_same_moment_twice(collection: Collection) -> None:
    moment = Moment(rows(1), stamp=at(1))
    add(collection, "a", moment)
    assert not collection.add(Capture("macos-zprint", "copy of a"), [moment])
    add(collection, "b", moment, Moment(rows(2), stamp=at(2)))
    assert shape(timelines(collection)) == [(["a", "b"], [0, 1])]
    assert collection.duplicates == [("copy of a", "a"), ("b", "a")]


def test_equal_stamps_still_rise(collection: Collection) -> None:
    for size in range(3):
        add(collection, f"{size}", Moment(rows(size), stamp=at(0)))
    assert timelines(collection)[0].times == [0, 1, 2]
