"""Of a damaged packed recording, repair saves what can be unpacked; tables that are not those of a recording are refused."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard

from tests.recording import toy
from tests.recording.test_recorder import record
from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.recording import Recording, pack, salvage, unpack
from zoneviz.recording.columns import BLOCK
from zoneviz.recording.packed import PackedFile

EVENTS = BLOCK + 3000


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    record(folder / "a.zvz", EVENTS, [30_000], 20_000)
    pack(folder / "a.zvz", folder / "a.zvz.zst")
    return folder / "a.zvz.zst"


def places(path: Path) -> tuple[int, int, int, int]:
    """Where the tables, the first and the second block, and the checkpoints begin."""
    head = PackedFile(path).head
    tables = len(bytes(head))
    blocks = tables + head.tables[0]
    sizes = head.columns["packed"].sum(axis=1).tolist()
    return tables, blocks, blocks + sizes[0], blocks + sum(sizes)


def spoiled(path: Path, place: int, to: Path) -> Path:
    data = bytearray(path.read_bytes())
    data[place] ^= 255
    to.write_bytes(data)
    return to


def test_a_file_whose_end_is_missing(packed: Path, tmp_path: Path) -> None:
    _, _, second, states = places(packed)
    for end, count in ((states, EVENTS), (second + 10, BLOCK), (second, BLOCK)):
        (tmp_path / "b.zvz.zst").write_bytes(packed.read_bytes()[:end])
        saved = salvage(tmp_path / "b.zvz.zst")
        assert (saved.rows == toy.as_rows(toy.run(EVENTS))[:count]).all() and saved.header.scenario == "toy"
        assert saved.whole == (count == EVENTS) and any("cannot be unpacked" in sentence for sentence in saved.lost)


def test_a_damaged_block_ends_what_is_saved(packed: Path, tmp_path: Path) -> None:
    saved = salvage(spoiled(packed, places(packed)[2] + 50, tmp_path / "b.zst"))
    assert len(saved.rows) == BLOCK and not saved.whole
    with pytest.raises(InputError, match="no readable events"):
        salvage(spoiled(packed, places(packed)[1] + 50, tmp_path / "b.zst"))


def test_events_are_saved_without_the_tables(packed: Path, tmp_path: Path) -> None:
    saved = salvage(spoiled(packed, places(packed)[0] + 200, tmp_path / "b.zst"))
    assert (saved.rows == toy.as_rows(toy.run(EVENTS))).all() and not saved.whole
    assert any("its tables cannot be unpacked" in sentence for sentence in saved.lost)
    assert any("header is lost" in sentence for sentence in saved.lost)


def with_tables(path: Path, change: str, to: Path) -> Path:
    """The packed file with tables that SQL has changed."""
    file = PackedFile(path)
    data, (begin, end) = path.read_bytes(), file.tables_place()
    database = to.with_name("tables.db")
    database.write_bytes(zstandard.decompress(data[begin:end]))
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.executescript(change)
    raw = database.read_bytes()
    packed = zstandard.compress(raw)
    to.write_bytes(bytes(file.head._replace(tables=(len(packed), len(raw)))) + packed + data[end:])
    return to


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("INSERT INTO events VALUES (1, 1, 1, 1, 1, 1, 1, 1, 1, 1)", "its tables hold events"),
        ("INSERT INTO checkpoints VALUES (1, x'00')", "its tables hold events"),
        ("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM zones; END", "unexpected trigger"),
        ("DROP TABLE events; CREATE VIEW events AS SELECT 1", "missing"),
        ("PRAGMA application_id = 5", "not a zoneviz recording"),
        ("PRAGMA user_version = 99", "newer"),
        ("UPDATE recording SET first_event = 7", "begin with different events"),
        ("DELETE FROM recording", "header is missing"),
    ],
)
def test_tables_that_are_not_those_of_a_recording(packed: Path, tmp_path: Path, change: str, sentence: str) -> None:
    path = with_tables(packed, change, tmp_path / "b.zst")
    with pytest.raises(InputError, match=sentence) as caught:
        Recording(path)
    assert "\n" not in str(caught.value)


def test_no_room(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Recording(packed) as recording:
        monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1 << 20))
        work: list[Callable[[], object]] = [
            lambda: Recording(packed).query("SELECT count(*) FROM events"),
            lambda: recording.table("SELECT count(*) FROM events"),
            lambda: unpack(packed, tmp_path / "c.zvz"),
        ]
        for attempt in work:
            with pytest.raises(EnvironmentProblem, match="temporary space"):
                attempt()
        monkeypatch.undo()
        assert recording.table("SELECT count(*) FROM events").rows == [(EVENTS,)]
    assert not (tmp_path / "c.zvz").exists()
