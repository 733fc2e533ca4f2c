"""`zoneviz shot`: a picture of one view, painted by the window's code."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app import pictures
from zoneviz.cli.arguments import MOMENT, File, Force, Json
from zoneviz.cli.doors import doors
from zoneviz.cli.errors import say
from zoneviz.cli.output import print_json
from zoneviz.cli.painting import NoCaption, Range, Scale, Size, Theme, View
from zoneviz.cli.verbs import Verb


def shot(
    context: typer.Context,
    file: File,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT.png|svg|pdf", help="The picture to write.", show_default=False)
    ],
    view: View = "timeline",
    at: Annotated[str, typer.Option("--at", metavar=MOMENT, help="The moment to show.")] = "end",
    span: Range = None,
    theme: Theme = "light",
    size: Size = "1600x900",
    scale: Scale = 1.0,
    no_caption: NoCaption = False,
    force: Force = False,
    json: Json = False,
    against: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A second recording, for the view compare.", show_default=False)
    ] = None,
    part: Annotated[
        str, typer.Option(metavar="PART", help="For the view compare: which part, as named in its list.", show_default="curves")
    ] = "",
) -> None:
    """Paint one view of a recording, or the whole window, to PNG, SVG or PDF. Needs no display."""
    width, height = pictures.size(size)
    asked = pictures.Shot(file, output, view, at, span, theme, width, height, scale, not no_caption, force, against, part)
    asked.check()
    painted = doors(context).paint(asked)
    if json:
        print_json(painted)
    else:
        say(f"Wrote {output}: {painted['width']} x {painted['height']} pixels.")


VERB = Verb(shot, "Share")
