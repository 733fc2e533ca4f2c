"""`zoneviz export`: a recording in another program's format."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app.export import export as app_export
from zoneviz.app.writing import STDOUT
from zoneviz.cli.arguments import MOMENT, File, Force, Json, Range, starting
from zoneviz.cli.errors import say
from zoneviz.cli.output import print_json
from zoneviz.cli.progress import share_bar
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.exporters import exporters
from zoneviz.playback.kmem_tables import ORDER, ORDERS
from zoneviz.playback.tables import VIEWS

Sort = Annotated[
    str | None,
    typer.Option(
        metavar="WORDS",
        help=f"Order of allocations, largest first: {', '.join(ORDERS)}; several with commas.",
        show_default=ORDER[0],
        autocompletion=starting(lambda: ORDERS),
    ),
]
Top = Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the first N rows of allocations.", show_default="all, 40 as text")]


def export(
    file: File,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help=f"One of {', '.join(exporters())}; of a sweep also html.",
            show_default=False,
            autocompletion=starting(exporters),
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="The file to write; - is standard output.", show_default=False)
    ],
    view: Annotated[
        str | None,
        typer.Option(
            "--view",
            metavar="VIEW",
            help=f"For a table: one of {', '.join(VIEWS)}.",
            show_default="events; of kmem-stat allocations-by-site",
            autocompletion=starting(lambda: VIEWS),
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar=MOMENT, help="The moment, for a view of one moment.", show_default="end")
    ] = None,
    span: Range = None,
    where: Annotated[
        str | None,
        typer.Option(
            "--where",
            metavar="FILTER",
            help="Only matching rows; the filter is any of kind=, zone=, task=, thread=, address=, path=.",
            show_default=False,
        ),
    ] = None,
    sort: Sort = None,
    top: Top = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a recording, or one view of it, in another format.

    Tables (events, zones, threads, ports, tasks, series, pages, allocations) as CSV, JSON, JSON Lines, Markdown or Parquet; a trace for
    Perfetto; stacks for flame graphs and speedscope; allocations by call site, call path, pointer or zone, as perf kmem stat prints them.
    The results of a sweep (.zvs) become a table of its runs, or a page with charts (html).
    """
    if json and output == STDOUT:
        raise UsageError("Standard output cannot take both the export and --json.")
    with share_bar(file.name, shown=not json) as progress:
        result = app_export(
            file, to, output, view=view, at=at, span=span, where=where, sort=sort, top=top,
            force=force,
            on_progress=lambda done, of: progress(done, done / of) if progress is not None and of else None,
        )  # fmt: skip
    if json:
        print_json(result)
    elif output != STDOUT:
        say(f"Wrote {output}.")


VERB = Verb(export, "Share")
