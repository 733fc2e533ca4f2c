"""`zoneviz info`."""

import json
from pathlib import Path

import pytest

from zoneviz.cli import main as cli
from zoneviz.events import Catalog, Kind, ZoneInfo
from zoneviz.recording import Header, Recorder


def test_the_header_is_printed(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", str(booted), "--json"]) == 0
    header = json.loads(capsys.readouterr().out)
    assert (header["scenario"], header["outcome"], header["panic"]) == ("boot", "booted", None)
    assert cli.main(["info", str(booted)]) == 0
    out = capsys.readouterr().out
    assert "booted" in out and header["digest"] in out


def test_names_in_a_recording_are_printed_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Markup stays literal and control characters are escaped, in `info` and in `state`."""
    catalog = Catalog()
    recorder = Recorder(tmp_path / "a.zvz", catalog, Header(scenario="[red]evil[/red] \x1b[2J:smile:", profile="p"))
    catalog.zones.append(ZoneInfo(1, "[bold]zone[/] \x1b]0;title\x07\n", 100, 4096, 4096, ""))
    recorder.sink((int(Kind.ZINIT), 1, 0, 0, 0, 1, 0, 100, 4096))
    recorder.finish("finished", {"panic": None})
    assert cli.main(["info", str(tmp_path / "a.zvz")]) == 0
    out = capsys.readouterr().out
    assert "[red]evil[/red] \\x1b[2J:smile:" in out and "\x1b" not in out
    assert cli.main(["state", str(tmp_path / "a.zvz"), "--at", "end"]) == 0
    out = capsys.readouterr().out
    assert "[bold]zone[/] \\x1b]0;title\\x07\\n" in out and "\x1b" not in out
    assert cli.main(["state", str(tmp_path / "a.zvz"), "--at", "end", "--json"]) == 0
    assert capsys.readouterr().out.isascii()
