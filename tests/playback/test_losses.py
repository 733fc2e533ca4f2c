"""Gaps of a recording of a live machine."""

from pathlib import Path

import pytest

from zoneviz.events import Catalog, Event, Kind, ZoneInfo
from zoneviz.playback.losses import Losses
from zoneviz.playback.series import Series
from zoneviz.recording import Header, Recorder, Recording

MS = 10**6
SHOWS = frozenset({"zones", "elements", "sizes", "tasks", "paths"})


def alloc(time: int, thread: int) -> Event:
    return (int(Kind.ZALLOC), time * MS, 2, thread, 0, 1, 0x8880_0000_0000 + time * 64, 64, 128)


def lost(time: int, thread: int, count: int) -> Event:
    return (int(Kind.LOST), time * MS, 0, thread, 0, thread, 0, count, 0)


EVENTS = [
    (int(Kind.ZINIT), 0, 0, 0, 0, 1, 0, 64, 0),
    alloc(1, 1), alloc(2, 2), alloc(3, 2), lost(9, 1, 7), alloc(9, 1), alloc(10, 2), lost(12, 2, 0), alloc(12, 2), lost(20, 0, 5),
]  # fmt: skip


def made(path: Path, events: list[Event], complete: bool = True, kind: str = "live", total: int = 12) -> Recording:
    catalog = Catalog()
    catalog.zones.append(ZoneInfo(1, "kmalloc-64", 64, 0, 0, ""))
    recorder = Recorder(path, catalog, Header(kind=kind, shows=SHOWS))
    for event in events:
        recorder.sink(event)
    recorder.commit()
    if complete:
        recorder.finish("finished", {"outcome": "finished", "lost_events": total})
    return Recording(path)


def test_a_gap_begins_at_the_last_event_of_its_processor(tmp_path: Path) -> None:
    losses = Losses()
    losses.update(made(tmp_path / "a.zvz", EVENTS))
    assert losses.ends.tolist() == [5, 8, 10] and losses.starts.tolist() == [2, 7, 9]
    assert losses.times.tolist() == [[1 * MS, 9 * MS], [10 * MS, 12 * MS], [12 * MS, 20 * MS]], "of an unknown processor: the event before"
    assert losses.counts.tolist() == [7, 0, 5]


@pytest.mark.parametrize(("seq", "before"), [(4, (0, 0)), (5, (1, 7)), (9, (2, 7)), (10, (3, 12))])
def test_what_was_lost_before_a_moment(tmp_path: Path, seq: int, before: tuple[int, int]) -> None:
    losses = Losses()
    losses.update(made(tmp_path / "a.zvz", EVENTS))
    assert losses.before(seq) == before


def test_a_growing_recording_is_read_once(tmp_path: Path) -> None:
    losses, recording = Losses(), made(tmp_path / "a.zvz", EVENTS[:6], complete=False)
    losses.update(recording)
    losses.update(recording)
    assert len(losses) == 1
    losses.update(made(tmp_path / "b.zvz", EVENTS))
    assert losses.ends.tolist() == [5, 8, 10]


def test_other_recordings_have_no_gaps(tmp_path: Path) -> None:
    losses = Losses()
    losses.update(made(tmp_path / "a.zvz", EVENTS, kind="simulated"))
    losses.update(made(tmp_path / "b.zvz", EVENTS, total=0))
    assert len(losses) == 0 and losses.before(10) == (0, 0)


def test_gaps_are_on_the_axis(tmp_path: Path) -> None:
    series, recording = Series(), made(tmp_path / "a.zvz", EVENTS)
    series.load(recording)
    assert series.lost()[0].tolist() == [0.001, 0.009]
    series.load(recording, by_event=True)
    assert series.lost().tolist() == [[2, 5], [7, 8], [9, 10]]
