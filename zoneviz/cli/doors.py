"""What the command line needs from the window's side. `__main__`, the only module that knows both, passes it in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoneviz.errors import EnvironmentProblem

if TYPE_CHECKING:
    import typer

    from zoneviz.app.pictures import Paint, Shoot
    from zoneviz.spec import RunSpec


@dataclass(frozen=True, slots=True)
class Doors:
    """`paint` a picture and `shoot` a film as in `app.pictures`.

    `no_window()`: why no window can open, as the beginning of a sentence, or None. `window(files, run, against)`: open it on a
    recording or captures, on a new run, or with neither on the last recording; returns the exit status. `draw(recording, picture)`: paint
    the timeline; returns what went wrong, or None.
    """

    paint: "Paint"
    shoot: "Shoot"
    no_window: Callable[[], str | None]
    window: "Callable[[Sequence[Path], RunSpec | None, Path | None], int]"
    draw: Callable[[Path, Path], str | None]


def doors(context: "typer.Context") -> Doors:
    """What `main` was given. Errors: EnvironmentProblem if nothing."""
    if not isinstance(context.obj, Doors):
        raise EnvironmentProblem("This command needs the window's code; start it as `zoneviz`.")
    return context.obj
