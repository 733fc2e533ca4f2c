"""Events of a file that is being written, read from a copy in memory."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.recording import toy
from tests.recording.test_recorder import record
from zoneviz.errors import InputError, UsageError
from zoneviz.recording import Recording, live_pages, schema, trust

COUNT = 5000


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A recording without an end, whose last events are in the log only."""
    made = tmp_path / "a.zvz"
    record(made, COUNT, [700])
    writer = sqlite3.connect(made, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("UPDATE recording SET complete = 0")
    writer.execute("UPDATE events SET extra = extra WHERE seq > 3000")
    yield made
    writer.close()


@pytest.fixture(params=[1, 1 << 30], ids=["copied", "one by one"])
def least(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(live_pages, "LEAST", request.param)
    return int(request.param)


@pytest.mark.usefixtures("least")
@pytest.mark.parametrize("stretch", [(1, COUNT), (2, 2), (2500, 3500), (COUNT, COUNT), (4000, 9000)])
def test_both_ways_read_the_same(path: Path, stretch: tuple[int, int]) -> None:
    expected = toy.as_rows(toy.run(COUNT))
    with Recording(path) as recording:
        assert not recording.complete
        found = recording.events(*stretch)
        assert (found == expected[stretch[0] - 1 : stretch[1]]).all() and found.dtype == np.int64


@pytest.mark.usefixtures("least")
@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM events WHERE seq = 100", "events between 1 and 5000 are missing"),
        ("UPDATE events SET size = 'much' WHERE seq = 100", "a value is not a number"),
        ("UPDATE events SET size = CAST('5' AS BLOB) WHERE seq = 100", "a value is not a number"),
        ("UPDATE events SET size = 1.5 WHERE seq = 100", "a value is not a number"),
        ("UPDATE events SET size = 'x' || hex(zeroblob(50000)) WHERE seq > 100", "a value is not a number"),
        ("UPDATE events SET size = 1 << 60 WHERE seq = 100", "an event has the invalid size 1152921504606846976"),
    ],
)
def test_damage_is_refused_in_the_same_words(path: Path, statement: str, sentence: str) -> None:
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute(statement)
    with Recording(path) as recording, pytest.raises(InputError, match=sentence):
        recording.events()


def test_only_the_copy_can_be_written(path: Path) -> None:
    db, _ = trust.connect(path)
    row = f"VALUES (1{', 0' * 9})"
    with trust.copying(db, schema.EVENTS, 4096):
        db.execute(f"INSERT INTO memory.events {row}")
        for refused in (
            f"INSERT INTO main.events {row}",
            "DELETE FROM main.events",
            "CREATE TABLE memory.more (x)",
            "ATTACH ':memory:' AS more",
        ):
            with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|too many attached|readonly"):
                db.execute(refused)
    for refused in (f"INSERT INTO main.events {row}", "SELECT * FROM memory.events", "ATTACH ':memory:' AS more"):
        with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|no such table"):
            db.execute(refused)
    db.close()


def test_the_connection_is_as_before_after_an_error(path: Path) -> None:
    db, _ = trust.connect(path)
    with pytest.raises(sqlite3.OperationalError), trust.copying(db, schema.EVENTS, 4096):
        db.execute("INSERT INTO memory.events SELECT * FROM main.nothing")
    assert len(live_pages.read(db, 1, COUNT)) == COUNT
    db.close()
    with Recording(path) as recording, pytest.raises(UsageError):
        recording.table("INSERT INTO memory.events SELECT * FROM events")
