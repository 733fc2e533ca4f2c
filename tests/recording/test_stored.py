"""The tables are read back as they are, including rows that should not be there."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.recording.test_recorder import record
from zoneviz.recording import Recording, stored


@pytest.fixture
def path(tmp_path: Path) -> Path:
    record(tmp_path / "a.zvz", 3000, [700], checkpoint_step=1000)
    return tmp_path / "a.zvz"


def damage(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)


def test_the_tables_of_a_sound_recording(path: Path) -> None:
    with Recording(path) as recording:
        assert recording.events_span() == (3000, 1, 3000)
        samples = recording.samples()
        rows = stored.samples_between(recording, "samples", 0, 3000, 1000)
        assert rows[:, 0].tolist() == samples.seqs.tolist() and rows[:, 2].tolist() == samples.machine["zone_map_used"].tolist()
        zones = stored.samples_between(recording, "zone_samples", 257, 512, 1000)
        assert set(zones[:, 0].tolist()) == {512} and len(stored.samples_between(recording, "zone_samples", 0, 3000, 3)) == 3
        assert stored.checkpoints_at(recording, 1000) == {1000, 2000, 3000} and stored.misplaced(recording, 1000) == []


@pytest.mark.parametrize("table", ["samples", "zone_samples", "checkpoints"])
def test_rows_that_belong_nowhere_are_found(path: Path, table: str) -> None:
    damage(path, f"UPDATE {table} SET seq = seq + 5000 WHERE seq = (SELECT max(seq) FROM {table})")
    with Recording(path) as recording:
        assert stored.misplaced(recording, 1000) == [table]


def test_a_checkpoint_off_the_step_is_found(path: Path) -> None:
    damage(path, "UPDATE checkpoints SET seq = 1001 WHERE seq = 1000")
    with Recording(path) as recording:
        assert stored.misplaced(recording, 1000) == ["checkpoints"]
