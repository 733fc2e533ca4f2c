"""Pictures painted offscreen by `python -m zoneviz.gui.pictures.picture`."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from zoneviz.gui.pictures.picture import main


@pytest.mark.parametrize(
    "options",
    [("--dark",), ("--window",), ("--window", "--dark"), ("--view", "call", "--at", "900"), ("--view", "zone map pages", "--dark")],
)
def test_a_picture_is_painted(qapp: QApplication, recorded: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    assert main([str(recorded), str(tmp_path / "a.png"), *options]) == 0
    check(tmp_path / "a.png", "--dark" in options)


def check(path: Path, dark: bool) -> None:
    """The picture has the default size, more than one colour, and the background of its theme."""
    picture = QImage(str(path))
    assert (picture.width(), picture.height()) == (1600, 1000)
    colours = {picture.pixel(x, y) for x in range(0, 1600, 7) for y in range(0, 1000, 7)}
    assert len(colours) > 8
    assert (picture.pixelColor(4, 4).lightness() < 128) == dark


def test_a_separate_process_paints_and_reports_errors_in_one_sentence(recorded: Path, tmp_path: Path) -> None:
    def draw(*arguments: Path) -> tuple[int, list[str]]:
        command = [sys.executable, "-m", "zoneviz.gui.pictures.picture", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return done.returncode, [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]

    assert draw(recorded, tmp_path / "a.png") == (0, [])
    check(tmp_path / "a.png", False)
    status, lines = draw(tmp_path / "none.zvz", tmp_path / "b.png")
    assert status == 1 and len(lines) == 1 and "Traceback" not in lines[0]


def test_an_unknown_view_and_a_missing_folder_are_usage_errors(
    qapp: QApplication, recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(recorded), str(tmp_path / "a.png"), "--view", "beauty"]) == 2
    assert "Unknown view 'beauty'. Use one of: timeline, window," in capsys.readouterr().err
    assert main([str(recorded), str(tmp_path / "no" / "folder.png")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
