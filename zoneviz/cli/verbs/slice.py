"""`zoneviz slice`: a part of a recording."""

from typing import Annotated

import typer

from zoneviz import words
from zoneviz.app.parts import cut
from zoneviz.cli.arguments import MOMENT, File, Force, Json, Made
from zoneviz.cli.output import console, print_json
from zoneviz.cli.verbs import Verb
from zoneviz.words import plain


def slice_(
    file: File,
    first: Annotated[str, typer.Option("--from", metavar="EVENT", help="The first event of the excerpt.", show_default=False)],
    last: Annotated[str, typer.Option("--to", metavar=MOMENT, help="The last event of the excerpt.", show_default=False)],
    output: Made,
    force: Force = False,
    json: Json = False,
) -> None:
    """Cut an excerpt out of a recording. It keeps event numbers and the state before its first event."""
    result = cut(file, first, last, output, force=force)
    if json:
        print_json(result)
    else:
        count, first, last = (words.number(result[name]) for name in ("events", "first_event", "last_event"))
        console().print(plain(f"{result['file']}: {count} events, {first} to {last}."))


VERB = Verb(slice_, "Share")
