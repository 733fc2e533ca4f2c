"""`zoneviz pack`, `slice` and `repair`: recordings made out of recordings."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import app
from zoneviz.cli.output import console, plain, print_json
from zoneviz.units import format_size

_File = Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)]
_Output = Annotated[Path, typer.Option("-o", "--output", metavar="FILE.zvz", help="The recording to make.", show_default=False)]
_Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
_Json = Annotated[bool, typer.Option("--json", help="Print what was done as one JSON object.")]


def pack(
    file: _File,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="The packed file.", show_default="FILE.zst")] = None,
    force: _Force = False,
    json: _Json = False,
) -> None:
    """Pack a recording for sending. Every command and the window open packed recordings as they are."""
    told = app.pack(file, output, force=force)
    if json:
        print_json(told)
    else:
        console().print(plain(f"{told['file']}: {format_size(told['size'])} of {format_size(told['packed_size'])}."))


def slice_(
    file: _File,
    first: Annotated[str, typer.Option("--from", metavar="EVENT", help="The first event of the part.", show_default=False)],
    last: Annotated[str, typer.Option("--to", metavar="EVENT|panic|end", help="The last event of the part.", show_default=False)],
    output: _Output,
    force: _Force = False,
    json: _Json = False,
) -> None:
    """Cut a stretch out of a recording, with the state it begins with; its events keep their numbers."""
    told = app.cut(file, first, last, output, force=force)
    if json:
        print_json(told)
    else:
        console().print(plain(f"{told['file']}: {told['events']:,} events, {told['first_event']:,} to {told['last_event']:,}."))


def repair(file: _File, output: _Output, force: _Force = False, json: _Json = False) -> None:
    """Save what can be read of a damaged recording, and say what was lost."""
    told = app.repair(file, output, force=force)
    if json:
        print_json(told)
        return
    out = console()
    recorded = told["recorded_events"]
    out.print(plain(f"{told['file']}: {told['events']:,} events{'' if recorded is None else f' of {recorded:,}'} saved."))
    for sentence in told["lost"]:
        out.print(plain(sentence))
