"""The verb `find`: its table, CSV and JSON, and recordings that cannot be searched."""

import csv
import io
import json
from pathlib import Path

import pytest

from zoneviz.cli.main import main


def test_the_same_as_a_table_as_csv_and_as_json(booted: Path, bombed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["find", str(booted), str(bombed), "--when", "ipc ports in use > 1000", "--workers", "1"]
    assert main([*command, "--json"]) == 0
    boot, bomb = json.loads(capfd.readouterr().out)
    assert boot["event"] is None and bomb["value"] == 1001 and bomb["outcome"] == "panic"
    assert main([*command, "--csv"]) == 0
    first, second = csv.DictReader(io.StringIO(capfd.readouterr().out))
    assert first["event"] == "" and int(second["event"]) == bomb["event"] and second["file"] == str(bombed)
    assert main(command) == 0
    out = capfd.readouterr().out
    assert "never" in out and f"{bomb['event']:,}" in out and f"{bomb['seconds']:,.3f} s" in out


def test_a_recording_that_cannot_be_searched_fails_the_command(booted: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["find", str(booted), str(tmp_path / "no.zvz"), "--when", "threads > 1", "--workers", "1"]) == 1
    printed = capfd.readouterr()
    assert str(booted) in printed.out and "no.zvz" in printed.err and printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--when", "nonsense"], "'nonsense' is not a condition such as"),
        (["--when", "no such > 5"], "Unknown figure 'no such'"),
        (["--when", "threads > 1", "--csv", "--json"], "Choose one of --csv and --json"),
        ([], "--when"),
    ],
)
def test_an_invalid_request_is_refused(words: list[str], sentence: str, booted: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["find", str(booted), *words]) == 2
    printed = capfd.readouterr()
    assert sentence in printed.err and printed.err.count("\n") == 1 and printed.out == ""
