"""`zoneviz info`, `state` and `import`."""

import json
from pathlib import Path

import pytest

from zoneviz.app import RunSpec, run
from zoneviz.cli import main as cli
from zoneviz.events import Catalog, Kind, ZoneInfo
from zoneviz.recording import Header, Recorder


@pytest.fixture(scope="module")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "boot.zvz"
    run(RunSpec("boot", output=path))
    return path


def test_info_tells_the_header(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", str(booted), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["scenario"], told["outcome"], told["panic"], told["format"]) == ("boot", "booted", None, 1)
    assert cli.main(["info", str(booted)]) == 0
    out = capsys.readouterr().out
    assert "booted" in out and told["digest"] in out


@pytest.mark.parametrize("at", ["end", "100", "0"])
def test_state_tells_the_machine(booted: Path, at: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["state", str(booted), "--at", at, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"event", "counts", "zone_map", "kernel_map", "kalloc_map", "physical", "zones"} <= told.keys()
    assert cli.main(["state", str(booted), "--at", at]) == 0
    assert "kernel_map" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["info", "nowhere.zvz"], 1),
        (["info", "."], 1),
        (["info", __file__], 1),
        (["info"], 2),
        (["state", "nowhere.zvz", "--at", "end"], 1),
        (["state", "nowhere.zvz"], 2),
        (["import", "nowhere.csv", "-o", "a.zvz"], 1),
        (["import", __file__, "-o", "a.zvz"], 1),
        (["import", __file__], 2),
    ],
)
def test_what_cannot_be_read_is_one_sentence(args: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(args) == status
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.endswith(".\n") and "Traceback" not in err


def test_no_panic_is_wrong_usage(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["state", str(booted), "--at", "panic"]) == 2
    assert "holds no panic" in capsys.readouterr().err


def test_names_in_a_recording_are_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name may hold markup or a terminal's control codes: they are shown, never obeyed."""
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
