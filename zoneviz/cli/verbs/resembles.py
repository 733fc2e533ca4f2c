"""`zoneviz resembles`: which scenarios a recording looks like."""

from typing import Annotated

import typer

from zoneviz.app.resembles import resembles as app_resembles
from zoneviz.cli.arguments import File, Json
from zoneviz.cli.output import console, print_json, print_line, table
from zoneviz.cli.verbs import Verb
from zoneviz.playback.likeness import figure

ROWS = 5


def resembles(
    file: File,
    every: Annotated[bool, typer.Option("--all", help="List all scenarios, not only the nearest.")] = False,
    json: Json = False,
) -> None:
    """Say which scenarios a recording looks like, or that it looks like none.

    The list has a distance for each, from 0 (the same) to 1, and the command of the nearest run. Import captures first.
    """
    found = app_resembles(file)
    if json:
        print_json(found.as_json())
        return
    print_line(found.sentence)
    if found.ranked:
        nearest = found.ranked if every else found.ranked[:ROWS]
        rows = [(near.name, figure(near.distance), near.command) for near in nearest]
        out = console()
        out.print()
        out.print(table(("scenario", "distance", "nearest run"), rows, right=("distance",)))
        out.print(f"A distance of {figure(found.none_above)} or more is none of them.")


VERB = Verb(resembles, "Look inside")
