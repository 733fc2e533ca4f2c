"""`zoneviz export`."""

import csv
import io
import json
from pathlib import Path

import pytest

from zoneviz.cli import main as cli


def test_to_a_file_and_to_standard_output(booted: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    out = str(tmp_path / "x.csv")
    assert cli.main(["export", str(booted), "--to", "csv", "--view", "zones", "-o", out]) == 0
    shown, said = capfdbinary.readouterr()
    assert shown == b"" and said == f"Wrote {out}.\n".encode()
    assert cli.main(["export", str(booted), "--to", "csv", "--view", "zones", "-o", "-"]) == 0
    shown, said = capfdbinary.readouterr()
    assert shown == Path(out).read_bytes() and said == b""
    rows = list(csv.DictReader(io.StringIO(shown.decode())))
    assert {"zones", "threads"} <= {row["name"] for row in rows}


def test_json_says_what_was_written(booted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "x.json")
    assert cli.main(["export", str(booted), "--to", "jsonl", "--range", "10:20", "-o", out, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": out, "format": "jsonl", "view": "events", "first": 10, "last": 20}
    assert len(Path(out).read_text().splitlines()) == 11
    assert cli.main(["export", str(booted), "--to", "stacks", "--at", "50", "-o", out, "--json", "--force"]) == 0
    assert json.loads(capsys.readouterr().out)["at"] == 50


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["nowhere.zvz", "--to", "csv", "-o", "x"], 1),
        ([__file__, "--to", "csv", "-o", "x"], 1),
        (["/", "--to", "csv", "-o", "x"], 1),
        (["nowhere.zvz", "--to", "csv"], 2),
        (["nowhere.zvz", "-o", "x"], 2),
        (["nowhere.zvz", "--to", "odt", "-o", "x"], 2),
        (["nowhere.zvz", "--to", "csv", "-o", "-", "--json"], 2),
    ],
)
def test_errors_are_one_sentence(
    args: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", *args]) == status
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.endswith(".\n") and not (tmp_path / "x").exists()
