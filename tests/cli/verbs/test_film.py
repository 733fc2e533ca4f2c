"""`zoneviz film`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from zoneviz.cli import main as cli
from zoneviz.cli.doors import Doors
from zoneviz.gui.pictures.films import film


def unused(*args: object) -> Any:
    raise AssertionError("not asked for")


def test_a_film_is_made_by_a_process_without_a_screen(booted: Path, tmp_path: Path) -> None:
    options = ("--seconds", "1", "--rate", "4", "--size", "300x200", "-o", "a.gif", "--json")
    command = [sys.executable, "-m", "zoneviz", "film", str(booted), *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pictures"] == 4


def test_errors_are_one_sentence(
    qapp: QApplication, booted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.gif").touch()
    for words, status in (
        (("nowhere.zvz", "-o", "b.gif"), 1),
        ((str(booted), "-o", "b.avi"), 2),
        ((str(booted), "-o", "a.gif"), 2),
        ((str(booted), "--seconds", "0", "-o", "b.gif"), 2),
        ((str(booted), "--range", "9:3", "-o", "b.gif"), 2),
    ):
        assert cli.main(["film", *words], Doors(unused, film, unused, unused, unused)) == status, words
        assert capsys.readouterr().err.count("\n") == 1, words
    assert not Path("b.gif").exists()
