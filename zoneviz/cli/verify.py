"""`zoneviz verify`: whether a recording is sound, and whether running the same again gives the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from zoneviz import app
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, plain, print_json
from zoneviz.cli.progress import share_bar


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)],
    quick: Annotated[bool, typer.Option("--quick", help="Only look at the file; do not run it again.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was found as one JSON object.")] = False,
) -> None:
    """Check a recording against itself, then run the same again and compare event by event.

    Exit status 0: sound, and the same again where it can be run again. 1: not.
    """
    with stoppable() as stopped, share_bar(str(file), shown=not json) as tell:
        told = app.verify(file, quick=quick, on_progress=(lambda events: tell(events, 0.0)) if tell else None, should_stop=stopped)
    if json:
        print_json(told)
    else:
        _show(told)
    raise typer.Exit(0 if told["ok"] else 1)


def _show(told: Mapping[str, Any]) -> None:
    out = console()
    name = plain(told["file"])
    for problem in told["problems"]:
        out.print(f"{name}: unsound: {plain(problem)}")
    if told["sound"]:
        out.print(f"{name}: sound: {told['events']:,} events, digest {plain(told['digest'])}.")
    divergence = told["divergence"]
    if divergence is not None:
        out.print(f"{name}: diverged at event {divergence['event']:,}: {plain(divergence['why'])}.")
        for mark, rows in ((" ", divergence["before"]), ("-", divergence["recorded"]), ("+", divergence["again"])):
            for row in rows:
                figures = " ".join(f"{field}={row[field]}" for field in ("subject", "address", "size", "extra"))
                words = f"{row['event']} {row['time']} ns {row['kind']} {figures} task {row['task']}: {row['call_path']}"
                out.print(f"{mark} {plain(words)}")
    elif told["reproduced"]:
        out.print(f"{name}: reproduced: run again it gives the same events{f'; {plain(note)}' if (note := told['note']) else ''}.")
    else:
        out.print(f"{name}: not run again: {plain(told['note'])}.")
