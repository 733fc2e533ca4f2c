"""Events decoded from pages equal those of SQLite; unusual files are left to SQLite."""

import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from tests.recording.test_recorder import record
from zoneviz.errors import InputError
from zoneviz.recording import Recording, trust
from zoneviz.recording.sqlite_pages import EventPages, Unplain, carve

COUNT = 30_000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages") / "a.zvz"
    record(made, COUNT, [700])
    return made


def by_sqlite(path: Path, first: int, last: int) -> list[tuple[int, ...]]:
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT * FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)).fetchall()
    finally:
        db.close()


def pages_of(path: Path) -> trust.Pages:
    watch = trust.Watch()
    watch.limit(60)
    return trust.Pages(path, watch)


def test_events_equal_those_of_sqlite(path: Path) -> None:
    chance = random.Random(4)
    with Recording(path) as recording:
        stretches = [(1, COUNT), (1, 1), (COUNT, COUNT), *(sorted(chance.sample(range(1, COUNT + 1), 2)) for _ in range(40))]
        for first, last in stretches:
            assert recording.events(first, last).tolist() == [list(row) for row in by_sqlite(path, first, last)]
        assert recording._opened.plain and recording._opened.events is not None


def test_numbers_of_every_width(tmp_path: Path) -> None:
    made = tmp_path / "a.zvz"
    record(made, 200, [50])
    values = [v * sign + d for p in range(0, 63, 3) for v in (1 << p,) for sign in (1, -1) for d in (-1, 0, 1)]
    db = sqlite3.connect(made)
    for i in range(1, 201):
        numbers = values[i % 126], values[-i % 102], abs(values[i % 7]), i
        db.execute("UPDATE events SET address = ?, size = ?, time = ? WHERE seq = ?", numbers)
    db.commit()
    db.close()
    with Recording(made) as recording:
        assert recording.events().tolist() == [list(row) for row in by_sqlite(made, 1, 200)]
        assert recording._opened.plain and recording._opened.events is not None


@pytest.mark.parametrize("change", ["UPDATE events SET size = 'x' WHERE seq = 77", "UPDATE events SET size = 1.5 WHERE seq = 77"])
def test_unusual_values_are_left_to_sqlite(tmp_path: Path, change: str) -> None:
    made = tmp_path / "a.zvz"
    record(made, 200, [50])
    db = sqlite3.connect(made)
    db.execute(change)
    db.commit()
    db.close()
    with Recording(made) as recording:
        assert len(recording.events(1, 50)) == 50
        try:
            found = recording.events(70, 80)
            assert found.shape == (11, 10)
        except InputError:
            pass
        assert not recording._opened.plain


def test_damaged_pages_never_give_other_rows(path: Path, tmp_path: Path) -> None:
    good = path.read_bytes()
    chance = random.Random(9)
    with Recording(path) as recording:
        expected = recording.events(1, 5000)
    for turn in range(60):
        spoiled = bytearray(good)
        for _ in range(chance.choice((1, 20, 400))):
            spoiled[chance.randrange(4096, len(good))] = chance.randrange(256)
        made = tmp_path / f"{turn}.zvz"
        made.write_bytes(spoiled)
        with closing(sqlite3.connect(made)) as db, closing(pages_of(made)) as pages, suppress(Unplain, sqlite3.Error, ValueError):
            assert EventPages(db, pages).read(1, 5000).shape == expected.shape
    assert np.array_equal(expected[:, 0], np.arange(1, 5001))


def test_carving_finds_every_event_and_nothing_else(path: Path, tmp_path: Path) -> None:
    expected = np.array(by_sqlite(path, 1, COUNT))
    with closing(pages_of(path)) as pages:
        assert (carve(pages) == expected).all()
        size = pages.size
    # A leaf page of noise loses its own events and no others.
    data = bytearray(path.read_bytes())
    at = next(page for page in range(size, len(data), size) if data[page] == 13 and data[page + 3 : page + 5] > b"\0\x50")
    data[at + 8 : at + size] = random.Random(3).randbytes(size - 8)
    (tmp_path / "b.zvz").write_bytes(data)
    with closing(pages_of(tmp_path / "b.zvz")) as pages:
        left = carve(pages)
    assert 0 < COUNT - len(left) < 300 and (left == expected[left[:, 0] - 1]).all()


def test_reading_pages_stops_when_the_time_is_up(path: Path) -> None:
    watch = trust.Watch()
    watch.limit(-1)
    with closing(trust.Pages(path, watch)) as pages, pytest.raises(sqlite3.OperationalError, match="interrupted"):
        carve(pages)
