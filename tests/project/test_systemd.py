"""The example of a service: systemd accepts it, and zoneviz accepts its command."""

import configparser
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from zoneviz.cli.main import command
from zoneviz.resources import folder

UNIT = folder("resources") / "systemd" / "zoneviz-record.service"


def service() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT)
    return parser["Service"]


def test_its_command_is_valid() -> None:
    program, verb, *arguments = shlex.split(service()["ExecStart"])
    assert Path(program).name == "zoneviz" and verb == "record"
    given = command("record").make_context("record", arguments).params
    assert given["alert"] == ["SUnreclaim > 2G"] and (given["keep"], given["alert_before"]) == ("24h", "2h")


def test_systemd_takes_an_alert_as_success() -> None:
    found = service()
    assert (found["Type"], found["SuccessExitStatus"], found["Restart"], found["StateDirectory"]) == ("exec", "3", "on-failure", "zoneviz")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing")
def test_systemd_accepts_it(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/usr/local/bin/zoneviz", sys.executable))  # the program must exist
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if UNIT.name in line] == [] and done.returncode == 0, done.stderr
