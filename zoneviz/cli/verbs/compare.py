"""`zoneviz compare`: where two recordings differ, and what each holds at corresponding moments."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app.compare import are_readings, compare_readings
from zoneviz.app.compare import compare as app_compare
from zoneviz.app.writing import STDOUT, keep, written
from zoneviz.cli.arguments import Force, Json
from zoneviz.cli.comparing import print_comparison, print_readings
from zoneviz.cli.doors import doors
from zoneviz.cli.errors import say
from zoneviz.cli.opening import show
from zoneviz.cli.progress import work_bar
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.exporters.comparison import html, listings_html
from zoneviz.playback.compare import ALIGNMENTS, EVENT


def compare(
    context: typer.Context,
    a: Annotated[Path, typer.Argument(metavar="A.zvz", help="A recording.", show_default=False)],
    b: Annotated[Path, typer.Argument(metavar="B.zvz", help="Another recording.", show_default=False)],
    align: Annotated[str, typer.Option(metavar="|".join(ALIGNMENTS), help="What corresponding moments have in common.")] = EVENT,
    only: Annotated[
        str | None, typer.Option(metavar="KIND,...", help="Compare only these kinds of event, such as zalloc,zfree.", show_default=False)
    ] = None,
    frames: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Distinguish call paths by their N innermost frames; 0 means by all.",
            show_default="all; 3 if a recording is imported",
        ),
    ] = None,
    actions: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="Of two listings: something was done N times between; 0 if unknown.", show_default="0"),
    ] = 0,
    noise: Annotated[
        Path | None,
        typer.Option("--noise", metavar="C.zvz", help="A third listing, taken after B without the action.", show_default=False),
    ] = None,
    json: Json = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT.html", help="Write an HTML page; - is standard output.", show_default=False),
    ] = None,
    force: Force = False,
    window: Annotated[bool, typer.Option("--window", help="Show the comparison in the window instead.")] = False,
) -> int | None:
    """Say where two recordings first differ, and how what they hold differs."""
    if window:
        if (align, only, frames, actions, noise, json, output, force) != (EVENT, None, None, 0, None, False, None, False):
            raise UsageError("--window takes no other options; choose in the window how to align and what to compare.")
        return show(doors(context), [a], against=b)
    kinds = [name.strip() for name in (only or "").split(",") if name.strip()]
    if json and output == STDOUT:
        raise UsageError("Standard output cannot take both the page and --json.")
    if actions or noise is not None or (not kinds and are_readings(a, b)):
        _listings(a, b, align, actions, noise, json, output, force)
        return None
    if output is None:
        with work_bar("compare", shown=not json) as progress:
            found = app_compare(a, b, align, kinds, frames, progress)
        print_comparison(found, json)
        return None
    for source in (a, b):
        keep(source, output)
    # The page is opened first: a path that cannot be written is reported before the work, not after it.
    with written(output, force) as page:
        with work_bar("compare", shown=not json) as progress:
            found = app_compare(a, b, align, kinds, frames, progress)
        page.write(html(found).encode("utf-8", "replace"))  # a file name may be invalid UTF-8
    if output != STDOUT:
        print_comparison(found, json)
        say(f"Wrote {output}.")
    return None


def _listings(a: Path, b: Path, align: str, actions: int, noise: Path | None, json: bool, output: Path | None, force: bool) -> None:
    """Compare recordings of readings, as text, JSON or a page."""
    if output is None:
        print_readings(compare_readings(a, b, align, actions, noise), json)
        return
    for source in (a, b, *([noise] if noise is not None else [])):
        keep(source, output)
    with written(output, force) as page:
        found = compare_readings(a, b, align, actions, noise)
        page.write(listings_html(found).encode("utf-8", "replace"))
    if output != STDOUT:
        print_readings(found, json)
        say(f"Wrote {output}.")


VERB = Verb(compare, "Compare and check")
