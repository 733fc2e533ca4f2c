"""`zoneviz export`: a recording in another program's format."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import app
from zoneviz.cli.errors import say
from zoneviz.cli.output import print_json
from zoneviz.cli.progress import share_bar
from zoneviz.errors import UsageError
from zoneviz.exporters import exporters
from zoneviz.playback.tables import VIEWS


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)],
    to: Annotated[str, typer.Option("--to", metavar="|".join(exporters()), help="The format.", show_default=False)],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="The file to make; - is standard output.", show_default=False)
    ],
    view: Annotated[
        str | None, typer.Option("--view", metavar="|".join(VIEWS), help="What of it, where the format is a table.", show_default="events")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="EVENT|panic|end", help="The moment, for a view of a moment.", show_default="end"),
    ] = None,
    span: Annotated[
        str | None, typer.Option("--range", metavar="A:B", help="Events A to B, for a view of events.", show_default="all")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="FILTER", help="Only these: kind=, zone=, task=, thread=, address=, path=.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was written as one JSON object.")] = False,
) -> None:
    """Write a recording, or what of it is wanted, in another program's format."""
    if json and output == app.STDOUT:
        raise UsageError("Standard output cannot take both the export and --json.")
    with share_bar(file.name, shown=not json) as tell:
        told = app.export(
            file, to, output, view=view, at=at, span=span, where=where, force=force,
            on_progress=lambda done, of: tell(done, done / of) if tell is not None and of else None,
        )  # fmt: skip
    if json:
        print_json(told)
    elif output != app.STDOUT:
        say(f"Written to {output}.")
