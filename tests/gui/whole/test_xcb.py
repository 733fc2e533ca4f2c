"""The window on a real X server, with mouse and keys driven from outside: what no test inside the program can check."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtGui import QImage

from zoneviz.recording import Recording

GOLDEN = Path(__file__).parents[3] / "recordings" / "fork-bomb.zvz.zst"
T = TypeVar("T")
NEEDED = ("Xvfb", "xdotool")
PATIENCE = 120.0
"""Wall-clock seconds to wait for anything, on a busy machine."""

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="X11 is for Linux"),
    pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason="Xvfb and xdotool are not installed; as root, `.ci/setup test` does it."),
]


def until(found: Callable[[], T], what: str, alive: subprocess.Popen[bytes] | None = None) -> T:
    """The first true result of `found`, which is polled; fails after PATIENCE or when the program has ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        assert alive is None or alive.poll() is None, f"The program ended with {alive.returncode} before: {what}."
        time.sleep(0.05)
    pytest.fail(f"This did not come about in {PATIENCE:.0f} s: {what}.")


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Kill the process afterwards, whether or not the test passed."""
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


@pytest.fixture
def display() -> Iterator[str]:
    """An X server on a free display."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with ended(server), os.fdopen(reading) as stream:
        number = stream.readline().strip()  # arrives when the server is ready; empty if it could not start
        assert number, "Xvfb did not start."
        yield f":{number}"


class Person:
    """Drives mouse and keyboard. There is no window manager, so each key press names its window."""

    def __init__(self, environment: dict[str, str], program: subprocess.Popen[bytes]) -> None:
        self.environment, self.program = environment, program

    def do(self, *words: str) -> str:
        """The output of xdotool; empty if it failed."""
        done = subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        return done.stdout.strip() if done.returncode == 0 else ""

    def windows(self, title: str) -> list[int]:
        """The ids of the windows with this title that are on the screen, the oldest first."""
        return sorted(map(int, self.do("search", "--onlyvisible", "--name", title).split()))

    def title(self, window: str) -> str:
        """Its title."""
        return self.do("getwindowname", window)

    def focus(self, title: str, nth: int = 1) -> str:
        """Focus the nth window with this title once it is visible."""
        window = str(until(lambda: self.windows(title)[nth - 1 :], f"a window {title!r}", self.program)[0])

        def focused() -> bool:
            self.do("windowfocus", window)
            return self.do("getwindowfocus") == window

        until(focused, f"the window {title!r} has the keys", self.program)
        return window

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        self.do("key", "--delay", "40", *keys)

    def write(self, words: str) -> None:
        """Replace the text of the field."""
        self.press("ctrl+a")
        self.do("type", "--delay", "12", words)

    def drag(self, window: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """With the left button, between two places that are shares of the window's width and height."""
        area = dict(line.split("=") for line in self.do("getwindowgeometry", "--shell", window).splitlines())

        def place(at: tuple[float, float]) -> tuple[str, str]:
            return str(int(int(area["WIDTH"]) * at[0])), str(int(int(area["HEIGHT"]) * at[1]))

        self.do("mousemove", "--window", window, *place(start), "mousedown", "1")
        for i in range(1, 9):
            on = (start[0] + (end[0] - start[0]) * i / 8, start[1] + (end[1] - start[1]) * i / 8)
            self.do("mousemove", "--window", window, *place(on))
        self.do("mouseup", "1")


@contextmanager
def started(display: str, tmp_path: Path) -> Iterator[tuple[Person, Path]]:
    """The program as `make run` starts it, with separate folders; and the file of its stderr."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "XDG_", "DISPLAY", "WAYLAND"))}
    own = {f"XDG_{name}": str(tmp_path / name) for name in ("DATA_HOME", "CONFIG_HOME", "CACHE_HOME", "RUNTIME_DIR")}
    for folder in own.values():
        Path(folder).mkdir(mode=0o700)
    environment = plain | own | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    said = tmp_path / "stderr.txt"
    command = [sys.executable, "-m", "zoneviz", "--live", "fork-bomb", "--set", "zone_map_size=4M"]
    with said.open("wb") as sink, ended(subprocess.Popen(command, env=environment, stdout=sink, stderr=sink)) as program:
        yield Person(environment, program), said


def saved(person: Person, path: Path) -> QImage:
    """The picture that the dialog makes of the timeline."""
    person.press("ctrl+shift+s")
    person.focus("^Save picture$")
    person.press("Return")  # the default button: Save…
    person.focus("^Save picture$", 2)  # the one that asks for the name has the same title
    person.write(str(path))
    person.press("Return")
    until(lambda: path.exists() and not person.windows("^Save picture$"), "a picture is saved", person.program)
    return QImage(str(path))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_a_complete_recording(display: str, tmp_path: Path, number: signal.Signals) -> None:
    with started(display, tmp_path) as (person, said):
        person.focus(r"\.zvz \(Running\) - zoneviz$")
        person.program.send_signal(number)
        assert person.program.wait(PATIENCE) == 128 + number
        assert said.read_text() == ""
    (path,) = tmp_path.rglob("*.zvz")
    with Recording(path) as recording:
        assert recording.header.complete and recording.header.outcome == "interrupted" and recording.event_count > 0


def test_a_session_at_a_real_display(display: str, tmp_path: Path) -> None:
    """Watch a run, drag the moment, open another recording, save a picture of it, quit."""
    with started(display, tmp_path) as (person, said):
        window = person.focus(r"\.zvz \(Running\) - zoneviz$")
        live = person.title(window)
        assert "fork-bomb" in live
        other = f"{GOLDEN.name} (Panic) - zoneviz"
        person.drag(window, (0.3, 0.3), (0.4, 0.3))  # in the timeline, during the run

        person.press("ctrl+o")
        person.focus("^Open files$")
        person.write(str(GOLDEN))
        person.press("Return")
        until(lambda: person.title(window) == other, "the other recording is shown", person.program)

        pictures = []
        for number, end in enumerate((0.35, 0.7)):  # far apart: nothing happens between boot and bomb
            person.focus(f"^{re.escape(other)}$")
            person.drag(window, (0.3, 0.35), (end, 0.35))
            pictures.append(saved(person, tmp_path / f"picture-{number}.png"))
        assert all(picture.width() > 500 and picture.height() > 200 for picture in pictures)
        assert pictures[0] != pictures[1], "The moment did not change although the cursor was dragged."

        person.focus(f"^{re.escape(other)}$")
        person.press("ctrl+q")
        asked, program = "^Close zoneviz$", person.program
        until(lambda: program.poll() is not None or person.windows(asked), "it ends, or asks because of the run")
        if program.poll() is None:
            person.focus(asked)
            person.press("shift+Tab", "space")  # keep what is there
        assert program.wait(PATIENCE) == 0
        assert said.read_text() == ""
    runs = list(tmp_path.rglob("*.zvz"))
    assert [f"{run.name} (Running) - zoneviz" for run in runs] == [live]
