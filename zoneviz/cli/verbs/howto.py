"""`zoneviz howto`: what to capture on a machine, and with which commands."""

from typing import Annotated

import typer

from zoneviz.app.howto import SYSTEMS, howto
from zoneviz.cli.verbs import Verb


def howto_(
    system: Annotated[
        str | None,
        typer.Argument(metavar="SYSTEM", help=f"{', '.join(SYSTEMS)}.", show_default="all of them", autocompletion=lambda: list(SYSTEMS)),
    ] = None,
) -> None:
    """Print the commands that save what a machine reports on its kernel memory."""
    typer.echo(howto(system), nl=False)


VERB = Verb(howto_, "Run")
