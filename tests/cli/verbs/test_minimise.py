"""`zoneviz minimise`."""

import json
from pathlib import Path

import pytest

from zoneviz.cli import main as cli
from zoneviz.scenarios import load

RUN = ["minimise", "steps", "--set", "zone_map_size=64K", "--set", "steps=ports 3; tasks 400; sleep 2"]


def test_the_result_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = tmp_path / "small.py"
    assert cli.main([*RUN, "-o", str(small)]) == 0
    out = capsys.readouterr().out
    assert "Still ends in panic (zone_map, fork bomb)" in out and str(small) in out.replace("\n", "")
    assert str(load(small).parameters[0].default).startswith("tasks ")
    assert cli.main([*RUN, "-o", str(small)]) != 0
    assert "use --force" in capsys.readouterr().err


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*RUN, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["steps"] == [3, 1] and found["outcome"] == "panic" and found["runs"] > 3


def test_arguments_that_make_no_sense_are_refused(bombed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["minimise", "steps", "-o", str(tmp_path / "a-b.txt")]) != 0
    assert "is not the name of a scenario file" in capsys.readouterr().err
    assert cli.main(["minimise", str(bombed), "--seed", "3"]) != 0
    assert "leave out --profile" in capsys.readouterr().err
