"""The door: which arguments open the window, and what happens where there is none to open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from zoneviz import __main__ as door
from zoneviz.app import RunSpec, recordings_folder, run


def start(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    """`zoneviz ARGS` in this process."""
    monkeypatch.setattr(sys, "argv", ["zoneviz", *args])
    return door.main()


Asked = list[tuple[Path | None, str | None, dict[str, str], Path | None]]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the window was asked to show; none opens."""
    gui = pytest.importorskip("zoneviz.gui.window.main")
    asked: Asked = []

    def run_window(path: Path | None, live: str | None, settings: dict[str, str], against: Path | None) -> int:
        asked.append((path, live, settings, against))
        return 0

    monkeypatch.setattr(gui, "run_window", run_window)
    monkeypatch.setattr(door, "_no_screen", lambda: None)
    return asked


def test_files_runs_and_nothing_open_the_window(
    windows: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    existing = tmp_path / "recording"
    existing.touch()
    more = (("compare", "a.zvz", "--window", "b.zvz"), ("/no/such",))
    for args in ((), ("--live", "boot", "--set", "ram=64M"), ("new.zvz",), (str(existing),), ("a.zvz", "--against", "b.zvz"), *more):
        assert start(monkeypatch, *args) == 0
    assert windows == [
        (None, None, {}, None),
        (None, "boot", {"ram": "64M"}, None),
        (Path("new.zvz"), None, {}, None),
        (existing, None, {}, None),
        (Path("a.zvz"), None, {}, Path("b.zvz")),
        (Path("a.zvz"), None, {}, Path("b.zvz")),
        (Path("/no/such"), None, {}, None),
    ]


def test_everything_else_is_the_command_line(
    windows: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").touch()
    assert start(monkeypatch, "profiles") == 0  # a file of a verb's name does not hide the verb
    assert start(monkeypatch, "--version") == 0
    assert start(monkeypatch, "nothing") == 2
    assert start(monkeypatch, "--live") == 2
    assert start(monkeypatch, "--live", "boot", "ram=64M") == 2
    assert start(monkeypatch, "--live", "boot", "--set", "ram") == 2
    assert start(monkeypatch, "--live", "boot", "--set", "rum=1") == 2
    assert start(monkeypatch, "--live", "nothing") == 2
    assert start(monkeypatch, "compare", "a.zvz", "--window") == 2
    assert start(monkeypatch, "compare", "a.zvz", "b.zvz", "--window", "--json") == 2
    assert windows == []
    assert "There is no scenario 'nothing'" in capsys.readouterr().err


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

    def test_a_recording_is_described(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(RunSpec("boot", output=tmp_path / "a.zvz"))
        assert start(monkeypatch, str(tmp_path / "a.zvz")) == 0
        out, err = capsys.readouterr()
        assert "There is no display" in err and "booted" in out
        assert start(monkeypatch, str(tmp_path / "none.zvz")) == 1
        assert "Traceback" not in capsys.readouterr().err

    def test_no_arguments_show_the_help(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        assert start(monkeypatch) == 0
        assert "Usage: zoneviz" in capsys.readouterr().out

    def test_a_picture_that_cannot_be_drawn_is_only_told(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr(door, "_PICTURE", ("-c", "import os; os.abort()"))
        assert start(monkeypatch, "--live", "boot") == 0
        out, err = capsys.readouterr()
        assert "The timeline could not be drawn." in err and "booted" in out


@pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's here")
def test_a_display_that_is_not_there_is_found_out() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    environment["DISPLAY"] = ":4711"
    done = subprocess.run([sys.executable, "-m", "zoneviz"], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert done.stderr.startswith("Qt cannot open a window on this display") and done.stderr.count("\n") == 1
    assert "Usage: zoneviz" in done.stdout
