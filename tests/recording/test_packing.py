"""Packed recordings open like plain ones, without being unpacked."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Thread

import pytest
import zstandard

from tests.recording import toy
from tests.recording.test_recorder import content, record
from zoneviz.errors import InputError, UsageError
from zoneviz.recording import Header, Recorder, Recording, pack, unpack

DATA = Path(__file__).parent / "data"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    record(tmp_path / "a.zvz", 3000, [700])
    return tmp_path / "a.zvz"


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_packed_recording_is_equal_and_leaves_no_files(good: Path, temporary: Path) -> None:
    packed = good.with_name("b.zvz.zst")
    size = pack(good, packed)
    assert size == packed.stat().st_size < good.stat().st_size / 3
    with Recording(good) as plain, Recording(packed) as recording:
        assert recording.header == plain.header and recording.path == packed
        assert (recording.events() == plain.events()).all()
        folder = next(temporary.iterdir())
        assert folder.stat().st_mode & 0o077 == 0
    assert list(temporary.iterdir()) == []


def test_an_unpacked_copy_can_be_lent(good: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = good.with_name("b.zvz.zst")
    pack(good, packed)
    with Recording(packed) as first:
        copy = first.lend()
        events = first.events()
    monkeypatch.setattr("zoneviz.recording.copies.readable", None)
    with Recording(packed, copy) as second:
        assert second.path == packed and (second.events() == events).all()
        del copy
        assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []
    with Recording(good) as plain:
        assert plain.lend() is None


def test_all_readers_of_a_packed_recording_share_one_copy(good: Path, temporary: Path) -> None:
    packed = good.with_name("b.zvz.zst")
    pack(good, packed)
    packed.chmod(0o400)
    before = packed.read_bytes(), packed.stat().st_mtime_ns
    with Recording(packed) as first:
        found: list[int] = []

        def read() -> None:
            with Recording(packed) as own:
                found.append(len(own.events()))

        threads = [Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [first.event_count] * 4
        assert len(list(temporary.iterdir())) == 1
        assert (first.events() == first.events()).all()
    assert list(temporary.iterdir()) == []
    assert (packed.read_bytes(), packed.stat().st_mtime_ns) == before
    with pytest.raises(ZeroDivisionError), Recording(packed), Recording(packed):
        _ = 1 // 0
    assert list(temporary.iterdir()) == []


def test_a_replaced_file_is_unpacked_again(good: Path, tmp_path: Path, temporary: Path) -> None:
    packed = good.with_name("b.zvz.zst")
    pack(good, packed)
    record(tmp_path / "c.zvz", 500, [200])
    with Recording(packed) as first:
        pack(tmp_path / "c.zvz", packed, force=True)
        with Recording(packed) as second:
            assert (first.event_count, second.event_count) == (len(first.events()), len(second.events()))
            assert first.event_count != second.event_count
            assert len(list(temporary.iterdir())) == 2
    assert list(temporary.iterdir()) == []


def test_packing_is_deterministic(good: Path) -> None:
    for name in ("b", "c"):
        pack(good, good.with_name(name))
    assert good.with_name("b").read_bytes() == good.with_name("c").read_bytes()
    with pytest.raises(UsageError, match="--force"):
        pack(good, good.with_name("b"))
    with pytest.raises(InputError, match="already packed"):
        pack(good.with_name("b"), good.with_name("d"))
    (good.parent / "text").write_text("x" * 200)
    with pytest.raises(InputError):
        pack(good.parent / "text", good.with_name("d"))
    assert not good.with_name("d").exists() and not list(good.parent.glob(".*"))


def test_a_recording_left_open_is_packed_with_its_committed_events(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header())
    for event in toy.run(500):
        recorder.sink(event)
    recorder.commit()
    pack(tmp_path / "a.zvz", tmp_path / "b.zst")
    recorder.abort("enough")
    with Recording(tmp_path / "b.zst") as recording:
        assert recording.event_count == 500 and not recording.complete and not recording.refresh()


@pytest.mark.parametrize("step", [100, 1000])
def test_unpacking_gives_the_same_rows(tmp_path: Path, step: int) -> None:
    """Of all tables, checkpoints byte by byte, in several groups too; and packed again the same bytes."""
    record(tmp_path / "a.zvz", 3000, [700], step)
    packed, again = tmp_path / "a.zvz.zst", tmp_path / "b.zvz"
    pack(tmp_path / "a.zvz", packed)
    assert unpack(packed, again) == again.stat().st_size
    assert content(again) == content(tmp_path / "a.zvz")
    assert pack(again, tmp_path / "b.zst") and (tmp_path / "b.zst").read_bytes() == packed.read_bytes()
    with pytest.raises(InputError, match="is not packed"):
        unpack(again, tmp_path / "c.zvz")
    with pytest.raises(UsageError, match="--force"):
        unpack(packed, again)


def test_zstd_finds_a_packed_recording_valid(good: Path) -> None:
    """It is a stream of zstd frames: what a program for zstd unpacks is the tables and then the rest."""
    pack(good, good.with_name("b.zst"))
    unzstd = zstandard.ZstdDecompressor()
    with good.with_name("b.zst").open("rb") as opened, unzstd.stream_reader(opened, read_across_frames=True) as reader:
        assert reader.read(16) == b"SQLite format 3\0"
        while reader.read(1 << 16):
            pass


def test_the_recording_of_format_1_opens() -> None:
    with Recording(DATA / "format-1.zvz.zst") as recording:
        assert recording.header.format == 1 and recording.header.digest == "121964b445d644506c742db52becd247"
        assert (recording.events() == toy.as_rows(toy.run(1500))).all()
        assert len(recording.samples()) == 6 and recording.checkpoint(1500) is not None
        for name in ("zones", "maps", "tasks", "threads"):
            assert getattr(recording.catalog, name) == getattr(toy.catalog(), name)


READ_ONLY = """
import os, sys
sys.path.insert(0, {root!r})
from zoneviz.recording import Recording
os.setgroups([]); os.setgid(65534); os.setuid(65534)
for name in sys.argv[1:]:
    with Recording(name) as recording:
        print(recording.event_count, len(recording.events()))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become nobody")
