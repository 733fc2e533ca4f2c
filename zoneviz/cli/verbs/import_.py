"""`zoneviz import`: recordings from captures of real machines, and from event streams of real kernels."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app.captures import import_files
from zoneviz.cli.arguments import Force, Json
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, print_header, print_json
from zoneviz.cli.progress import share_bar
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.words import count, plain


def import_(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Captures (panic reports, listings of zones or caches, logs) or an event stream: files, folders, zip or tar archives, "
            "plain or compressed with zstd or gzip; - is standard input.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT.zvz",
            help="The recording to write; a second boot or machine becomes OUT-2.zvz. In a folder, recordings are named after their files.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the files hold; write nothing.")] = False,
    file_times: Annotated[bool, typer.Option("--file-times", help="Files whose text has no date get the time of the file.")] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Turn captures of real machines, or a kernel's event stream, into recordings."""
    if output is None and not dry_run:
        raise UsageError("Name the recording to write with -o OUT.zvz, or only look at the files with --dry-run.")
    with stoppable() as stopped, share_bar(Path(paths[0]).name, shown=not json) as progress:
        result = import_files(
            paths, None if dry_run else output, force=force, file_times=file_times, on_progress=progress, should_stop=stopped
        )
    if json:
        print_json(result)
        return
    out = console()
    out.print(plain(result["summary"]) + ("" if result["summary"].endswith(".") else "."))
    if not dry_run:
        print_header(result)
    for made in result["recordings"][0 if dry_run else 1 :]:
        readings = count(made["readings"], "reading")
        out.print(plain(f"{made['file'] or 'would make a recording'}: {made['system'] or 'unknown system'}, {readings}."))
    for sentence in result["sentences"]:
        out.print(plain(sentence))


VERB = Verb(import_, "Run")
