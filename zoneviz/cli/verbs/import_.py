"""`zoneviz import`: a recording from an event stream of a real kernel."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import app
from zoneviz.cli.arguments import Force, Json, Made
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, print_header, print_json
from zoneviz.cli.progress import share_bar
from zoneviz.cli.verbs import Verb
from zoneviz.words import plain


def import_(
    stream: Annotated[
        str,
        typer.Argument(
            metavar="STREAM", help="The event stream, plain or compressed with zstd or gzip; - is standard input.", show_default=False
        ),
    ],
    output: Made,
    force: Force = False,
    json: Json = False,
) -> None:
    """Turn a complete event stream of a real kernel into a recording."""
    with stoppable() as stopped, share_bar(Path(stream).name, shown=not json) as progress:
        result = app.import_stream(stream, output, force=force, on_progress=progress, should_stop=stopped)
    if json:
        print_json(result)
        return
    print_header(result)
    out = console()
    for sentence in result["sentences"]:
        out.print(plain(sentence))


VERB = Verb(import_, "Run")
