"""`zoneviz`: with no arguments, a recording or `--live SCENARIO` the window, else the command line.

Where no window can be opened, it says so in one sentence and does the same in the terminal.
"""

import os
import subprocess
import sys
from pathlib import Path

from zoneviz.app import RunSpec
from zoneviz.cli import VERBS
from zoneviz.cli import main as command_line
from zoneviz.cli.errors import told
from zoneviz.cli.headless import live, show_recording
from zoneviz.cli.output import say

# Qt ends the process (SIGABRT) where its platform plugin cannot load, so that is found out in another one.
_PROBE = ("-c", "from PySide6.QtWidgets import QApplication; QApplication([])")
_PICTURE = ("-m", "zoneviz.gui.picture")


def main() -> int:
    """The whole program; the exit status."""
    args = sys.argv[1:]
    if not args:
        return told(lambda: _door(None, None))
    if args[0] == "--live":
        sets = args[2:]
        if len(args) < 2 or len(sets) % 2 or any(word != "--set" for word in sets[::2]) or not all("=" in word for word in sets[1::2]):
            say("--live takes the name of a scenario, then --set NAME=VALUE as often as wanted.")
            return 2
        return told(lambda: _door(None, args[1], tuple(sets[1::2])))
    if len(args) == 1 and args[0] not in VERBS and not args[0].startswith("-") and (args[0].endswith(".zvz") or Path(args[0]).exists()):
        return told(lambda: _door(Path(args[0]), None))
    return command_line(args)


def _door(path: Path | None, scenario: str | None, settings: tuple[str, ...] = ()) -> int:
    """The window on a recording, a live run or nothing; without a screen, the same in the terminal."""
    if scenario is not None:
        RunSpec(scenario, settings=settings).resolve()  # a wrong name is told before anything opens
    problem = _no_screen()
    if problem is None:
        from zoneviz.gui.main import run_window

        return run_window(path, scenario, dict(item.split("=", 1) for item in settings))
    say(f"{problem}, so everything is shown here in the terminal.")
    if path is not None:
        return show_recording(path)
    return command_line(["--help"]) if scenario is None else live(scenario, settings, _draw)


def _no_screen() -> str | None:
    """Why no window can be opened, as the beginning of a sentence; None if one can."""
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return "There is no display"
    return _python_fails(_PROBE, dict(os.environ), "Qt cannot open a window on this display")


def _draw(recording: Path, picture: Path) -> str | None:
    """Draw the timeline of a recording; why that cannot be done, or None."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return _python_fails((*_PICTURE, str(recording), str(picture)), environment, "The timeline could not be drawn")


def _python_fails(args: tuple[str, ...], environment: dict[str, str], words: str) -> str | None:
    """Run Python in another process; `words` and its last line on stderr if that fails."""
    command = [sys.executable, *args]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{words} ({error})"
    if done.returncode == 0:
        return None
    general = ("Available platform", "This application failed")
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith(general)]
    return f"{words} ({lines[-1].strip().rstrip('.')})" if lines else words


if __name__ == "__main__":
    sys.exit(main())
