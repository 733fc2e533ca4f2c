"""Films have the requested pictures, each at its moment; no file is left half written."""

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from PySide6.QtWidgets import QApplication

from zoneviz.app.pictures import Film
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.gui.pictures.films import film


@pytest.mark.parametrize("ending", ["gif", "apng", "png"])
def test_a_film_has_its_pictures(qapp: QApplication, recorded: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"a.{ending}"
    told: list[tuple[int, int]] = []
    wanted = Film(recorded, out, "pages", width=300, height=200, seconds=2, rate=3, span="10:8000")
    found = film(wanted, lambda done, of: told.append((done, of)))
    assert told == [(i, 6) for i in range(1, 7)]
    assert (found["pictures"], found["first"], found["last"], found["bytes"]) == (6, 10, 8000, out.stat().st_size)
    with Image.open(out) as read:
        assert read.size == (300, 220) == (found["width"], found["height"])
        assert getattr(read, "n_frames", 1) == 6
        pictures = []
        for i in range(6):
            read.seek(i)
            pictures.append(read.convert("RGB"))
        assert all(ImageChops.difference(a, b).getbbox() for a, b in pairwise(pictures))


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not there")
def test_an_mp4_is_written_by_ffmpeg(qapp: QApplication, recorded: Path, tmp_path: Path) -> None:
    film(Film(recorded, tmp_path / "a.mp4", "heatmap", width=301, height=201, seconds=1, rate=4))
    probe = subprocess.run(["ffmpeg", "-v", "error", "-i", str(tmp_path / "a.mp4"), "-f", "null", "-"], capture_output=True, text=True)
    assert probe.returncode == 0 and probe.stderr == ""


def test_a_missing_ffmpeg_is_reported(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(EnvironmentProblem, match="ffmpeg"):
        film(Film(recorded, tmp_path / "a.mp4"))
    assert not (tmp_path / "a.mp4").exists()


def test_invalid_films_are_rejected(recorded: Path, tmp_path: Path) -> None:
    for wanted in (
        Film(recorded, tmp_path / "a.avi"),
        Film(recorded, tmp_path / "a.gif", rate=0),
        Film(recorded, tmp_path / "a.gif", seconds=9999),
        Film(recorded, tmp_path / "a.gif", seconds=600, rate=60),
    ):
        with pytest.raises(UsageError):
            film(wanted)
