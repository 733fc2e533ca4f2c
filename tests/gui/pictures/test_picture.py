"""Pictures made without a screen, in a process of their own."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage


def draw(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "zoneviz.gui.pictures.picture", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "options",
    [(), ("--dark",), ("--window",), ("--window", "--dark"), ("--view", "call", "--at", "900"), ("--view", "zone map pages", "--dark")],
)
def test_a_picture(recorded: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    done = draw(recorded, tmp_path / "a.png", *options)
    assert done.returncode == 0, done.stderr
    picture = QImage(str(tmp_path / "a.png"))
    assert (picture.width(), picture.height()) == (1600, 1000)
    colours = {picture.pixel(x, y) for x in range(0, 1600, 7) for y in range(0, 1000, 7)}
    assert len(colours) > 8
    assert (picture.pixelColor(4, 4).lightness() < 128) == ("--dark" in options)


def test_a_view_that_is_none(recorded: Path, tmp_path: Path) -> None:
    done = draw(recorded, tmp_path / "a.png", "--view", "beauty")
    assert done.returncode == 2 and "There is no view 'beauty'; there are: timeline, window," in done.stderr


def test_errors_are_one_sentence(recorded: Path, tmp_path: Path) -> None:
    for status, arguments in ((1, (tmp_path / "none.zvz", tmp_path / "a.png")), (2, (recorded, tmp_path / "no" / "folder.png"))):
        done = draw(*arguments)
        assert done.returncode == status
        lines = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
        assert len(lines) == 1 and "Traceback" not in done.stderr
