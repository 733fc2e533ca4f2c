"""`zoneviz diagnose`."""

import json
from pathlib import Path

import pytest

from zoneviz import app
from zoneviz.app import RunSpec, run
from zoneviz.cli import main as cli
from zoneviz.recording import Recording


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=256K",), output=path))
    return path


def test_it_prints_every_sentence(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", str(bombed)]) == 0
    out = capsys.readouterr().out.replace("\n", " ")
    assert all(finding.sentence in out for finding in app.diagnose(bombed).findings)
    assert "The cause is a fork bomb" in out


def test_json_at_a_moment_and_over_a_range(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", str(bombed), "--range", "1000:20000", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["first"], told["at"], told["outcome"]) == (1000, 20000, "")
    assert cli.main(["diagnose", str(bombed), "--at", "panic", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pattern"] == "fork bomb"


@pytest.mark.parametrize(
    "args", [["--range", "20:10"], ["--range", "10"], ["--at", "soon"], ["--at", "5", "--range", "1:9"], ["--range", "a:"]]
)
def test_what_is_no_moment_is_one_sentence(bombed: Path, args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", str(bombed), *args]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_limits_are_tried_one_by_one(bombed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    doubled = [limit for limit in app.limits(Recording(bombed).header) if limit.setting == "zone_map_size"]
    monkeypatch.setattr("zoneviz.app.whatif.limits", lambda header: doubled)
    assert cli.main(["diagnose", str(bombed), "--limits"]) == 0
    assert "Still a panic with a zone_map of 512 KiB, twice as large" in capsys.readouterr().out.replace("\n", " ")
