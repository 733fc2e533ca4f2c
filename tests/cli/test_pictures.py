"""`zoneviz shot` and `film`, as scripts see them: what is asked of the window's views, and the errors."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zoneviz.app import RunSpec, pack, run
from zoneviz.app.pictures import Film, Shot
from zoneviz.cli import main as cli
from zoneviz.cli.doors import Doors


def no_film(film: Film, tell: object) -> dict[str, Any]:
    raise AssertionError("no film was asked for")


def test_what_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Shot] = []

    def paint(shot: Shot) -> dict[str, Any]:
        asked.append(shot)
        return {"width": 1, "height": 2}

    words = "shot a.zvz --view pages --at panic --range 5:9 --theme dark --size 300x200 --scale 2 --no-caption --force -o b.svg --json"
    assert cli.main(words.split(), Doors(paint, no_film)) == 0
    assert asked == [Shot(Path("a.zvz"), Path("b.svg"), "pages", "panic", "5:9", "dark", 300, 200, 2.0, False, True)]
    assert json.loads(capsys.readouterr().out) == {"width": 1, "height": 2}


@pytest.mark.parametrize("size", ["5", "x", "1x", "-1x5", "9999999x1", "4x4"])
def test_sizes_that_are_none(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["shot", "a.zvz", "-o", "b.png", "--size", size], Doors(lambda shot: {}, no_film)) == 2
    assert capsys.readouterr().err.count("\n") == 1


def zoneviz(*words: str | Path, where: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "zoneviz", *map(str, words)]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=120)


def test_the_whole_way(tmp_path: Path) -> None:
    run(RunSpec("boot", output=tmp_path / "a.zvz"))
    pack(tmp_path / "a.zvz")
    done = zoneviz("shot", "a.zvz.zst", "--view", "zones", "-o", "a.png", where=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Painted a.png: 1600 x 920.\n")
    (tmp_path / "bad.zvz").write_bytes((tmp_path / "a.zvz").read_bytes()[:5000])
    for words, status in (
        (("nowhere.zvz", "-o", "b.png"), 1),
        (("bad.zvz", "-o", "b.png"), 1),
        (("a.zvz", "-o", "a.png"), 2),
        (("a.zvz", "-o", "/dev/full", "--force"), 2),
        (("a.zvz", "--view", "moon", "-o", "b.png"), 2),
        (("a.zvz", "--at", "panic", "-o", "b.png"), 2),
    ):
        done = zoneviz("shot", *words, where=tmp_path)
        assert done.returncode == status and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr, done.stderr
    assert not (tmp_path / "b.png").exists()


def test_a_film_the_whole_way(tmp_path: Path) -> None:
    run(RunSpec("boot", output=tmp_path / "a.zvz"))
    done = zoneviz("film", "a.zvz", "--seconds", "1", "--rate", "4", "--size", "300x200", "-o", "a.gif", "--json", where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pictures"] == 4
    for words, status in (
        (("nowhere.zvz", "-o", "b.gif"), 1),
        (("a.zvz", "-o", "b.avi"), 2),
        (("a.zvz", "-o", "a.gif"), 2),
        (("a.zvz", "--seconds", "0", "-o", "b.gif"), 2),
        (("a.zvz", "--range", "9:3", "-o", "b.gif"), 2),
    ):
        done = zoneviz("film", *words, where=tmp_path)
        assert done.returncode == status and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr, done.stderr
    assert not (tmp_path / "b.gif").exists()
