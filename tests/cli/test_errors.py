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
NOT_READING = ("run", "sweep", "find")
"""Verbs whose argument is a scenario, and one that prints a row for each file that it cannot read."""
READING = [name for name, command in VERBS.items() if any(o.required and o.argument for o in command.options) and name not in NOT_READING]
WRITING = [name for name, command in VERBS.items() if any("--output" in o.names for o in command.options)]
VALUES = {"--to": "csv", "--at": "end", "--from": "1", "--vary": "zone_map_size=2M,3M"}
SUFFIX = {"shot": ".png", "film": ".gif", "report": ".zip", "compare": ".html", "claims": ".json", "export": ".csv", "pack": ".zst"} | {
    "sweep": ".zvs", "minimise": ".py",
}  # fmt: skip
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
        (output / "10_forkrun_12m.csv.zvz").mkdir(parents=True)  # import writes into a folder
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


@pytest.mark.parametrize("verb", [name for name in WRITING if name in READING])
def test_what_is_read_is_not_overwritten_even_by_force(
    verb: str, booted: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    suffix = {"shot": ".png", "film": ".gif", "minimise": ".py"}.get(verb, ".zvz")
    file = Path(shutil.copy(booted, tmp_path / f"a{suffix}"))
    (tmp_path / f"link{suffix}").symlink_to(file)
    before = file.read_bytes()
    status, err = call([*words(VERBS[verb], file, tmp_path / f"link{suffix}"), "--force"], capfd)
    assert status == 2 and "is the file that is read" in err and err.count("\n") == 1
    assert file.read_bytes() == before


def test_a_variant_does_not_overwrite_its_original(booted: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = Path(shutil.copy(booted, tmp_path / "a.zvz"))
    status, err = call(["run", "boot", "--against", str(file), "-o", str(file), "--force"], capfd)
    assert status == 2 and "is the file that is read" in err and file.read_bytes() == booted.read_bytes()


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["run", "boot", "--profile", "", "--no-record"], "profile=''"),
        (["export", "FILE", "--to", "stacks", "--at", "", "-o", "OUT"], "'' is not a moment"),
        (["report", "FILE", "--at", "", "--no-pictures", "-o", "OUT"], "'' is not a moment"),
        (["shot", "FILE", "--scale", "1e-9", "-o", "OUT.png"], "The scale 1e-09 is not"),
        (["shot", "FILE", "--scale", "nan", "-o", "OUT.png"], "The scale nan is not"),
    ],
)
def test_an_empty_or_absurd_value_is_refused(
    args: list[str], sentence: str, booted: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """An empty value used to mean the default."""
    given = [arg.replace("FILE", str(booted)).replace("OUT", str(tmp_path / "out")) for arg in args]
    status, err = call(given, capfd)
    assert status == 2 and sentence in err and err.count("\n") == 1 and list(tmp_path.iterdir()) == []


def test_a_bug_of_ours_is_a_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        reported(lambda: 1 // 0)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("args", [["profiles"], ["scenarios", "--json"], ["--version"], ["--help"]], ids=" ".join)
def test_a_full_standard_output_is_one_sentence(args: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "zoneviz", *args], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "No space left" in done.stderr, done.stderr
