"""`zoneviz pack`: a recording compressed for sending."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import words
from zoneviz.app.parts import pack as pack_file
from zoneviz.cli.arguments import File, Force, Json
from zoneviz.cli.output import console, print_json
from zoneviz.cli.verbs import Verb
from zoneviz.words import plain


def pack(
    file: File,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The packed file to write.", show_default="FILE.zst")
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Compress a recording for sending. The window and all commands open packed recordings directly."""
    result = pack_file(file, output, force=force)
    if json:
        print_json(result)
    else:
        console().print(plain(f"{result['file']}: {words.size(result['size'])}, was {words.size(result['packed_size'])}."))


VERB = Verb(pack, "Share")
