"""`zoneviz report`: one archive for a bug tracker or a mailing list."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from zoneviz import words
from zoneviz.app.report import NONE, PART, WHOLE, Contents
from zoneviz.app.report import report as app_report
from zoneviz.cli.arguments import MOMENT, RANGE, File, Force, Json
from zoneviz.cli.doors import doors
from zoneviz.cli.errors import say
from zoneviz.cli.interrupt import ending
from zoneviz.cli.output import print_json
from zoneviz.cli.progress import words_bar
from zoneviz.cli.verbs import Verb
from zoneviz.errors import InputError, UsageError

NOTE_LIMIT = 1 << 20
"""Most bytes of a note."""


def report(
    context: typer.Context,
    file: File,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT.zip", help="The archive to write.", show_default=False)],
    at: Annotated[str | None, typer.Option("--at", metavar=MOMENT, help="The moment to report.", show_default="panic, else end")] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="Your comment; - reads it from standard input.", show_default=False)
    ] = None,
    span: Annotated[
        str | None,
        typer.Option(
            "--range",
            metavar=RANGE,
            help="Include only events FIRST to LAST of the recording, both included; either may be left out.",
            show_default="all events",
        ),
    ] = None,
    no_recording: Annotated[bool, typer.Option("--no-recording", help="Leave out the recording.")] = False,
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Leave out the pictures.")] = False,
    no_notes: Annotated[bool, typer.Option("--no-notes", help="Leave out your notes on the recording.")] = False,
    what_if: Annotated[bool, typer.Option("--what-if", help="Also run it again with each known limit, some seconds each.")] = False,
    lines: Annotated[bool, typer.Option("--steps", help="Print the name of each step, for a program that waits.")] = False,
    no_zones: Annotated[bool, typer.Option("--no-zones", help="Leave out zones.csv.")] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write an archive that explains the run to somebody without zoneviz: a page, a letter, pictures, zones, notes and the recording.

    It names neither you nor your machine nor the folders of your files.
    """
    if no_recording and span is not None:
        raise UsageError("--range says what of the recording to include; leave out --no-recording.")
    kept = NONE if no_recording else WHOLE if span is None else PART
    contents = Contents(_note(note), at, kept, span, not no_pictures, not no_zones, not no_notes, what_if)
    paint = None if no_pictures else doors(context).paint
    with ending(), words_bar("report", shown=not json and not lines) as progress:
        tell = (lambda step: say(f"{step[:1].upper()}{step[1:]}…")) if lines else progress
        result = app_report(file, output, contents, paint, force=force, tell=tell)
    if json:
        print_json(result)
    else:
        say(f"Wrote {output}: {len(result['files'])} files, {words.size(result['size'])}.")


def _note(note: str | None) -> str:
    if note != "-":
        return note or ""
    data = sys.stdin.buffer.read(NOTE_LIMIT + 1)
    if len(data) > NOTE_LIMIT:
        raise InputError(f"The note is longer than {words.size(NOTE_LIMIT)}.")
    return data.decode("utf-8", "replace").strip()


VERB = Verb(report, "Share")
