"""`zoneviz verify`."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from zoneviz.cli import main as cli


@pytest.fixture
def copy(booted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(booted, tmp_path / "a.zvz"))


def test_a_valid_recording_is_two_lines_and_status_0(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", str(booted)]) == 0
    valid, reproduced = capsys.readouterr().out.splitlines()
    assert ": valid: " in valid and ": reproduced: " in reproduced
    assert cli.main(["verify", str(booted), "--quick", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] and found["reproduced"] is None


def test_the_reason_for_not_running_is_said_once(booted: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It used to read "not run again: it was not run again, as was asked"."""
    assert cli.main(["verify", str(booted), "--quick"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == f"{booted}: not run again: --quick was given."
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("UPDATE recording SET digest = 'x'")
    assert cli.main(["verify", str(copy)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == f"{copy}: not run again: the recording is invalid."


def test_what_sqlite_finds_is_on_one_line(booted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    r"""SQLite's report of a damaged page has several lines; it used to be printed with a literal \n between them."""
    damaged = tmp_path / "damaged.zvz"
    data = bytearray(booted.read_bytes())
    page = int.from_bytes(data[16:18], "big")
    for start in range(page, len(data), page):
        if data[start] == 13:  # a leaf of a table: its cells begin where they cannot
            data[start + 5 : start + 7] = b"\x00\x01"
    damaged.write_bytes(bytes(data))
    assert cli.main(["verify", str(damaged), "--quick"]) == 1
    out, err = capsys.readouterr()
    assert "\\n" not in out + err and (out + err).count("invalid") + (out + err).count("damaged") >= 1


def test_an_invalid_recording_is_status_1(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("UPDATE recording SET digest = '\x1b[2J'")
    assert cli.main(["verify", str(copy)]) == 1
    out, err = capsys.readouterr()
    assert ": invalid: " in out and "\x1b" not in out and err == ""
    assert cli.main(["verify", str(copy), "--json"]) == 1
    assert not json.loads(capsys.readouterr().out)["ok"]


def test_a_divergence_is_printed_with_its_events(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("UPDATE recording SET profile_values = replace(profile_values, '16777216', '12582912')")
    assert cli.main(["verify", str(copy)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert ": valid: " in lines[0] and ": differs from event " in lines[1]
    marks = [line[0] for line in lines[2:]]
    assert "-" in marks and "+" in marks and any("kmem_suballoc" in line or ">" in line for line in lines[2:])
