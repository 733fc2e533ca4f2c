"""Arguments that several verbs share, as typer reads them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)]
Made = Annotated[Path, typer.Option("-o", "--output", metavar="OUT.zvz", help="The recording to write.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

MOMENT = "EVENT|panic|end"
RANGE = "FIRST:LAST"
Range = Annotated[
    str | None,
    typer.Option(
        "--range", metavar=RANGE, help="Only events FIRST to LAST, both included; either may be left out.", show_default="all events"
    ),
]


def starting(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """For the shell's completion: those of `names()` that start with what was typed."""
    return lambda incomplete: [name for name in names() if name.startswith(incomplete)]
