"""`zoneviz report`."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from zoneviz.cli import main as cli


def test_the_note_may_come_from_standard_input(
    booted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.zip"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"It was dark.\n")))
    assert cli.main(["report", str(booted), "--no-pictures", "--note", "-", "-o", str(out), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["files"]) == {"report.html", "report.txt", "zones.csv", "recording.zvz.zst"}
    with zipfile.ZipFile(out) as archive:
        assert b"It was dark." in archive.read("report.txt")
    assert cli.main(["report", str(booted), "--no-pictures", "-o", str(out), "--force"]) == 0
    assert capsys.readouterr().err.startswith(f"Wrote {out}: ")


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["nowhere.zvz", "--no-pictures", "-o", "r.zip"], 1),
        ([__file__, "--no-pictures", "-o", "r.zip"], 1),
        (["nowhere.zvz", "-o", "r.zip"], 1),
        (["nowhere.zvz"], 2),
        (["nowhere.zvz", "--no-recording", "--range", "1:2", "-o", "r.zip"], 2),
    ],
)
def test_errors_are_one_sentence(
    args: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["report", *args]) == status
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.endswith(".\n") and not (tmp_path / "r.zip").exists()
