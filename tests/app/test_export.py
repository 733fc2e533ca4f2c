"""Exports are complete or leave nothing; an invalid request is one sentence."""

import os
import stat
from pathlib import Path

import pytest

from tests.recording import live_machine, toy
from zoneviz.app.export import export
from zoneviz.app.notes import Note, file_of, write
from zoneviz.app.writing import written
from zoneviz.errors import EnvironmentProblem, InputError, UsageError
from zoneviz.exporters import exporters
from zoneviz.recording import Header, Recorder, Recording, pack


@pytest.fixture
def made(tmp_path: Path) -> Path:
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header(seed=1))
    for event in toy.run(2000):
        recorder.sink(event)
    recorder.finish("panic", {})
    return tmp_path / "a.zvz"


@pytest.mark.parametrize("name", exporters())
def test_every_format_of_a_plain_and_a_packed_recording(made: Path, tmp_path: Path, name: str) -> None:
    packed = tmp_path / "a.zvz.zst"
    pack(made, packed)
    progress = []
    export(made, name, tmp_path / "1", on_progress=lambda done, of: progress.append((done, of)))
    export(packed, name, tmp_path / "2")
    one, two = (tmp_path / "1").read_bytes(), (tmp_path / "2").read_bytes()
    assert one and one.replace(b"a.zvz", b"") == two.replace(b"a.zvz.zst", b"")
    assert all(0 <= done <= of for done, of in progress)


def test_an_existing_file_stays_until_forced(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    out.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        export(made, "csv", out)
    assert out.read_text() == "mine"
    export(made, "csv", out, view="zones", force=True)
    assert out.read_text().startswith("name,") and os.listdir(tmp_path).count("x.csv") == 1


def test_a_failed_export_leaves_nothing(made: Path, tmp_path: Path) -> None:
    before = sorted(os.listdir(tmp_path))
    out = tmp_path / "x.csv"
    with pytest.raises(InputError), written(out) as file:
        file.write(b"half")
        raise InputError("It is damaged.")
    with pytest.raises(EnvironmentProblem, match=r"^.*x\.csv cannot be written: No space left on device\.$"), written(out):
        raise OSError(28, "No space left on device")
    assert sorted(os.listdir(tmp_path)) == before
    with pytest.raises(EnvironmentProblem, match="No space left"):
        export(made, "csv", Path("/dev/full"))
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"to": "excel"}, "Unknown format"),
        ({"view": "moons"}, "no view"),
        ({"to": "stacks", "view": "zones"}, "takes no --view"),
        ({"at": "5"}, "--range"),
        ({"view": "zones", "span": "1:2"}, "--at"),
        ({"to": "perfetto", "at": "5"}, "--range"),
        ({"to": "stacks", "span": "1:2"}, "--at"),
        ({"span": "9:3"}, "is empty"),
        ({"span": "9"}, "not a range"),
        ({"span": "9:x"}, "not a moment"),
        ({"where": "colour=red"}, "Unknown filter"),
        ({"view": "zones", "where": "task=1"}, "filtered by task"),
        ({"to": "stacks", "where": "kind=zalloc"}, "filtered by kind"),
        ({"output": Path("nowhere/x")}, "no folder"),
    ],
)
def test_an_invalid_request_is_refused(made: Path, tmp_path: Path, more: dict[str, str], words: str) -> None:
    asked = {"to": "csv", "output": tmp_path / "x"} | more
    with pytest.raises(UsageError, match=words):
        export(made, **asked)  # type: ignore[arg-type]
    assert not (tmp_path / "x").exists()


def test_notes_are_exported(made: Path, tmp_path: Path) -> None:
    with Recording(made) as recording:
        write(file_of(recording), recording, [Note(7, "remember this")])
    export(made, "perfetto", tmp_path / "x.pftrace")
    assert b"note: remember this" in (tmp_path / "x.pftrace").read_bytes()


def test_only_allocations_are_sorted_and_cut(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    export(made, "csv", out, view="allocations-by-zone", sort="hits,bytes", top=2)
    assert len(out.read_text().splitlines()) == 3
    with pytest.raises(UsageError, match=r"^The view zones cannot be sorted or cut; --sort and --top are for allocations-by-site, "):
        export(made, "csv", out, view="zones", top=2, force=True)
    with pytest.raises(UsageError, match=r"^Unknown order 'size'\. Use: bytes, hits, frag, pingpong, "):
        export(made, "kmem-stat", out, sort="hits,size", force=True)
    with pytest.raises(UsageError, match=r"a\.zvz does not say which processor freed an element; sort by something else than pingpong\.$"):
        export(made, "kmem-stat", out, sort="pingpong", force=True)


def test_without_allocations_nothing_is_counted(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "b.zvz", toy.catalog(), Header(shows=frozenset({"zones", "elements"})))
    recorder.finish("finished", {})
    with pytest.raises(UsageError, match=r"b\.zvz has no allocations to count\. This recording has no call paths.*allocated the memory\.$"):
        export(tmp_path / "b.zvz", "kmem-stat", tmp_path / "x")
    live_machine.record(tmp_path / "c.zvz", 2).finish("finished")
    with pytest.raises(UsageError, match=r"c\.zvz has no allocations to count\..* Record it with --events\.$"):
        export(tmp_path / "c.zvz", "kmem-stat", tmp_path / "x")
