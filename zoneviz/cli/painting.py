"""Arguments that `shot` and `film` share, as typer reads them."""

from typing import Annotated

import typer

from zoneviz.cli.arguments import RANGE

View = Annotated[str, typer.Option(metavar="NAME", help="A view, named as its tab, such as zone-heatmap; or timeline, overview, window.")]
Range = Annotated[
    str | None,
    typer.Option(
        "--range",
        metavar=RANGE,
        help="Show only events FIRST to LAST, both included; either may be left out.",
        show_default="the whole run",
    ),
]
Theme = Annotated[str, typer.Option(metavar="light|dark", help="The colours.")]
Size = Annotated[str, typer.Option(metavar="WxH", help="Width and height in points.")]
Scale = Annotated[float, typer.Option(metavar="N", help="Pixels per point: 2 for a high-resolution screen.")]
NoCaption = Annotated[bool, typer.Option("--no-caption", help="Leave out the line below that says what is shown.")]
