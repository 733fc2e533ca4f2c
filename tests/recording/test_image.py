"""Images are databases that SQLite finds sound, with exactly the rows given; a recording is the same file with and without them."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.recording import toy
from tests.recording.test_recorder import content, record
from zoneviz.errors import EnvironmentProblem
from zoneviz.recording import Header, Recorder, Recording, image, schema
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

EDGES = [
    *(0, 1, 2, -1, -2, -3),
    *(sign * (1 << bits) + more for bits in (7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 53, 62) for sign in (1, -1) for more in (-1, 0, 1)),
    *((1 << 63) - 1, (1 << 63) - 512, -(1 << 63), -(1 << 63) + 1),
]
KEYS = [1, 126, *(1 << 7 * width for width in range(1, 8)), (1 << 56) - 5000]
"""First row numbers of one to eight bytes."""


def rows_of(values: Ints, first: int) -> Ints:
    return np.column_stack([first + np.arange(len(values)), values])


def copied(rows: Ints) -> tuple[Ints, str]:
    """The rows of a table after the copy, and what SQLite finds wrong with the image, "ok" if nothing."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute(schema.EVENTS)
        db.execute("ATTACH ':memory:' AS image")
        db.deserialize(image.image(rows), name="image")
        (found,) = db.execute("PRAGMA image.integrity_check").fetchone()
        db.execute("INSERT INTO main.events SELECT * FROM image.events")
        return np.array(db.execute("SELECT * FROM events ORDER BY seq").fetchall(), np.int64), found


@pytest.mark.parametrize("first", KEYS)
def test_every_width_of_numbers_and_keys(first: int) -> None:
    chance = random.Random(first)
    values = np.array([[chance.choice(EDGES) for _ in range(9)] for _ in range(4000)], np.int64)
    rows = rows_of(values, first)
    found, said = copied(rows)
    assert said == "ok" and np.array_equal(found, rows)


@pytest.mark.parametrize("count", [1, 2, 699, 700, 8191, 8193, 20_000])
def test_random_batches(count: int) -> None:
    generator = np.random.default_rng(count)
    for bits in (1, 8, 40, 64):
        values = generator.integers(-(1 << 63), (1 << 63) - 1, (count, 9), endpoint=True) >> 64 - bits
        rows = rows_of(values, int(generator.integers(1, 1 << 30)))
        found, said = copied(rows)
        assert said == "ok" and np.array_equal(found, rows)


def test_records_are_those_of_sqlite() -> None:
    """Also the shortest serial types, not only equal numbers: the bytes of the page are equal."""
    rows = rows_of(np.array([EDGES[at : at + 9] for at in range(0, len(EDGES) - 9, 2)], np.int64), 1)
    pages = []
    for with_image in (True, False):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            db.execute("PRAGMA page_size = 65536")
            db.execute(schema.EVENTS)
            db.execute("ATTACH ':memory:' AS image")
            db.deserialize(image.image(rows), name="image")
            if with_image:
                db.execute("INSERT INTO main.events SELECT * FROM image.events")
            else:
                db.executemany(f"INSERT INTO main.events VALUES ({', '.join('?' * 10)})", rows.tolist())
            pages.append(db.serialize()[65536:])
    assert pages[0] == pages[1]


def test_sqlite_copies_records_without_decoding_them() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(schema.EVENTS)
        db.execute("ATTACH ':memory:' AS image")
        db.deserialize(image.image(toy.as_rows(toy.run(50))), name="image")
        codes = {row[1] for row in db.execute("EXPLAIN INSERT INTO main.events SELECT * FROM image.events")}
        assert "Column" not in codes and codes & {"RowData", "RowCell"}


@pytest.mark.parametrize("most", [0, 3000, image.MOST])
def test_a_recording_is_the_same_file_with_and_without_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    sizes = [5000, 300, 1024, 2500]
    with monkeypatch.context() as patched:
        patched.setattr(image, "MOST", most)
        record(tmp_path / "a.zvz", 20_000, sizes)
    monkeypatch.setattr(image, "AVAILABLE", False)
    record(tmp_path / "b.zvz", 20_000, sizes)
    assert content(tmp_path / "a.zvz") == content(tmp_path / "b.zvz")
    with Recording(tmp_path / "a.zvz") as one, Recording(tmp_path / "b.zvz") as other:
        assert one.header.digest == other.header.digest
        assert np.array_equal(one.events(), toy.as_rows(toy.run(20_000)))
    with closing(sqlite3.connect(tmp_path / "a.zvz")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("available", [True, False])
def test_an_excerpt_begins_with_its_own_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, available: bool) -> None:
    monkeypatch.setattr(image, "AVAILABLE", available)
    rows, base = toy.as_rows(toy.run(12_000)), MachineState(toy.catalog())
    base.apply(rows[:6000])
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header(), base=base)
    recorder.feed(rows[6000:9000])
    recorder.feed(rows[9000:9100])
    recorder.feed(rows[9100:])
    recorder.finish("excerpt")
    with Recording(tmp_path / "a.zvz") as recording:
        assert recording.first_event == 6001 and np.array_equal(recording.events(6001, 12_000), rows[6000:])


def test_what_is_written_by_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.zeros((image.LEAST, 9), np.int64)
    last = (1 << 56) - image.LEAST
    assert image.pays(rows_of(values, last)) and not image.pays(rows_of(values, last + 1))
    assert not image.pays(rows_of(values[1:], 1))
    monkeypatch.setattr(image, "MOST", image.LEAST - 1)
    assert not image.pays(rows_of(values, 1))


def test_an_interrupt_after_the_copy_takes_back_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = toy.as_rows(toy.run(8000))
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header())
    recorder.feed(rows[:4000])

    def interrupted(last: int) -> None:
        assert recorder._db.execute("SELECT max(seq) FROM main.events").fetchone() == (last,)
        raise KeyboardInterrupt

    monkeypatch.setattr(recorder, "_write_details", interrupted)
    with pytest.raises(KeyboardInterrupt):
        recorder.feed(rows[4000:])
    with pytest.raises(EnvironmentProblem, match="cannot continue: KeyboardInterrupt"):
        recorder.feed(rows[4000:])
    recorder.abort("stopped by Ctrl-C")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zvz"]
    with Recording(tmp_path / "a.zvz") as recording:
        assert np.array_equal(recording.events(), rows[:4000]) and len(recording.samples()) == 4000 // 256
