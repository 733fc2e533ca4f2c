"""Options for recordings that run for days, as typer reads them; docs/watching.md."""

from typing import Annotated

import typer

ALERTED = 3
"""Exit status if an alert was raised."""

Keep = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Keep everything this long, and older times in short: the file stays small.", show_default="all"),
]
Alert = Annotated[
    list[str] | None,
    typer.Option(metavar="CONDITION", help="Say when this becomes true: 'kmalloc-64 > 1G'. Repeatable.", show_default="none"),
]
AlertBefore = Annotated[
    str | None, typer.Option(metavar="TIME", help="Say this long before a limit is reached at the present rate.", show_default="never")
]
Then = Annotated[
    str | None,
    typer.Option(metavar="COMMAND", help="Run this for each alert; the figures are in its environment.", show_default="nothing"),
]
