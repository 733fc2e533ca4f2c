"""`zoneviz report`: one archive for a bug tracker or a mailing list."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from zoneviz import app
from zoneviz.app.report import NONE, PART, WHOLE, Contents
from zoneviz.cli.doors import doors
from zoneviz.cli.errors import say
from zoneviz.cli.output import print_json
from zoneviz.cli.progress import words_bar
from zoneviz.errors import InputError, UsageError
from zoneviz.units import format_size

NOTE_LIMIT = 1 << 20


def report(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT.zip", help="The archive to make.", show_default=False)],
    at: Annotated[
        str | None, typer.Option("--at", metavar="EVENT|panic|end", help="The moment it speaks of.", show_default="panic, or end")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Your own words; - reads them.", show_default=False)] = None,
    span: Annotated[
        str | None, typer.Option("--range", metavar="A:B", help="Put in only events A to B of the recording.", show_default="all")
    ] = None,
    no_recording: Annotated[bool, typer.Option("--no-recording", help="Leave the recording out.")] = False,
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Leave the pictures out.")] = False,
    no_zones: Annotated[bool, typer.Option("--no-zones", help="Leave zones.csv out.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was written as one JSON object.")] = False,
) -> None:
    """Put what happened into one archive that a stranger can read without zoneviz, and check with it.

    A page, a letter, pictures, the zones and the packed recording; nothing in it says who you are or where your files lie.
    """
    if no_recording and span is not None:
        raise UsageError("Say either --range or --no-recording.")
    kept = NONE if no_recording else WHOLE if span is None else PART
    contents = Contents(_note(note), at, kept, span, not no_pictures, not no_zones)
    paint = None if no_pictures else doors(context).paint
    with words_bar("report", shown=not json) as tell:
        told = app.report(file, output, contents, paint, force=force, tell=tell)
    if json:
        print_json(told)
    else:
        say(f"Written to {output}: {format_size(told['size'])} in {len(told['files'])} files.")


def _note(note: str | None) -> str:
    if note != "-":
        return note or ""
    data = sys.stdin.buffer.read(NOTE_LIMIT + 1)
    if len(data) > NOTE_LIMIT:
        raise InputError(f"The note is longer than {format_size(NOTE_LIMIT)}.")
    return data.decode("utf-8", "replace").strip()
