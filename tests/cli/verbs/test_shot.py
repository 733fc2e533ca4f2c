"""`zoneviz shot`: what is asked of the window's views, and the errors."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from zoneviz.app.parts import pack
from zoneviz.app.pictures import Shot
from zoneviz.cli import main as cli
from zoneviz.cli.doors import Doors
from zoneviz.gui.pictures.shots import shoot


def unused(*args: object) -> Any:
    raise AssertionError("not asked for")


def painter(asked: list[Shot]) -> Doors:
    """Doors that only note which pictures were asked for."""

    def paint(shot: Shot) -> dict[str, Any]:
        asked.append(shot)
        return {"width": 1, "height": 2}

    return Doors(paint, unused, unused, unused, unused)


def test_every_option_reaches_the_painter(capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Shot] = []
    words = "shot a.zvz --view pages --at panic --range 5:9 --theme dark --size 300x200 --scale 2 --no-caption --force -o b.svg --json"
    assert cli.main(words.split(), painter(asked)) == 0
    assert asked == [Shot(Path("a.zvz"), Path("b.svg"), "pages", "panic", "5:9", "dark", 300, 200, 2.0, False, True)]
    assert json.loads(capsys.readouterr().out) == {"width": 1, "height": 2}


@pytest.mark.parametrize("size", ["5", "x", "1x", "-1x5", "9999999x1", "4x4"])
def test_invalid_sizes_are_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Shot] = []
    assert cli.main(["shot", "a.zvz", "-o", "b.png", "--size", size], painter(asked)) == 2
    assert capsys.readouterr().err.count("\n") == 1 and asked == []


def test_a_picture_is_painted_by_a_process_without_a_screen(booted: Path, tmp_path: Path) -> None:
    pack(booted, tmp_path / "a.zvz.zst")
    command = [sys.executable, "-m", "zoneviz", "shot", "a.zvz.zst", "--view", "zones", "-o", "a.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Wrote a.png: 1600 x 920 pixels.\n")


def test_errors_are_one_sentence(
    qapp: QApplication, booted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.zvz").write_bytes(booted.read_bytes())
    Path("bad.zvz").write_bytes(booted.read_bytes()[:5000])
    Path("a.png").touch()
    for words, status in (
        (("nowhere.zvz", "-o", "b.png"), 1),
        (("bad.zvz", "-o", "b.png"), 1),
        (("a.zvz", "-o", "a.png"), 2),
        (("a.zvz", "-o", "/dev/full", "--force"), 2),
        (("a.zvz", "--view", "moon", "-o", "b.png"), 2),
        (("a.zvz", "--at", "panic", "-o", "b.png"), 2),
    ):
        assert cli.main(["shot", *words], Doors(shoot, unused, unused, unused, unused)) == status, words
        assert capsys.readouterr().err.count("\n") == 1, words
    assert not Path("b.png").exists()
