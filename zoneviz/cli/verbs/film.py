"""`zoneviz film`: a view while the run goes by, painted by the window's code."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import words
from zoneviz.app import pictures
from zoneviz.cli.arguments import File, Force, Json
from zoneviz.cli.doors import doors
from zoneviz.cli.errors import say
from zoneviz.cli.output import print_json
from zoneviz.cli.painting import NoCaption, Range, Scale, Size, Theme, View
from zoneviz.cli.progress import share_bar
from zoneviz.cli.verbs import Verb


def film(
    context: typer.Context,
    file: File,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT.gif|apng|mp4", help="The film to write.", show_default=False)],
    view: View = "zone-map-pages",
    seconds: Annotated[float, typer.Option(metavar="N", help="Length of the film in seconds.")] = 10.0,
    rate: Annotated[float, typer.Option(metavar="N", help="Frames per second.")] = 12.0,
    span: Range = None,
    theme: Theme = "light",
    size: Size = "960x600",
    scale: Scale = 1.0,
    no_caption: NoCaption = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Film one view while the run goes by, as GIF, animated PNG or MP4. Needs no display; MP4 needs ffmpeg."""
    width, height = pictures.size(size)
    caption = not no_caption
    asked = pictures.Film(file, output, view, "end", span, theme, width, height, scale, caption, force, seconds=seconds, rate=rate)
    asked.check()
    with share_bar(file.name, shown=not json) as progress:
        filmed = doors(context).shoot(asked, lambda done, of: progress(done, done / of) if progress is not None else None)
    if json:
        print_json(filmed)
    else:
        say(f"Wrote {output}: {filmed['pictures']} frames, {words.size(filmed['bytes'])}.")


VERB = Verb(film, "Share")
