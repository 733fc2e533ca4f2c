"""`zoneviz shot` and `film`: pictures by the window's own views, which `__main__` lends us."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app import pictures
from zoneviz.cli.doors import doors
from zoneviz.cli.errors import say
from zoneviz.cli.output import print_json
from zoneviz.cli.progress import share_bar
from zoneviz.units import format_size

_File = Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)]
_View = Annotated[
    str,
    typer.Option(metavar="NAME", help="A view as its tab says (such as zone-heatmap), or timeline, overview, window."),
]
_At = Annotated[str, typer.Option("--at", metavar="EVENT|panic|end", help="The moment.")]
_Range = Annotated[
    str | None, typer.Option("--range", metavar="A:B", help="Events A to B: the visible stretch.", show_default="the whole run")
]
_Theme = Annotated[str, typer.Option(metavar="light|dark", help="The colours.")]
_Size = Annotated[str, typer.Option(metavar="WxH", help="Width and height.")]
_Scale = Annotated[float, typer.Option(metavar="N", help="Pixels for each point of the size: 2 for a sharp screen.")]
_NoCaption = Annotated[bool, typer.Option("--no-caption", help="Leave out the line that says what is shown.")]
_Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
_Json = Annotated[bool, typer.Option("--json", help="Print what was painted as one JSON object.")]


def shot(
    context: typer.Context,
    file: _File,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT.png|svg|pdf", help="The picture to make.", show_default=False)],
    view: _View = "timeline",
    at: _At = "end",
    span: _Range = None,
    theme: _Theme = "light",
    size: _Size = "1600x900",
    scale: _Scale = 1.0,
    no_caption: _NoCaption = False,
    force: _Force = False,
    json: _Json = False,
    against: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A second recording, for the view compare.", show_default=False)
    ] = None,
    part: Annotated[
        str, typer.Option(metavar="PART", help="Which part of the comparison, as its chooser says.", show_default="curves")
    ] = "",
) -> None:
    """Paint a view of a recording, or the whole window, as it is on the screen. Needs no display."""
    width, height = pictures.size(size)
    wanted = pictures.Shot(file, output, view, at, span, theme, width, height, scale, not no_caption, force, against, part)
    wanted.check()
    told = doors(context).paint(wanted)
    if json:
        print_json(told)
    else:
        say(f"Painted {output}: {told['width']} x {told['height']}.")


def film(
    context: typer.Context,
    file: _File,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT.gif|apng|mp4", help="The film to make.", show_default=False)],
    view: _View = "zone-map-pages",
    seconds: Annotated[float, typer.Option(metavar="N", help="How long it lasts.")] = 10.0,
    rate: Annotated[float, typer.Option(metavar="N", help="Pictures a second.")] = 12.0,
    span: Annotated[
        str | None, typer.Option("--range", metavar="A:B", help="From event A to event B.", show_default="the whole run")
    ] = None,
    theme: _Theme = "light",
    size: _Size = "960x600",
    scale: _Scale = 1.0,
    no_caption: _NoCaption = False,
    force: _Force = False,
    json: _Json = False,
) -> None:
    """Make a film of a view while the moment goes through the run. Needs no display; an MP4 needs ffmpeg."""
    width, height = pictures.size(size)
    caption = not no_caption
    wanted = pictures.Film(file, output, view, "end", span, theme, width, height, scale, caption, force, seconds=seconds, rate=rate)
    wanted.check()
    with share_bar(file.name, shown=not json) as tell:
        told = doors(context).shoot(wanted, lambda done, of: tell(done, done / of) if tell is not None else None)
    if json:
        print_json(told)
    else:
        say(f"Filmed {output}: {told['pictures']} pictures, {format_size(told['bytes'])}.")
