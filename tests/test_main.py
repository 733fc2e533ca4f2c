"""Which arguments open the window, and what happens without a display."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from zoneviz import __main__ as door
from zoneviz.app.info import info
from zoneviz.app.running import run
from zoneviz.app.spec import recordings_folder
from zoneviz.spec import RunSpec


def start(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    """`zoneviz ARGS` in this process."""
    monkeypatch.setattr(sys, "argv", ["zoneviz", *args])
    return door.main()


Asked = list[tuple[list[Path], RunSpec | None, Path | None]]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the window was asked to show; none opens."""
    gui = pytest.importorskip("zoneviz.gui.window.main")
    asked: Asked = []

    def run_window(paths: list[Path], live: RunSpec | None, against: Path | None) -> int:
        asked.append((paths, live, against))
        return 0

    monkeypatch.setattr(gui, "run_window", run_window)
    monkeypatch.setattr(door, "_no_screen", lambda: None)
    return asked


def test_files_and_runs_open_the_window(windows: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    existing = tmp_path / "recording"
    existing.touch()
    live = ("--live", "boot", "--set", "ram=64M", "--seed", "7", "--profile", "debian-2007", "--set", "thread_max=500")
    more = (("compare", "a.zvz", "--window", "b.zvz"), ("/no/such",), ("window",), ("window", "profiles"), ("--against", "b.zvz", "a.zvz"))
    for args in ((), live, ("--live=boot",), ("new.zvz",), (str(existing),), ("a.zvz", "--against", "b.zvz"), *more, ("a.zvz", "b.panic")):
        assert start(monkeypatch, *args) == 0, args
    assert windows == [
        ([], None, None),
        ([], RunSpec("boot", "debian-2007", ("ram=64M", "thread_max=500"), 7), None),
        ([], RunSpec("boot"), None),
        ([Path("new.zvz")], None, None),
        ([existing], None, None),
        ([Path("a.zvz")], None, Path("b.zvz")),
        ([Path("a.zvz")], None, Path("b.zvz")),
        ([Path("/no/such")], None, None),
        ([], None, None),
        ([Path("profiles")], None, None),
        ([Path("a.zvz")], None, Path("b.zvz")),
        ([Path("a.zvz"), Path("b.panic")], None, None),
    ]


def test_everything_else_is_the_command_line(
    windows: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").touch()
    assert start(monkeypatch, "profiles") == 0  # a file of a verb's name does not hide the verb
    assert start(monkeypatch, "--version") == 0
    assert windows == []


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("nothing",), "nothing"),
        (("--live",), "--live"),
        (("--live", "boot", "ram=64M"), "leave out ram=64M"),
        (("--live", "boot", "--set", "ram"), "'ram' is not of the form NAME=VALUE"),
        (("--live", "boot", "--set", "rum=1"), "rum"),
        (("--live", "boot", "--seed", "x"), "--seed"),
        (("--live", "boot", "--profile", "none"), "'none'"),
        (("--live", "nothing"), "There is no scenario 'nothing'"),
        (("a.zvz", "--seed", "3"), "add --live SCENARIO"),
        (("a.zvz", "--live", "boot"), "leave out a.zvz"),
        (("--against", "a.zvz"), "zoneviz FILE --against a.zvz"),
        (("a.zvz", "b.zvz", "--against", "c.zvz"), "one recording to compare"),
        (("--nothing",), "--nothing"),
        (("compare", "a.zvz", "--window"), "B.zvz"),
        (("compare", "a.zvz", "b.zvz", "--window", "--json"), "--window takes no other options"),
    ],
)
def test_wrong_words_are_one_sentence_and_open_nothing(
    args: tuple[str, ...], sentence: str, windows: Asked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(monkeypatch, *args) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and sentence in err
    assert windows == []


def test_the_window_needs_no_typer() -> None:
    """`zoneviz` and `zoneviz FILE` open the window without loading the command line's parser."""
    code = (
        "import sys, zoneviz.__main__ as door\n"
        "door._no_screen = lambda: None\n"
        "door._window = lambda *asked: print(asked, *sys.modules) or 0\n"
        "sys.argv = ['zoneviz', 'a.zvz']\n"
        "sys.exit(door.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "PySide6" in done.stdout, done.stderr
    assert not {"typer", "rich"} & set(done.stdout.split())


@pytest.fixture
def screenless(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.usefixtures("screenless")
class TestWithoutAScreen:
    def test_a_live_run_happens_in_the_terminal(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        assert start(monkeypatch, "--live", "boot") == 0
        out, err = capsys.readouterr()
        assert err.splitlines()[0] == "There is no display, so everything is shown here in the terminal."
        (recording,) = recordings_folder().glob("*.zvz")
        picture = recording.with_suffix(".png")
        assert "booted" in out and recording.name in out and picture.name in out
        assert picture.read_bytes().startswith(b"\x89PNG")

    def test_a_live_run_takes_profile_and_seed(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        assert start(monkeypatch, "--live", "boot", "--profile", "debian-2007", "--seed", "5", "--set", "ram=64M") == 0
        (recording,) = recordings_folder().glob("*.zvz")
        header = info(recording)
        assert (header["profile"], header["seed"], header["parameters"]["ram"]) == ("debian-2007", 5, 64 << 20)
        assert recording.with_suffix(".png").exists()

    def test_two_recordings_are_compared(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(RunSpec("boot", output=tmp_path / "a.zvz"))
        assert start(monkeypatch, str(tmp_path / "a.zvz"), "--against", str(tmp_path / "a.zvz")) == 0
        assert "The same: all" in capsys.readouterr().out

    def test_a_recording_is_described(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(RunSpec("boot", output=tmp_path / "a.zvz"))
        assert start(monkeypatch, str(tmp_path / "a.zvz")) == 0
        out, err = capsys.readouterr()
        assert "There is no display" in err and "booted" in out
        assert start(monkeypatch, str(tmp_path / "none.zvz")) == 1
        assert "Traceback" not in capsys.readouterr().err

    def test_what_captures_hold_is_said(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        assert start(monkeypatch, "tests/importers/captures/linux-slabinfo/01-rhcos-whole.slabinfo") == 0
        assert "1 slabinfo listing." in capsys.readouterr().out

    def test_no_arguments_show_the_help(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        assert start(monkeypatch) == 0
        assert "Usage: zoneviz" in capsys.readouterr().out

    def test_a_failed_picture_is_only_a_warning(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr(door, "_PICTURE", ("-c", "import os; os.abort()"))
        assert start(monkeypatch, "--live", "boot") == 0
        out, err = capsys.readouterr()
        assert "The timeline could not be drawn." in err and "booted" in out


@pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's here")
def test_a_missing_display_is_found() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    environment["DISPLAY"] = ":4711"
    done = subprocess.run([sys.executable, "-m", "zoneviz"], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert done.stderr.startswith("Qt cannot open a window on this display") and done.stderr.count("\n") == 1
    assert "Usage: zoneviz" in done.stdout


LOADED = "import sys; from zoneviz.__main__ import main; sys.argv[0] = 'zoneviz'; main(); print(*sys.modules, file=sys.stderr)"


def loaded(*args: str) -> set[str]:
    """The modules of `zoneviz ARGS`, at its end."""
    done = subprocess.run([sys.executable, "-c", LOADED, *args], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.split())


def test_the_version_loads_next_to_nothing() -> None:
    found = loaded("--version")
    ours = {name for name in found if name.startswith("zoneviz")}
    assert ours == {"zoneviz", "zoneviz.__main__", "zoneviz.cli", "zoneviz.cli.errors", "zoneviz.errors", "zoneviz.words"}
    assert not found & {"typer", "concurrent.futures", "pathlib", "dataclasses", "subprocess"}


def test_the_help_loads_no_verb() -> None:
    found = loaded("--help")
    assert "typer" in found and not found & {"rich", "pydantic", "numpy", "sqlite3", "concurrent.futures"}
    packages = {name.split(".")[1] for name in found if name.startswith("zoneviz.")}
    assert packages == {"__main__", "cli", "errors", "words"}
    assert not [name for name in found if name.startswith("zoneviz.cli.verbs.")]


def test_info_loads_no_kernel_and_nothing_for_tables(tmp_path: Path) -> None:
    run(RunSpec("boot", output=tmp_path / "a.zvz"))
    found = loaded("info", str(tmp_path / "a.zvz"))
    assert "numpy" in found and not found & {"rich", "pydantic", "platformdirs", "concurrent.futures"}
    packages = {name.split(".")[1] for name in found if name.startswith("zoneviz.")}
    assert not packages & {"mach", "hurd", "scenarios", "importers", "exporters", "captures", "claims", "sources"}
    assert [name for name in sorted(found) if name.startswith("zoneviz.cli.verbs.")] == ["zoneviz.cli.verbs.info"]
    assert not [name for name in found if name.startswith("zoneviz.playback.diagnosis")]


def test_the_window_loads_no_import_report_or_recorder_of_a_machine() -> None:
    code = "import sys, zoneviz.gui.window.main; print(*sys.modules)"
    found = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.split())
    assert "zoneviz.gui.window.main_window" in found
    assert not found & {"PIL", "typer", "rich", "zoneviz.app.captures", "zoneviz.app.imports", "zoneviz.app.live", "zoneviz.app.report"}
    assert not [name for name in found if name.startswith(("zoneviz.exporters.report", "zoneviz.captures.collection"))]
