"""Opening and reading: invalid files are refused in one sentence; a live recording grows."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.recording import toy
from tests.recording.test_recorder import record
from zoneviz.errors import InputError, UsageError
from zoneviz.events import Kind
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.recording.salvage import salvage


@pytest.fixture
def good(tmp_path: Path) -> Path:
    record(tmp_path / "a.zvz", 3000, [700])
    return tmp_path / "a.zvz"


def test_events_are_read_as_recorded(good: Path) -> None:
    recording, rows = Recording(good), toy.as_rows(toy.run(3000))
    assert (recording.event_count, recording.last_time) == (3000, rows[-1, 2])
    assert (recording.events() == rows).all()
    assert (recording.events(10, 20) == rows[9:20]).all()
    assert recording.events(2999, 9999).tolist() == rows[2998:].tolist()
    assert recording.events(-5, 0).shape == recording.events(5, 4).shape == (0, 10)


def test_the_catalog_is_read_as_recorded(good: Path) -> None:
    found, told = Recording(good).catalog, toy.catalog()
    for name in ("zones", "maps", "tasks", "threads"):
        assert getattr(found, name) == getattr(told, name)
    assert (found.names.strings, found.names.ids) == (told.names.strings, told.names.ids)
    assert (found.paths.rows, dict(found.paths)) == (told.paths.rows, dict(told.paths))
    assert found.paths.text(3) == "fork > task_create > zalloc"


def test_refresh_follows_a_live_recording_to_its_end(tmp_path: Path) -> None:
    path, catalog, events = tmp_path / "a.zvz", toy.catalog(), toy.run(3000)
    recorder = Recorder(path, catalog, Header())
    live = Recording(path)
    held = live.catalog
    assert (live.event_count, live.complete, live.refresh()) == (0, False, False)
    for event in events[:1000]:
        recorder.sink(event)
    assert not live.refresh(), "not committed yet"
    catalog.names.intern("a new name")
    _ = catalog.paths[3, "kmem_alloc"]
    recorder.commit()
    assert live.refresh() and live.event_count == 1000
    assert live.catalog is held and held.names.strings[-1] == "a new name" and held.paths.text(4).endswith("zalloc > kmem_alloc")
    assert len(live.samples()) == 3
    for event in events[1000:]:
        recorder.sink(event)
    recorder.finish("panic")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zvz"], "a reader does not keep the recorder from closing"
    assert live.refresh() and live.complete and (live.events() == toy.as_rows(events)).all()
    assert not live.refresh()


def test_nothing_is_written(good: Path) -> None:
    before = good.read_bytes()
    with Recording(good) as recording:
        with pytest.raises(UsageError, match="not authorized"):
            recording.query("DELETE FROM events")
        assert recording.query("SELECT count(*) AS n FROM events WHERE kind = :k", {"k": 97}) == [{"n": 1}]
        with pytest.raises(UsageError, match="syntax"):
            recording.query("SELEKT")
    with pytest.raises(ValueError, match="closed"):
        recording.events()
    assert good.read_bytes() == before and len(list(good.parent.iterdir())) == 1


def test_a_finished_recording_opens_in_a_read_only_folder(good: Path) -> None:
    good.chmod(0o444)
    good.parent.chmod(0o555)
    try:
        assert Recording(good).event_count == 3000
    finally:
        good.parent.chmod(0o755)


def test_seq_at_finds_events_by_time(good: Path) -> None:
    recording, times = Recording(good), [event[1] for event in toy.run(3000)]
    for time in (-1, 0, times[50], times[50] + 1, times[2000], times[-1], times[-1] + 5):
        assert recording.seq_at(time) == sum(t <= time for t in times)


def test_checkpoint_gives_the_last_at_or_before(good: Path) -> None:
    recording = Recording(good)
    assert recording.checkpoint(999) is None
    for at, seq in ((1000, 1000), (1999, 1000), (2000, 2000), (9999, 3000)):
        found = recording.checkpoint(at)
        assert found is not None and found[0] == seq


def damage(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("PRAGMA application_id = 7", "is not a zoneviz recording"),
        ("PRAGMA user_version = 3", "format 3, newer than 2"),
        ("PRAGMA user_version = 0", "damaged"),
        ("DROP TABLE paths", "table paths is missing"),
        ("DELETE FROM recording", "header is missing"),
        ("UPDATE recording SET events = 'many'", "header has an invalid 'events'"),
        ("UPDATE recording SET parameters = '[1'", "header has an invalid 'parameters'"),
        ("UPDATE zones SET elem_size = 'big'", "table zones"),
        ("ALTER TABLE maps RENAME COLUMN parent TO mother", "table maps has an unexpected schema"),
        ("CREATE TABLE more (x)", "an unexpected table 'more'"),
        ("CREATE VIEW more AS SELECT * FROM events", "an unexpected view 'more'"),
        ("CREATE TRIGGER more AFTER INSERT ON events BEGIN DELETE FROM events; END", "an unexpected trigger 'more'"),
        ("CREATE INDEX more ON events (time)", "an unexpected index 'more'"),
        ("CREATE VIRTUAL TABLE more USING fts5(x)", "an unexpected table 'more"),
        ("UPDATE recording SET last_time = 'noon'", "invalid 'last_time'"),
        ("UPDATE recording SET result = '{\"a\": NaN}'", "invalid 'result'"),
        ("UPDATE recording SET result = '{\"a\": 1e999}'", "invalid 'result'"),
        ("UPDATE recording SET first_event = -5", "last event is invalid"),
        ("UPDATE recording SET first_event = 4000", "last event is invalid"),
        ("INSERT INTO events VALUES (9223372036854775807, 1, 0, 0, 0, 0, 0, 0, 0, 0)", "too large for the file"),
    ],
)
def test_damaged_and_foreign_files_are_refused(good: Path, statement: str, sentence: str) -> None:
    damage(good, statement)
    with pytest.raises(InputError, match=sentence) as caught:
        Recording(good)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("statement", "table", "sentence"),
    [
        ("UPDATE names SET id = 77 WHERE id = 1", "names", "damaged: its table names"),
        ("UPDATE names SET text = CAST(x'ff' AS TEXT)", "names", "UTF-8"),
        ("UPDATE paths SET parent = 99 WHERE id = 2", "paths", "damaged: a call path has no parent path"),
        ("UPDATE paths SET frame = zeroblob(20)", "paths", "damaged: its table paths"),
        ("UPDATE tasks SET name = zeroblob(5) WHERE id = 2", "task_names", "damaged: its table tasks"),
        ("UPDATE threads SET task = 'one'", "thread_names", "damaged: its table threads"),
    ],
)
def test_damaged_names_are_refused_once_when_they_are_asked_for(good: Path, statement: str, table: str, sentence: str) -> None:
    damage(good, statement)
    with Recording(good) as recording:
        with pytest.raises(InputError, match=sentence) as caught:
            getattr(recording.catalog, table)
        assert str(good) in str(caught.value) and str(caught.value).endswith(".")
        assert not {"names": len(recording.catalog.names.strings) - 1, "paths": len(recording.catalog.paths)}.get(table, 0)
        assert recording.catalog.task_names == ({} if table == "task_names" else {1: "task 1", 2: "task 2"})


def test_names_are_read_when_they_are_asked_for(good: Path) -> None:
    expected = toy.catalog()
    recording = Recording(good)
    catalog = recording.catalog
    recording.close()
    assert (catalog.task_count, catalog.thread_count) == (len(expected.tasks), len(expected.threads))
    assert catalog.tasks == expected.tasks and catalog.threads == expected.threads and catalog.tasks is catalog.tasks
    assert catalog.paths.rows == expected.paths.rows and catalog.paths == expected.paths
    assert catalog.names.strings == expected.names.strings and catalog.names.ids == expected.names.ids
    assert (catalog.task_count, catalog.thread_count) == (len(expected.tasks), len(expected.threads))
    with pytest.raises(AttributeError):
        _ = catalog.colours  # type: ignore[attr-defined]


def test_names_of_a_file_that_was_replaced_are_not_mixed_with_its_own(good: Path) -> None:
    with Recording(good) as recording:
        other = good.with_name("other.zvz")
        shutil.copyfile(good, other)
        other.replace(good)
        with pytest.raises(InputError, match=r"replaced while it was open\. Open it again\.$"):
            _ = recording.catalog.task_names
        good.unlink()
        with pytest.raises(InputError, match="removed or replaced"):
            _ = recording.catalog.paths


@pytest.mark.parametrize(
    ("statement", "look"),
    [
        ("DELETE FROM events WHERE seq = 100", lambda r: r.events()),
        ("UPDATE events SET size = 'much' WHERE seq = 100", lambda r: r.events()),
        ("UPDATE events SET size = 1e300 WHERE seq = 100", lambda r: r.events()),
        ("UPDATE zone_samples SET free = 'x'", lambda r: r.samples()),
        ("UPDATE checkpoints SET state = 5", lambda r: r.checkpoint(3000)),
        ("UPDATE events SET time = 'noon'", lambda r: r.seq_at(5)),
    ],
)
def test_damage_found_later_is_an_input_error(good: Path, statement: str, look: Callable[[Recording], object]) -> None:
    damage(good, "UPDATE recording SET last_time = last_time", statement)
    with pytest.raises(InputError):
        look(Recording(good))


def test_events_that_are_a_view_are_refused(good: Path) -> None:
    damage(good, "DROP VIEW events_named", "ALTER TABLE events RENAME TO kept", "CREATE VIEW events AS SELECT * FROM kept")
    with pytest.raises(InputError, match="table events is missing"):
        Recording(good)


def test_missing_files_and_folders_are_refused(tmp_path: Path, good: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        Recording(tmp_path / "missing.zvz")
    for opened in (Recording, salvage):
        with pytest.raises(InputError, match="is a folder, not a recording"):
            opened(tmp_path)
    for name, data in (("text", b"hello" * 500), ("empty", b""), ("cut", good.read_bytes()[:6000])):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError):
            Recording(tmp_path / name).events()


def test_random_damage_raises_nothing_but_input_errors(good: Path) -> None:
    import random

    data, chance, refused = good.read_bytes(), random.Random(5), 0
    for _ in range(150):
        spoiled = bytearray(data)
        for _ in range(chance.choice((1, 20, 400))):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        good.write_bytes(spoiled)
        try:
            with Recording(good) as recording:
                recording.events()
                recording.samples()
                recording.checkpoint(3000)
        except InputError:
            refused += 1
    assert 50 < refused < 150


def test_events_of_some_kinds(good: Path) -> None:
    rows = toy.as_rows(toy.run(3000))
    with Recording(good) as recording:
        assert (recording.events_of(Kind.ZALLOC, Kind.ZFREE) == rows[np.isin(rows[:, 1], (Kind.ZALLOC, Kind.ZFREE))]).all()
        of_zone = rows[(rows[:, 1] == Kind.ZFREE) & (rows[:, 6] == 2)]
        assert (recording.events_of(Kind.ZFREE, subject=2) == of_zone).all()
        within = of_zone[(of_zone[:, 0] >= 100) & (of_zone[:, 0] <= 900)]
        assert (recording.events_of(Kind.ZFREE, subject=2, first=100, last=900) == within).all()
        assert (recording.events_of(Kind.ZFREE, subject=2, backwards=True, most=3) == of_zone[:-4:-1]).all()
        assert recording.events_of(Kind.HANG).shape == (0, 10) and recording.events_of(Kind.ZALLOC, first=3000 + 1).shape == (0, 10)
