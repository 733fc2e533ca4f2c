"""`zoneviz`: with no arguments, a recording (`--against` another) or `--live SCENARIO` the window, else the command line.

Where no window can be opened, it says so in one sentence and does the same in the terminal.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoneviz.cli.errors import say, told
from zoneviz.errors import EnvironmentProblem
from zoneviz.probe import no_display, python_fails, qt_fails

if TYPE_CHECKING:
    from zoneviz.app.pictures import Film, Shot

# What is imported in functions is what the window can do without: it opens half a second sooner.

_PICTURE = ("-m", "zoneviz.gui.pictures.picture")


def main() -> int:
    """The whole program; the exit status."""
    args = sys.argv[1:]
    if not args:
        return told(lambda: _door(None, None))
    if len(args) == 1 and args[0].endswith((".zvz", ".zvz.zst")) and not args[0].startswith("-"):
        return told(lambda: _door(Path(args[0]), None))
    if args[0] == "--live":
        return _live(args[1:])
    return _worded(args)


def _live(args: list[str]) -> int:
    """A run to be watched: its scenario, and `--set NAME=VALUE` as often as wanted."""
    from zoneviz.cli.errors import told

    sets = args[1:]
    if not args or len(sets) % 2 or any(word != "--set" for word in sets[::2]) or not all("=" in word for word in sets[1::2]):
        say("--live takes the name of a scenario, then --set NAME=VALUE as often as wanted.")
        return 2
    return told(lambda: _door(None, args[0], tuple(sets[1::2])))


def _worded(args: list[str]) -> int:
    """A verb of the command line; or two recordings, or a file of any name, for the window."""
    from zoneviz.cli.doors import Doors
    from zoneviz.cli.main import VERBS
    from zoneviz.cli.main import main as command_line

    if args[0] == "compare" and "--window" in args:
        files = [word for word in args[1:] if word != "--window"]
        if len(files) != 2 or any(word.startswith("-") for word in files):
            say("compare --window takes two recordings and nothing else; how they are aligned is chosen in the window.")
            return 2
        return told(lambda: _door(Path(files[0]), None, against=Path(files[1])))
    if len(args) == 3 and args[0] not in VERBS and args[1] == "--against":
        return told(lambda: _door(Path(args[0]), None, against=Path(args[2])))
    if len(args) == 1 and args[0] not in VERBS and not args[0].startswith("-") and (Path(args[0]).exists() or os.sep in args[0]):
        return told(lambda: _door(Path(args[0]), None))
    return command_line(args, Doors(_paint, _film))


def _door(path: Path | None, scenario: str | None, settings: tuple[str, ...] = (), against: Path | None = None) -> int:
    """The window on a recording, a live run or nothing; without a screen, the same in the terminal."""
    if scenario is not None:
        from zoneviz.app import RunSpec

        RunSpec(scenario, settings=settings).resolve()  # a wrong name is told before anything opens
    with ThreadPoolExecutor(1) as aside:  # while Qt is tried in another process, ours reads the window's code
        answer = aside.submit(_no_screen)
        if not no_display():
            with suppress(ImportError):  # the answer says what is missing
                import zoneviz.gui.window.main
        problem = answer.result()
    if problem is None:
        return zoneviz.gui.window.main.run_window(path, scenario, dict(item.split("=", 1) for item in settings), against)
    return _told_without(problem, path, scenario, settings, against)


def _told_without(problem: str, path: Path | None, scenario: str | None, settings: tuple[str, ...], against: Path | None) -> int:
    """What the window would have shown, in the terminal."""
    from zoneviz.cli.headless import live, show_recording
    from zoneviz.cli.main import main as command_line

    say(f"{problem}, so everything is shown here in the terminal.")
    if path is not None and against is not None:
        return command_line(["compare", str(path), str(against)])
    if path is not None:
        return show_recording(path)
    return command_line(["--help"]) if scenario is None else live(scenario, settings, _draw)


def _no_screen() -> str | None:
    """Why no window can be opened, as the beginning of a sentence; None if one can."""
    if no_display():
        return "There is no display"
    return qt_fails("Qt cannot open a window on this display")


def _draw(recording: Path, picture: Path) -> str | None:
    """Draw the timeline of a recording; why that cannot be done, or None."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return python_fails((*_PICTURE, str(recording), str(picture)), environment, "The timeline could not be drawn")


def _paint(shot: "Shot") -> dict[str, Any]:
    """A picture, by the window's views on Qt's platform without a screen."""
    _offscreen()
    from zoneviz.gui.pictures.shots import shoot

    return shoot(shot)


def _film(film: "Film", tell: Callable[[int, int], object]) -> dict[str, Any]:
    """A film, in the same way."""
    _offscreen()
    from zoneviz.gui.pictures import films

    return films.film(film, tell)


@cache
def _offscreen() -> None:
    """Use no display. Errors: EnvironmentProblem if Qt cannot paint here."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    problem = qt_fails("Qt cannot paint here")
    if problem is not None:
        raise EnvironmentProblem(f"{problem}; `zoneviz doctor` says what is missing.")


if __name__ == "__main__":
    sys.exit(main())
