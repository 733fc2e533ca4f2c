"""`zoneviz`: the window or the command line. Both doors are known only here.

Imports inside functions keep the start short: the window needs neither typer nor rich, the command line no Qt.
"""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from zoneviz.cli import print_version
from zoneviz.cli.errors import reported

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from zoneviz.app.pictures import Film, Shot
    from zoneviz.spec import RunSpec

# numpy starts a thread per processor for its linear algebra, which waits busily and is used nowhere here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_PICTURE = ("-m", "zoneviz.gui.pictures.picture")


def main() -> int:
    """Run the program. Returns the exit status."""
    args = sys.argv[1:]
    if args == ["--version"]:
        return reported(print_version)
    from pathlib import Path

    from zoneviz.cli.doors import Doors
    from zoneviz.cli.opening import show
    from zoneviz.cli.verbs import COMPLETING, WINDOW, routed

    words = routed(args)
    opens = words[0] == WINDOW and COMPLETING not in os.environ
    probe = _start_probe() if opens else None
    doors = Doors(_paint, _film, lambda: _no_window(probe or _start_probe()), _window, _draw)
    if opens and not any(word.startswith("-") for word in words):
        return reported(lambda: show(doors, [Path(word) for word in words[1:]]))  # nothing to parse: the window opens without typer
    from zoneviz.cli.main import main as command_line

    status = command_line(args, doors)
    gc.freeze()  # the process ends: a last collection of a kernel's objects would take half a second
    return status


def _start_probe() -> "Future[str | None]":
    """Try Qt in another process, while this one parses arguments and imports the window."""
    from concurrent.futures import ThreadPoolExecutor

    executor = ThreadPoolExecutor(1)
    answer = executor.submit(_no_screen)
    executor.shutdown(wait=False)
    return answer


def _no_window(probe: "Future[str | None]") -> str | None:
    """Why no window can open, as the beginning of a sentence; None if one can."""
    from contextlib import suppress

    from zoneviz.probe import no_display

    if not no_display():
        with suppress(ImportError):  # the probe says what is missing
            import zoneviz.gui.window.main  # noqa: F401
    return probe.result()


def _no_screen() -> str | None:
    from zoneviz.probe import no_display, qt_fails

    if no_display():
        return "There is no display"
    return qt_fails("Qt cannot open a window on this display")


def _window(files: "Sequence[Path]", run: "RunSpec | None", against: "Path | None") -> int:
    """Show the window until it is closed. Returns the exit status."""
    from zoneviz.gui.window.main import run_window

    return run_window(files, run, against)


def _draw(recording: "Path", picture: "Path") -> str | None:
    """Draw the timeline of a recording. Returns why that failed, or None."""
    from zoneviz.probe import python_fails

    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return python_fails((*_PICTURE, str(recording), str(picture)), environment, "The timeline could not be drawn")


def _paint(shot: "Shot") -> dict[str, Any]:
    """Paint a picture with the window's views, on Qt's platform without a screen."""
    _offscreen()
    from zoneviz.gui.pictures.shots import shoot

    return shoot(shot)


def _film(film: "Film", progress: Callable[[int, int], object]) -> dict[str, Any]:
    """Make a film in the same way."""
    _offscreen()
    from zoneviz.gui.pictures import films

    return films.film(film, progress)


@cache
def _offscreen() -> None:
    """Use no display. Errors: EnvironmentProblem if Qt cannot paint here."""
    from zoneviz.errors import EnvironmentProblem
    from zoneviz.probe import qt_fails

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    problem = qt_fails("Qt cannot paint here")
    if problem is not None:
        raise EnvironmentProblem(f"{problem}; `zoneviz doctor` says what is missing.")


if __name__ == "__main__":
    sys.exit(main())
