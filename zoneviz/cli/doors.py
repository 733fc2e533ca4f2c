"""What the command line asks of the other door: pictures. `__main__`, which knows both, brings it."""

from dataclasses import dataclass

import typer

from zoneviz.app.pictures import Paint, Shoot
from zoneviz.errors import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class Doors:
    """`paint` a picture, `shoot` a film: see `app.pictures`."""

    paint: Paint
    shoot: Shoot


def doors(context: typer.Context) -> Doors:
    """What was brought. Errors: EnvironmentProblem if nothing was."""
    if not isinstance(context.obj, Doors):
        raise EnvironmentProblem("There is nothing here to paint with.")
    return context.obj
