"""`zoneviz verify`: whether a recording is valid, and whether running it again gives the same events."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from zoneviz import words
from zoneviz.app.verify import verify as app_verify
from zoneviz.cli.arguments import File, Json
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, print_json
from zoneviz.cli.progress import share_bar
from zoneviz.cli.verbs import Verb
from zoneviz.words import plain


def verify(
    file: File,
    quick: Annotated[bool, typer.Option("--quick", help="Check only the file; do not run it again.")] = False,
    json: Json = False,
) -> int:
    """Check a recording against itself, then run it again and compare event by event.

    Exit status 1 if the recording is invalid, or if the same model gives other events.
    """
    with stoppable() as stopped, share_bar(str(file), shown=not json) as progress:
        found = app_verify(
            file, quick=quick, on_progress=(lambda events: progress(events, 0.0)) if progress else None, should_stop=stopped
        )
    if json:
        print_json(found)
    else:
        _print(found)
    return 0 if found["ok"] else 1


def _print(found: Mapping[str, Any]) -> None:
    out = console()
    name = plain(found["file"])
    for problem in found["problems"]:
        out.print(f"{name}: invalid: {plain(problem)}")
    if found["sound"]:
        out.print(f"{name}: valid: {words.number(found['events'])} events, digest {plain(found['digest'])}.")
    divergence, note = found["divergence"], plain(found["note"])
    if divergence is not None:
        out.print(f"{name}: differs from event {words.number(divergence['event'])}: {plain(divergence['why'])}.")
        for mark, rows in ((" ", divergence["before"]), ("-", divergence["recorded"]), ("+", divergence["again"])):
            for row in rows:
                figures = " ".join(f"{field}={row[field]}" for field in ("subject", "address", "size", "extra"))
                said = f"{row['event']} {row['time']} ns {row['kind']} {figures} task {row['task']}: {row['call_path']}"
                out.print(f"{mark} {plain(said)}")
    elif found["reproduced"]:
        out.print(f"{name}: reproduced: the same events when run again{f' ({note})' if note else ''}.")
    else:
        out.print(f"{name}: not run again: {note}.")


VERB = Verb(verify, "Compare and check")
