"""Recordings packed as a whole, as they once were, open; false declarations are refused early."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard

from tests.recording import toy
from tests.recording.test_recorder import content, record
from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.recording import Recording, unpack


def pack_whole(path: Path, output: Path) -> None:
    """Pack a recording as a whole."""
    output.write_bytes(zstandard.ZstdCompressor(level=12, write_checksum=True).compress(path.read_bytes()))


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    record(tmp_path / "a.zvz", 3000, [700])
    pack_whole(tmp_path / "a.zvz", tmp_path / "a.zvz.zst")
    return tmp_path / "a.zvz.zst"


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_it_opens_and_is_unpacked(packed: Path, temporary: Path, tmp_path: Path) -> None:
    with Recording(packed) as recording:
        assert (recording.events() == toy.as_rows(toy.run(3000))).all() and recording.path == packed
        assert recording.query("SELECT count(*) AS n FROM events") == [{"n": 3000}]
        assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []
    unpack(packed, tmp_path / "b.zvz")
    assert content(tmp_path / "b.zvz") == content(tmp_path / "a.zvz")


def bomb(path: Path, size: int, declared: bool) -> None:
    head = bytearray(100)
    head[:16], head[68:72] = b"SQLite format 3\0", (0x5A6F6E65).to_bytes(4, "big")
    compressor = zstandard.ZstdCompressor(level=1, write_content_size=declared)
    with path.open("wb") as out, compressor.stream_writer(out, size=size if declared else -1) as writer:
        writer.write(bytes(head))
        for _ in range(size - 100 >> 20):
            writer.write(bytes(1 << 20))
        writer.write(bytes((size - 100) % (1 << 20)))


@pytest.mark.parametrize("declared", [True, False])
def test_a_bomb_is_refused(tmp_path: Path, temporary: Path, declared: bool) -> None:
    bomb(tmp_path / "b.zst", 300 << 20, declared)
    with pytest.raises(InputError, match="it is not a recording"):
        Recording(tmp_path / "b.zst")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data[:-40], "cut off"),
        (lambda data: data + b"more", "data after the recording"),
        (lambda data: data[:3000] + b"\xff" * 50 + data[3050:], "damaged"),
        (lambda data: zstandard.compress(b"hello" * 100), "not a zoneviz recording"),
        (lambda data: zstandard.compress(b""), "not a zoneviz recording"),
        (lambda data: data[:8], "damaged|cut off"),
        (lambda data: b"\x28\xb5\x2f\xfd", "damaged|cut off"),
    ],
)
def test_damaged_packing_is_refused(packed: Path, temporary: Path, change: object, sentence: str) -> None:
    packed.write_bytes(change(packed.read_bytes()))  # type: ignore[operator]
    with pytest.raises(InputError, match=sentence) as caught:
        Recording(packed)
    assert "\n" not in str(caught.value) and list(temporary.iterdir()) == []


def test_for_an_event_stream_the_error_names_import(tmp_path: Path) -> None:
    stream = tmp_path / "a.csv.zst"
    stream.write_bytes(zstandard.compress(b"seq,kind" * 100))
    with pytest.raises(InputError, match="use `zoneviz import`"):
        Recording(stream)


def test_no_room_to_unpack(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=10))
    with pytest.raises(EnvironmentProblem, match="temporary space"):
        Recording(packed)
