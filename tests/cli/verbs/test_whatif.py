"""`zoneviz whatif`."""

import json
from pathlib import Path

import pytest

from zoneviz.cli import main as cli


def test_a_policy_from_boot(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["whatif", str(bombed), "--policy", "libports=plain"]) == 0
    assert "No difference" in capsys.readouterr().out


def test_until_when_it_helps(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["whatif", str(bombed), "--policy", "map=512K", "--when", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["complete"] and found["policies"][0]["at_boot"] and found["policies"][0]["runs"] == 1


def test_a_kill_needs_a_moment(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["whatif", str(bombed), "--policy", "kill=bomb"]) != 0
    assert "kill needs --when" in capsys.readouterr().err
