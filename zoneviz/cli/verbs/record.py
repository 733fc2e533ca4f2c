"""`zoneviz record`: record this machine."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app.live_spec import LiveSpec
from zoneviz.app.recording_live import record as app_record
from zoneviz.cli.arguments import Force, Json
from zoneviz.cli.errors import say
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import print_json
from zoneviz.cli.progress import live_bar
from zoneviz.cli.recording import print_recorded
from zoneviz.cli.verbs import Verb
from zoneviz.cli.watching import ALERTED, Alert, AlertBefore, Keep, Then
from zoneviz.units import parse_duration, parse_size
from zoneviz.words import plain


def record(
    every: Annotated[str, typer.Option(metavar="TIME", help="Time between two readings of all caches.")] = "1s",
    seconds: Annotated[str | None, typer.Option("--for", metavar="TIME", help="Stop after this time.", show_default="until Ctrl-C")] = None,
    events: Annotated[bool, typer.Option("--events", help="Record every allocation and free too (Linux, root).")] = False,
    stacks: Annotated[bool, typer.Option("--stacks", help="As --events, each allocation with its call stack.")] = False,
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Only allocations from these caches: 'dentry,kmalloc-*'.", show_default="all")
    ] = None,
    min_size: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Only allocations of this size and above.", show_default="all")
    ] = None,
    pid: Annotated[int | None, typer.Option(min=1, metavar="PID", help="Only allocations by this process.", show_default="all")] = None,
    command: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only allocations by processes of this name.", show_default="all")
    ] = None,
    cgroup: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Only allocations by this control group, whose figures are read too.", show_default="all"),
    ] = None,
    buffer: Annotated[str, typer.Option(metavar="SIZE", help="The kernel's buffer for events, for each processor.")] = "64M",
    limit: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Stop when the file is this large.", show_default="2G, or a quarter of the free disk"),
    ] = None,
    keep: Keep = None,
    alert: Alert = None,
    alert_before: AlertBefore = None,
    then: Then = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The recording to write (.zvz).", show_default="a new file")
    ] = None,
    force: Force = False,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what was asked for.")] = False,
) -> int:
    """Record this machine: readings of its kernel caches, and every allocation if wanted.

    Ctrl-C ends it; the recording up to there is complete and valid. Exit status 3 if an alert was raised.
    """
    spec = LiveSpec(
        every=parse_duration(every),
        seconds=parse_duration(seconds) if seconds else None,
        events=events or stacks,
        stacks=stacks,
        only=tuple(name.strip() for name in only.split(",") if name.strip()) if only else (),
        min_size=parse_size(min_size) if min_size else 0,
        pid=pid,
        command=command or "",
        cgroup=cgroup or "",
        buffer=parse_size(buffer),
        output=output,
        force=force,
        limit=parse_size(limit) if limit else None,
        keep=parse_duration(keep) if keep else None,
        alerts=tuple(alert or ()),
        alert_before=parse_duration(alert_before) if alert_before else 0.0,
        then=then or "",
    )
    with stoppable() as stopped, live_bar("this machine", shown=not (json or quiet)) as progress:
        result = app_record(spec, progress, stopped, say)
    if json:
        print_json(result)
    elif not quiet:
        print_recorded(result)
    elif output is None:
        print(plain(result["file"]))
    return ALERTED if result.get("alerts") else 0


VERB = Verb(record, "Run")
