"""`zoneviz doctor`."""

import json

import pytest

from zoneviz.cli import main as cli


def test_the_checks_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--json"]) == 0
    assert all({"what", "ok", "found", "remedy", "needed"} == set(check) for check in json.loads(capsys.readouterr().out))
    assert cli.main(["doctor"]) == 0 and "SQLite" in capsys.readouterr().out
