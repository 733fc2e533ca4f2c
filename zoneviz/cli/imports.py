"""`zoneviz import`: a recording out of an event stream of the real kernel."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import app
from zoneviz.cli.info import show
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, plain, print_json
from zoneviz.cli.progress import share_bar


def import_(
    stream: Annotated[
        str,
        typer.Argument(metavar="STREAM", help="The stream, plain or packed with zstd or gzip; - is standard input.", show_default=False),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.zvz", help="The recording to make.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was imported as one JSON object.")] = False,
) -> None:
    """Turn a complete event stream of the real kernel into a recording."""
    with stoppable() as stopped, share_bar(stream, shown=not json) as tell:
        told = app.import_stream(stream, output, force=force, on_progress=tell, should_stop=stopped)
    if json:
        print_json(told)
        return
    show(told)
    out = console()
    for sentence in told["sentences"]:
        out.print(plain(sentence))
