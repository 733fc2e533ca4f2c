"""`zoneviz find`: when a condition is first true, in many recordings. Named find_, because `verbs.find` is a function."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from zoneviz import words
from zoneviz.app import finding
from zoneviz.cli.arguments import Json
from zoneviz.cli.errors import say
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, print_json, table
from zoneviz.cli.progress import work_bar
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.exporters import find


def find_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings.", show_default=False)],
    when: Annotated[
        str,
        typer.Option(
            "--when",
            metavar="CONDITION",
            help="A figure, a comparison and a number, such as `ipc ports in use > 30000` or `zone_map free < 1M`.",
            show_default=False,
        ),
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, metavar="N", help="Recordings at the same time.", show_default="one per processor")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print the result as CSV.")] = False,
    json: Json = False,
) -> None:
    """Find the first time a condition is true, in each of many recordings.

    The exit status is 1 if a recording could not be searched.
    """
    if csv and json:
        raise UsageError("Choose one of --csv and --json.")
    with stoppable() as stopped, work_bar("find", shown=not (csv or json)) as progress:
        rows = finding.find(files, when, workers or os.cpu_count() or 1, progress, stopped)
    if json:
        print_json(rows)
    elif csv:
        write = find("csv").table
        assert write is not None
        sys.stdout.flush()
        write(finding.table(rows), sys.stdout.buffer)
    else:
        lines = [
            (
                row["file"],
                words.number(row['event']) if row["event"] is not None else "" if row["why"] else "never",
                "" if row["seconds"] is None else f"{row['seconds']:,.3f} s",
                "" if row["value"] is None else words.number(row['value']),
                row["outcome"],
            )
            for row in rows
        ]
        console().print(table(("recording", "event", "time", "value", "outcome"), lines, right=("event", "time", "value")))
    failed = [row for row in rows if row["why"]]
    for row in failed:
        say(row["why"] if row["file"] in row["why"] else f"{row['file']}: {row['why']}")
    if stopped():
        say("Stopped; recordings that were not searched are left out.")
    if failed:
        raise typer.Exit(1)


VERB = Verb(find_, "Look inside")
