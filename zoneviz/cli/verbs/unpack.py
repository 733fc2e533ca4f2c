"""`zoneviz unpack`: a packed recording as a plain SQLite file again."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import words
from zoneviz.app.parts import unpack as unpack_file
from zoneviz.cli.arguments import File, Force, Json
from zoneviz.cli.output import console, print_json
from zoneviz.cli.verbs import Verb
from zoneviz.words import plain


def unpack(
    file: File,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The plain file to write.", show_default="FILE without .zst")
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a packed recording as a plain SQLite file, for other programs."""
    result = unpack_file(file, output, force=force)
    if json:
        print_json(result)
    else:
        console().print(plain(f"{result['file']}: {words.size(result['size'])}, was {words.size(result['packed_size'])}."))


VERB = Verb(unpack, "Share")
