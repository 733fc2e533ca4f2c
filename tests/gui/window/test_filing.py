"""Recordings are renamed, moved to the trash and put back, with what a killed program left beside them."""

from pathlib import Path

import pytest

from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.gui.window.filing import discard, put_back, rename, renamed


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The desktop's trash, in a folder of the test."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash"


@pytest.mark.parametrize("left", [(), ("-wal", "-shm")])
def test_a_recording_goes_to_the_trash_and_back(trash: Path, tmp_path: Path, left: tuple[str, ...]) -> None:
    path = tmp_path / "a.zvz"
    for suffix in ("", *left):
        Path(f"{path}{suffix}").write_text(f"content{suffix}")
    gone = discard(path)
    assert not list(tmp_path.glob("a.zvz*"))
    put_back(gone)
    assert path.read_text() == "content" and not list(trash.glob("*/*"))
    assert Path(f"{path}-wal").exists() == bool(left), "its newest events"


def test_nothing_moves_where_the_file_cannot_be_moved(trash: Path, tmp_path: Path) -> None:
    beside = tmp_path / "gone.zvz-wal"
    beside.touch()
    with pytest.raises(EnvironmentProblem, match=r"gone.zvz cannot be moved to the trash. Delete the file in its folder"):
        discard(tmp_path / "gone.zvz")
    assert beside.exists()


def test_putting_back_overwrites_nothing(trash: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    path.write_text("old")
    gone = discard(path)
    path.write_text("new")
    with pytest.raises(UsageError, match="exists again"):
        put_back(gone)
    assert path.read_text() == "new"
    path.unlink()
    (trash / "files" / "a.zvz").unlink()
    with pytest.raises(EnvironmentProblem, match="cannot be put back"):
        put_back(gone)


@pytest.mark.parametrize(
    ("name", "typed", "new"),
    [
        ("a.zvz", "b", "b.zvz"),
        ("a.zvz", " b.zvz ", "b.zvz"),
        ("a.zvz.zst", "b c", "b c.zvz.zst"),
        ("a.zvz", "a", "a.zvz"),
        ("a.zvz", "1.5 GiB", "1.5 GiB.zvz"),
    ],
)
def test_a_new_name_keeps_the_ending(tmp_path: Path, name: str, typed: str, new: str) -> None:
    assert renamed(tmp_path / name, typed) == tmp_path / new


@pytest.mark.parametrize("typed", ["", "  ", ".hidden", "../b", "a/b", "a\0", "a\nb", "taken"])
def test_invalid_and_taken_names_are_refused(tmp_path: Path, typed: str) -> None:
    (tmp_path / "taken.zvz").touch()
    with pytest.raises(UsageError, match=r"(is not a valid name|exists already)\. ?"):
        renamed(tmp_path / "a.zvz", typed)


def test_what_is_beside_a_recording_is_renamed_too(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"a.zvz{suffix}").write_text(suffix)
    rename(tmp_path / "a.zvz", tmp_path / "b.zvz")
    assert {path.name for path in tmp_path.iterdir()} == {"b.zvz", "b.zvz-wal"}
    with pytest.raises(EnvironmentProblem, match=r"a.zvz cannot be renamed"):
        rename(tmp_path / "a.zvz", tmp_path / "c.zvz")
