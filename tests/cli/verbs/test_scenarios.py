"""`zoneviz scenarios`."""

import json

import pytest

from zoneviz.cli import main as cli
from zoneviz.scenarios import scenarios


def test_all_scenarios_are_listed_with_their_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["scenarios", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [s["name"] for s in found] == list(scenarios())
    assert {"boot", "kernel-loop", "kernel-ops", "fork-bomb"} <= {s["name"] for s in found}
    operation = next(p for s in found if s["name"] == "kernel-loop" for p in s["parameters"] if p["name"] == "operation")
    assert operation["kind"] == "choice" and "task_create" in operation["choices"]
    assert cli.main(["scenarios"]) == 0
    out = capsys.readouterr().out
    assert all(s["name"] in out and p["name"] in out for s in found for p in s["parameters"])
