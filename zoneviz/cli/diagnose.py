"""`zoneviz diagnose`: why a memory filled up."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from zoneviz import app
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, plain, print_json, table
from zoneviz.cli.progress import share_bar
from zoneviz.playback.diagnosis import Diagnosis
from zoneviz.units import format_size

ROWS = 8
FRAMES = 4
"""Innermost frames of a call path that are printed."""


def diagnose(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)],
    at: Annotated[str | None, typer.Option("--at", metavar="EVENT|panic|end", help="The moment.", show_default="panic, or end")] = None,
    stretch: Annotated[
        str | None, typer.Option("--range", metavar="A:B", help="Only what came after event A, up to B.", show_default="since boot")
    ] = None,
    limits: Annotated[bool, typer.Option("--limits", help="Also run it again with each limit there is.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
) -> None:
    """Say which memory ended, who holds it, since when, and by which pattern."""
    with share_bar(str(file), shown=not json) as tell:
        found = app.diagnose(file, at, stretch, (lambda done, of: tell(done, done / of)) if tell else None)
    if json:
        told = found.as_json()
        if limits:
            told["limits"] = [effect.as_json() for effect in _effects(file, lambda effect: None)]
        print_json(told)
        return
    show(found)
    if limits:
        out = console()
        out.print()
        out.print("What would have happened with a limit:")
        _effects(file, lambda effect: out.print(f"  {plain(effect.sentence)}"))


def _effects(file: Path, tell: Callable[[app.Effect], object]) -> list[app.Effect]:
    """Try each limit, telling of each as it ends; Ctrl-C leaves out the rest."""
    told: list[app.Effect] = []

    def take(effect: app.Effect) -> None:
        told.append(effect)
        tell(effect)

    with stoppable() as stopped, closing(app.effects(file, tell=take)) as work:
        for _ in work:
            if stopped():
                break
    return told


def show(found: Diagnosis) -> None:
    """The same for people."""
    out = console()
    for finding in found.findings:
        out.print(plain(finding.sentence))
    if found.holders:
        out.print()
        rows = [
            (h.zone, h.task_name or h.task, " > ".join(h.call_path[-FRAMES:]), f"{h.count:,}", format_size(h.bytes), format_size(h.grown))
            for h in found.holders[:ROWS]
        ]
        names = ("zone", "task", "call path", "elements", "bytes", f"since event {found.first:,}")
        out.print(table(names, rows, right=names[3:]))
