"""`zoneviz profiles`."""

import json

import pytest

from zoneviz.cli import main as cli
from zoneviz.mach.profile import PROFILES, SETTINGS


def test_all_profiles_are_listed_with_their_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["profiles", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [p["name"] for p in found] == list(PROFILES)
    assert [p["name"] for p in found if p["default"]] == ["antrik-2005"]
    assert all(list(p["settings"]) == list(SETTINGS) for p in found)
    assert cli.main(["profiles"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in (*PROFILES, *SETTINGS))
    assert "0 (no limit)" in out and "Memory of the machine." in out
