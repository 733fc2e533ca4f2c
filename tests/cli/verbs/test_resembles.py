"""The verb `resembles`: its sentence and table, JSON, captures of other systems, and files that cannot be compared."""

import json
from pathlib import Path

import pytest

from zoneviz import resources
from zoneviz.cli.main import main


def test_a_fork_bomb_looks_like_one(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resembles", str(bombed)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Looks like fork-bomb") and "zoneviz run fork-bomb --set" in out and "none of them" in out
    few = out.count("zoneviz run")
    assert main(["resembles", str(bombed), "--all"]) == 0
    assert capsys.readouterr().out.count("zoneviz run") > few


def test_json_is_the_same_as_in_the_diagnosis(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resembles", str(bombed), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["like"][0] == "fork-bomb" and found["ranked"][0]["distance"] < found["none_above"] and found["model"]
    assert main(["diagnose", str(bombed), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["resembles"] == found


def test_another_system_and_an_idle_run_look_like_none(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resembles", str(resources.folder("recordings") / "linux-sockets.zvz.zst")]) == 0
    assert capsys.readouterr().out.startswith("Looks like no known scenario: ")
    assert main(["resembles", str(booted)]) == 0
    assert capsys.readouterr().out == "Too little happens in this recording to say which scenario it looks like.\n"


def test_a_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resembles", str(tmp_path / "no.zvz")]) == 1
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1 and "no.zvz" in printed.err and printed.out == ""
