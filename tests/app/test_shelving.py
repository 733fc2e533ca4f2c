"""Importing into the folder of recordings, and telling recordings from captures."""

from functools import partial
from pathlib import Path

import pytest

from zoneviz.app.captures import import_files, import_text
from zoneviz.app.parts import pack
from zoneviz.app.running import run
from zoneviz.app.shelving import CAPTURES as OTHER
from zoneviz.app.shelving import RECORDING, SCENARIO, SWEEP, Stopped, is_recording, kind_of, recordings_in, repairable, shelve
from zoneviz.app.state import open_recording
from zoneviz.errors import InputError, UsageError
from zoneviz.recording.results import Results
from zoneviz.spec import RunSpec

CAPTURES = Path(__file__).parent.parent / "importers" / "captures"
TWO_BOOTS = CAPTURES / "macos-panic"
LISTING = CAPTURES / "linux-slabinfo" / "01-rhcos-whole.slabinfo"


def test_recordings_get_the_names_of_their_files_and_never_replace_another(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "recordings"
    first, second = (shelve(partial(import_files, [LISTING]), folder) for _ in range(2))
    assert [Path(made["file"]).name for made in (first, second)] == ["01-rhcos-whole.zvz", "01-rhcos-whole-2.zvz"]
    assert sorted(path.name for path in folder.iterdir()) == ["01-rhcos-whole-2.zvz", "01-rhcos-whole.zvz"]
    with open_recording(Path(first["file"])) as recording:
        assert recording.header.kind == "sampled"


def test_each_boot_is_a_file(tmp_path: Path) -> None:
    paths = [TWO_BOOTS / "01-kalloc256-blamed-kalloc64-failed.panic", TWO_BOOTS / "02-kalloc80-apfs-tree-lookup-failed.panic"]
    made = shelve(partial(import_files, paths), tmp_path)["recordings"]
    assert sorted(one["file"] for one in made) == sorted(str(path) for path in tmp_path.iterdir())
    assert len(made) == 2


@pytest.mark.parametrize("stops_at", [0, 1, 5])
def test_nothing_is_left_of_a_stopped_import(tmp_path: Path, stops_at: int) -> None:
    """Stopped before the first file, between files, and while a recording is written."""
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > stops_at

    with pytest.raises(Stopped):
        shelve(partial(import_files, [TWO_BOOTS]), tmp_path, should_stop=should_stop)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_a_failed_import(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        shelve(partial(import_text, "hello"), tmp_path)
    with pytest.raises(UsageError):
        (tmp_path / "empty").mkdir()
        shelve(partial(import_files, [tmp_path / "empty"]), tmp_path / "made")
    assert list((tmp_path / "made").iterdir()) == []


def test_a_recording_is_known_by_its_content(tmp_path: Path) -> None:
    recording, packed = tmp_path / "a.zvz", tmp_path / "a.zvz.zst"
    run(RunSpec("boot", output=recording))
    pack(recording, packed)
    for path in (recording, packed):
        renamed = path.rename(tmp_path / f"renamed-{len(path.suffixes)}")
        assert is_recording(renamed)
    assert is_recording(tmp_path / "missing.txt")
    assert not is_recording(LISTING)
    assert not is_recording(CAPTURES)
    (tmp_path / "empty").touch()
    assert not is_recording(tmp_path / "empty")


def test_what_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("SCENARIO = 1")
    (tmp_path / "own.txt").write_text("SCENARIO = 1")
    run(RunSpec("boot", output=tmp_path / "a.zvz"))
    (tmp_path / "odd name").write_bytes((tmp_path / "a.zvz").read_bytes())
    Results(tmp_path / "renamed.zvz", {"scenario": "boot", "vary": {}}, "model", {}).close()
    found = {path.name: kind_of(path) for path in tmp_path.iterdir()}
    expected = {"own.py": SCENARIO, "own.txt": OTHER, "a.zvz": RECORDING, "odd name": RECORDING, "renamed.zvz": SWEEP}
    assert {name: found[name] for name in expected} == expected
    assert (kind_of(tmp_path), kind_of(tmp_path / "missing"), kind_of(LISTING)) == (OTHER, RECORDING, OTHER)
    assert recordings_in(tmp_path / "a.zvz") == [] and {path.name for path in recordings_in(tmp_path)} == {"a.zvz", "renamed.zvz"}


def test_only_what_begins_like_a_recording_is_repairable(tmp_path: Path) -> None:
    run(RunSpec("boot", output=tmp_path / "a.zvz"))
    pack(tmp_path / "a.zvz")
    (tmp_path / "cut.zvz").write_bytes((tmp_path / "a.zvz").read_bytes()[:5000])
    newer = bytearray((tmp_path / "a.zvz").read_bytes())
    newer[60:64] = (99).to_bytes(4, "big")
    (tmp_path / "newer.zvz").write_bytes(newer)
    (tmp_path / "text.zvz").write_text("hello")
    found = {path.name: repairable(path) for path in tmp_path.iterdir()}
    assert found == {"a.zvz": True, "a.zvz.zst": True, "cut.zvz": True, "newer.zvz": False, "text.zvz": False}
    assert not repairable(tmp_path / "missing.zvz")
