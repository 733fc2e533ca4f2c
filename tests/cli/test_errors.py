"""Every verb with hostile input or an output that cannot be written: one sentence, a status that is not 0, and nothing left behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from zoneviz import __main__ as program
from zoneviz.cli import main as cli
from zoneviz.cli.doors import Doors
from zoneviz.cli.errors import reported
from zoneviz.cli.manual import Command, commands

VERBS = {command.name: command for command in commands()}
READING = [name for name, command in VERBS.items() if any(o.required and o.argument for o in command.options) and name != "run"]
WRITING = [name for name, command in VERBS.items() if any("--output" in o.names for o in command.options)]
VALUES = {"--to": "csv", "--at": "end", "--from": "1"}
SUFFIX = {"shot": ".png", "film": ".gif", "report": ".zip", "compare": ".html", "claims": ".json", "export": ".csv", "pack": ".zst"}
QUICK = {"claims": ["--ids", "S1", "--seeds", "1"], "report": ["--no-pictures"]}


def words(command: Command, file: Path, output: Path) -> list[str]:
    """The verb with `file` for all its files and `output`, and a valid value for what else it needs."""
    out = [command.name, *QUICK.get(command.name, [])]
    for option in command.options:
        if option.argument and option.required:
            out.append("boot" if option.names[0] == "SCENARIO" else str(file))
        elif "--output" in option.names:
            out += ["-o", str(output)]
        elif option.required:
            out += [option.names[0], "end" if (command.name, option.names[0]) == ("slice", "--to") else VALUES[option.names[0]]]
    return out


def call(args: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit status and what was printed on stderr; nothing may be printed on stdout."""
    doors = Doors(program._paint, program._film, lambda: "There is no display", program._window, program._draw)
    status = cli.main(args, doors)
    out, err = capfd.readouterr()
    assert out == "", out
    return status, err


@pytest.fixture(params=["missing", "a folder", "empty", "text", "truncated", "device", "strange name"])
def hostile(request: pytest.FixtureRequest, tmp_path: Path, booted: Path) -> Path:
    """A path of something other than a valid recording."""
    path = tmp_path / "a.zvz"
    if request.param == "a folder":
        path.mkdir()
    elif request.param == "empty":
        path.touch()
    elif request.param == "text":
        path.write_text("not SQLite\n" * 100)
    elif request.param == "truncated":
        path.write_bytes(booted.read_bytes()[:5000])
    elif request.param == "device":
        return Path("/dev/null")
    elif request.param == "strange name":
        return tmp_path / "\udcff\x1b[2J\n.zvz"
    return path


@pytest.mark.parametrize("verb", READING)
def test_a_hostile_file_is_one_sentence(verb: str, hostile: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / f"out{SUFFIX.get(verb, '.zvz')}"
    status, err = call(words(VERBS[verb], hostile, output), capfd)
    assert status in (1, 2) and err.count("\n") == 1 and err.endswith(".\n") and "Traceback" not in err and "\x1b" not in err, err
    assert not output.exists() and not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("verb", WRITING)
@pytest.mark.parametrize("place", ["no folder", "a folder", "existing", "below a file"])
def test_an_output_that_cannot_be_written_is_one_sentence(
    verb: str, place: str, booted: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    suffix = SUFFIX.get(verb, ".zvz")
    file, output = Path(shutil.copy(booted, tmp_path / "a.zvz")), tmp_path / f"out{suffix}"
    if place == "no folder":
        output = tmp_path / "nowhere" / f"out{suffix}"
    elif place == "a folder":
        output.mkdir()
    elif place == "existing":
        output.write_text("mine")
    elif place == "below a file":
        output = file / f"out{suffix}"
    args = words(VERBS[verb], file, output)
    if verb == "import":
        args[1] = str(Path(__file__).parents[1] / "importers" / "data" / "10_forkrun_12m.csv.zst")
    status, err = call(args, capfd)
    assert status in (1, 2) and err.count("\n") == 1 and err.endswith(".\n") and "Traceback" not in err, err
    assert place != "existing" or output.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_a_bug_of_ours_is_a_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        reported(lambda: 1 // 0)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("args", [["profiles"], ["scenarios", "--json"], ["--version"], ["--help"]], ids=" ".join)
def test_a_full_standard_output_is_one_sentence(args: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "zoneviz", *args], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "No space left" in done.stderr, done.stderr
