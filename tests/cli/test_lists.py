"""`zoneviz scenarios`, `profiles` and the help."""

import json

import pytest

from zoneviz import __version__
from zoneviz.cli import main as cli
from zoneviz.mach.profile import PROFILES, SETTINGS
from zoneviz.scenarios import scenarios


def test_scenarios_lists_all_with_their_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["scenarios", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [s["name"] for s in told] == list(scenarios())
    assert {"boot", "kernel-loop", "kernel-ops", "fork-bomb"} <= {s["name"] for s in told}
    operation = next(p for s in told if s["name"] == "kernel-loop" for p in s["parameters"] if p["name"] == "operation")
    assert operation["kind"] == "choice" and "task_create" in operation["choices"]
    assert cli.main(["scenarios"]) == 0
    out = capsys.readouterr().out
    assert all(s["name"] in out and p["name"] in out for s in told for p in s["parameters"])


def test_profiles_lists_all_with_their_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["profiles", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [p["name"] for p in told] == list(PROFILES)
    assert [p["name"] for p in told if p["default"]] == ["antrik-2005"]
    assert all(list(p["settings"]) == list(SETTINGS) for p in told)
    assert cli.main(["profiles"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in (*PROFILES, *SETTINGS))


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb, "--help"]) == 0
    assert "Usage: zoneviz" in capsys.readouterr().out


def test_the_verbs_are_those_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert {command.name for command in cli.app.registered_commands} == set(cli.VERBS)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"zoneviz {__version__}\n"
