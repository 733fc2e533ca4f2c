"""Renaming a draft, and leaving WAL mode while a reader is active."""

import os
import sqlite3
from pathlib import Path

import pytest

from zoneviz.errors import UsageError
from zoneviz.recording import files


def make(path: Path, force: bool, text: str = "new") -> None:
    draft = files.draft(path, force)
    draft.write_text(text)
    files.settle(draft, path, force)
    files.remove(draft)


def test_two_drafts_cannot_take_one_name(tmp_path: Path) -> None:
    make(tmp_path / "a", False)
    with pytest.raises(UsageError, match="--force"):
        files.draft(tmp_path / "a", False)
    late = files.draft(tmp_path / "b", False)
    make(tmp_path / "b", False)
    with pytest.raises(UsageError, match="--force"):
        files.settle(late, tmp_path / "b", False)


def test_without_links_two_drafts_cannot_take_one_name_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    late = files.draft(tmp_path / "a", False)
    make(tmp_path / "a", False)
    with pytest.raises(UsageError, match="--force"):
        files.settle(late, tmp_path / "a", False)
    assert (tmp_path / "a").read_text() == "new"


def test_force_removes_the_old_database_with_its_wal(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        (tmp_path / f"a{suffix}").write_text("old")
    make(tmp_path / "a", True)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a", "new")]
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_reader_that_stays_leaves_a_valid_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    writer, reader = (sqlite3.connect(tmp_path / "a", timeout=0) for _ in range(2))
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE TABLE t (x)")
    reader.execute("SELECT * FROM t").fetchall()
    files.leave_wal(writer)
    assert waits and writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    reader.close()
    files.leave_wal(writer)
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    writer.close()


def test_the_size_of_a_database_includes_what_is_not_merged_yet(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    path.write_bytes(b"x" * 100)
    assert files.size(path) == 100
    (tmp_path / "a.zvz-wal").write_bytes(b"x" * 40)
    assert files.size(path) == 140
    with pytest.raises(FileNotFoundError):
        files.size(tmp_path / "none.zvz")
