"""What the window would show, in a terminal: for machines without a screen."""

from collections.abc import Callable
from pathlib import Path

from zoneviz import app
from zoneviz.cli.errors import say
from zoneviz.cli.info import show
from zoneviz.cli.run import run_watched, summary


def live(scenario: str, settings: tuple[str, ...], draw: Callable[[Path, Path], str | None]) -> int:
    """Run a scenario and record it: bar, panic, summary, and a picture of the timeline beside the recording.

    `draw(recording, picture)` makes the picture, or says why it cannot. The exit status.
    Errors: as `app.run`.
    """
    result, path = run_watched(app.RunSpec(scenario, settings=settings), shown=True)
    assert path is not None
    picture = path.with_suffix(".png")
    problem = draw(path, picture)
    summary(result, path, None if problem else picture)
    if problem:
        say(f"{problem}.")
    return 0


def show_recording(path: Path) -> int:
    """Say what a recording holds. The exit status.

    Errors: as `app.info`.
    """
    show(app.info(path))
    return 0