def test_recordings_open_in_a_read_only_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Closed, packed, and left open; no file is created."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record(folder / "a.zvz", 1000, [700])
        pack(folder / "a.zvz", folder / "b.zvz.zst")
        code = (
            f"import sys, os, signal; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
            "from tests.recording import toy\nfrom zoneviz.recording import Header, Recorder\n"
            f"r = Recorder({str(folder / 'c.zvz')!r}, toy.catalog(), Header())\n"
            "for e in toy.run(800): r.sink(e)\nr.commit()\nos.kill(os.getpid(), signal.SIGKILL)"
        )
        subprocess.run([sys.executable, "-c", code], check=False)
        (folder / "c.zvz-shm").unlink()
        folder.chmod(0o755)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert "c.zvz-wal" in before
        command = [sys.executable, "-c", READ_ONLY.format(root=str(Path(__file__).parents[2]))]
        done = subprocess.run([*command, *(str(folder / n) for n in ("a.zvz", "b.zvz.zst", "c.zvz"))], capture_output=True, text=True)
        assert done.stdout.split() == ["1000", "1000", "1000", "1000", "800", "800"], done.stderr
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_lone_file_in_wal_mode_stays_alone(good: Path) -> None:
    db = sqlite3.connect(good)
    db.execute("PRAGMA journal_mode = WAL")
    db.close()
    before = good.read_bytes()
    with Recording(good) as recording:
        recording.events()
        assert [path.name for path in good.parent.iterdir()] == ["a.zvz"]
    assert good.read_bytes() == before
