"""`zoneviz diagnose`: why a memory filled up."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from zoneviz import words
from zoneviz.app.diagnosis import diagnose as app_diagnose
from zoneviz.app.resembles import resembles as app_resembles
from zoneviz.app.whatif import Effect
from zoneviz.app.whatif import effects as app_effects
from zoneviz.cli.arguments import MOMENT, RANGE, File, Json
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, print_json, table
from zoneviz.cli.progress import share_bar
from zoneviz.cli.verbs import Verb
from zoneviz.playback.diagnosis import CallSite, Diagnosis
from zoneviz.playback.diagnosis.kmem_sentences import owner
from zoneviz.playback.rates import rate
from zoneviz.words import plain

ROWS = 8
FRAMES = 4
"""Innermost frames of a call path to print."""


def diagnose(
    file: File,
    at: Annotated[str | None, typer.Option("--at", metavar=MOMENT, help="The moment to explain.", show_default="panic, else end")] = None,
    span: Annotated[
        str | None,
        typer.Option(
            "--range",
            metavar=RANGE,
            help="Look only at events FIRST to LAST, both included; either may be left out.",
            show_default="from boot to --at",
        ),
    ] = None,
    limits: Annotated[bool, typer.Option("--limits", help="Also run it again with each known limit.")] = False,
    hours: Annotated[
        float | None,
        typer.Option(min=0.001, max=1e6, metavar="N", help="Of a panic without an uptime: hours from boot to it.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Say which memory filled up, who holds it, since when, and by which pattern; of a live kernel, what leaks."""
    with share_bar(str(file), shown=not json) as progress:
        found = app_diagnose(file, at, span, lambda done, of: progress(done, done / of) if progress else None, hours)
    if json:
        result = found.as_json() | {"resembles": app_resembles(file).as_json()}
        if limits:
            result["limits"] = [effect.as_json() for effect in _effects(file, lambda effect: None)]
        print_json(result)
        return
    _print(found)
    if limits:
        out = console()
        out.print()
        out.print("The same run with a limit:")
        _effects(file, lambda effect: out.print(f"  {plain(effect.sentence)}"))


def _effects(file: Path, on_effect: Callable[[Effect], object]) -> list[Effect]:
    """Run with each limit and call `on_effect` after each run. Ctrl-C skips the rest."""
    effects: list[Effect] = []

    def take(effect: Effect) -> None:
        effects.append(effect)
        on_effect(effect)

    with stoppable() as stopped, closing(app_effects(file, tell=take)) as work:
        for _ in work:
            if stopped():
                break
    return effects


def _print(found: Diagnosis) -> None:
    out = console()
    for finding in found.findings:
        out.print(plain(finding.sentence))
    if found.growth:
        out.print()
        columns = ("cache", "process", "call path", "still there", "of", "bytes", "a second")
        out.print(table(columns, [_growing(row) for row in found.growth[:ROWS]], right=columns[3:]))
    elif found.holders:
        out.print()
        rows = []
        for h in found.holders[:ROWS]:
            path = " > ".join(h.call_path[-FRAMES:])
            sizes = words.size(h.bytes), words.size(h.grown)
            rows.append((h.zone, words.named_task(h.task, h.task_name), path, words.number(h.count), *sizes))
        names = ("zone", "task", "call path", "elements", "bytes", f"since event {words.number(found.first)}")
        out.print(table(names, rows, right=names[3:]))


def _growing(row: CallSite) -> tuple[str, ...]:
    path = " > ".join(row.call_path[-FRAMES:])
    counts = words.number(row.elements), words.number(row.allocations)
    return row.zone, owner(row), path, *counts, words.size(row.bytes), rate(row.bytes_per_s)


VERB = Verb(diagnose, "Look inside")
