"""Claiming a name, and leaving WAL mode with a reader in the way."""

import sqlite3
from pathlib import Path

import pytest

from zoneviz.errors import UsageError
from zoneviz.recording import files


def test_a_name_is_claimed_once(tmp_path: Path) -> None:
    files.claim(tmp_path / "a", False)
    with pytest.raises(UsageError, match="--force"):
        files.claim(tmp_path / "a", False)


def test_force_takes_all_that_belongs_to_the_old_one(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        (tmp_path / f"a{suffix}").write_text("old")
    files.claim(tmp_path / "a", True)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"")]


def test_a_reader_that_stays_leaves_a_good_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
