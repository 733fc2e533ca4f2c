"""`zoneviz compare`: where two recordings part, and what each holds at moments that belong together."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from zoneviz import app
from zoneviz.app.writing import written
from zoneviz.cli.errors import say
from zoneviz.cli.output import console, plain, print_json, print_pairs, table
from zoneviz.cli.progress import work_bar
from zoneviz.errors import UsageError
from zoneviz.exporters.comparison import html
from zoneviz.playback.compare import ALIGNMENTS, EVENT, Comparison
from zoneviz.playback.compare.sides import divergence_lines
from zoneviz.playback.compare.tables import Figure
from zoneviz.units import format_size

ROWS = 10
"""Lines of a table."""


def compare(
    a: Annotated[Path, typer.Argument(metavar="A.zvz", help="A recording.", show_default=False)],
    b: Annotated[Path, typer.Argument(metavar="B.zvz", help="Another.", show_default=False)],
    align: Annotated[str, typer.Option(metavar="|".join(ALIGNMENTS), help="What the moments looked at have in common.")] = EVENT,
    only: Annotated[
        str | None, typer.Option(metavar="KIND,...", help="Compare only these kinds of event, such as zalloc,zfree.", show_default=False)
    ] = None,
    frames: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Tell call paths apart by N innermost frames; 0: by all.", show_default="all, 3 if one is imported"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT.html", help="Write it as a page; - is standard output.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing page.")] = False,
) -> None:
    """Say where two recordings part, and how what they hold differs."""
    kinds = [name.strip() for name in (only or "").split(",") if name.strip()]
    if json and output == app.STDOUT:
        raise UsageError("Standard output cannot take both the page and --json.")
    if output is None:
        with work_bar("compare", shown=not json) as progress:
            found = app.compare(a, b, align, kinds, frames, progress)
        tell(found, json)
        return
    # Opened first: that the page cannot be there is said before the work, not after it.
    with written(output, force) as page:
        with work_bar("compare", shown=not json) as progress:
            found = app.compare(a, b, align, kinds, frames, progress)
        page.write(html(found).encode("utf-8", "replace"))  # the name of a file may not be text
    if output != app.STDOUT:
        tell(found, json)
        say(f"Written to {output}.")


def tell(comparison: Comparison, json: bool) -> None:
    """Print a comparison, for people or as JSON."""
    if json:
        print_json(comparison.as_json())
    else:
        show(comparison)


def show(c: Comparison) -> None:
    """A comparison for people."""
    out = console()
    equal = f"{c.equal:,} of {max(c.lengths):,} compared events" + (f", the first {c.prefix:,} without a gap" if c.divergence else "")
    print_pairs(out, [("A", c.files[0]), ("B", c.files[1]), ("equal", equal), ("operations", "A {:,}, B {:,}".format(*c.operations))])
    for what, divergence in (("in what happened", c.divergence), ("in a size", c.size), ("in an address", c.place)):
        if divergence is not None:
            out.print()
            for line in divergence_lines(what, divergence):
                out.print(plain(line))
    if c.tables:
        last = c.tables[-1]
        _points(out, c)
        for name, figures in (("zone", last.zones), ("task", last.tasks), ("call path", last.paths)):
            _figures(out, name, last.what, figures)
    out.print()
    out.print(plain(c.verdict))


def _points(out: Console, c: Comparison) -> None:
    out.print()
    rows = [
        (t.what, f"{t.seqs[0]:,}", f"{t.seqs[1]:,}", *map(format_size, t.zone_map), _signed(t.zone_map[1] - t.zone_map[0]))
        for t in c.tables
    ]
    names = ("moment", "event of A", "of B", "zone_map of A", "of B", "B - A")
    out.print(table(names, rows, right=names[1:]))


def _figures(out: Console, name: str, what: str, figures: list[Figure]) -> None:
    unequal = [figure for figure in figures if figure.differs]
    out.print()
    if not unequal:
        out.print(f"By {name}, {plain(what)}: no difference.")
        return
    out.print(f"By {name}, {plain(what)}: {len(unequal):,} of {len(figures):,} differ.")
    rows = []
    for f in unequal[:ROWS]:
        elements = (f"{f.elements[0]:,}", f"{f.elements[1]:,}", f"{f.elements[1] - f.elements[0]:+,}")
        grown = (_signed(f.grown[0]), _signed(f.grown[1])) if name == "zone" else ()
        rows.append((f.name, *elements, *map(format_size, f.bytes), _signed(f.more), *grown))
    names = [name, "elements A", "B", "B - A", "bytes A", "B", "B - A"] + (["grown A", "B"] if name == "zone" else [])
    out.print(table(names, rows, right=names[1:]))


def _signed(size: int) -> str:
    return ("+" if size > 0 else "-" if size < 0 else "") + format_size(abs(size))
