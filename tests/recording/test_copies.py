"""SQL about the events of a packed recording unpacks it, once for all its readers; everything else does not."""

import tempfile
from pathlib import Path

import pytest

from tests.recording.test_recorder import record
from zoneviz.errors import UsageError
from zoneviz.recording import Recording, copies, pack


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    record(tmp_path / "a.zvz", 3000, [700])
    pack(tmp_path / "a.zvz", tmp_path / "a.zvz.zst")
    return tmp_path / "a.zvz.zst"


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*/*"))


def test_what_needs_no_unpacking(packed: Path, temporary: Path) -> None:
    with Recording(packed) as recording:
        recording.events(), recording.events_of(2), recording.seq_at(9), recording.samples(), recording.checkpoint(2000)
        recording.details(), recording.task_samples(), recording.integrity(), recording.events_span()
        assert recording.query("SELECT events FROM recording") == [{"events": 3000}]
        assert recording.table("SELECT name FROM sqlite_master WHERE name = 'events'").rows == [("events",)]
        with pytest.raises(UsageError, match="read-only"):
            recording.table("DELETE FROM zones")
        assert names(temporary) == ["tables.zvz"]


@pytest.mark.parametrize(
    "sql",
    ["SELECT count(*) AS n FROM events_named", "select max(seq) AS n from EVENTS", "SELECT count(*) * 1000 AS n FROM checkpoints"],
)
def test_sql_about_events(packed: Path, temporary: Path, sql: str) -> None:
    with Recording(packed) as first, Recording(packed) as second:
        before = first.events(5, 50)
        assert first.query(sql) == [{"n": 3000}] and second.table(sql).rows == [(3000,)]
        assert names(temporary) == ["unpacked.zvz"]
        assert (first.events(5, 50) == before).all() and first.last_time == second.last_time
        with pytest.raises(UsageError, match="SQL error"):
            first.query("SELECT nothing FROM events")
        copy = first.lend()
    assert copy is not None
    with Recording(packed, copy) as third:
        assert third.query(sql) == [{"n": 3000}] and third.event_count == 3000
        del copy
    assert names(temporary) == []


def test_a_copy_of_the_tables_can_be_lent(packed: Path, temporary: Path) -> None:
    with Recording(packed) as first:
        copy = first.lend()
    assert isinstance(copy, copies.Tables)
    packed.rename(packed.with_name("moved"))
    packed.touch()
    with Recording(packed, copy) as second:
        assert len(second.events()) == 3000 and second.query("SELECT count(*) AS n FROM events") == [{"n": 3000}]
