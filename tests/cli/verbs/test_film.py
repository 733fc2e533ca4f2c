"""`zoneviz film`."""

import json
import subprocess
import sys
from pathlib import Path

from zoneviz.app import RunSpec, run


def zoneviz(*words: str | Path, where: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "zoneviz", *map(str, words)]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=120)


def test_a_film_is_made_or_refused_in_one_sentence(tmp_path: Path) -> None:
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
