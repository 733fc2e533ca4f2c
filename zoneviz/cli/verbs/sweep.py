"""`zoneviz sweep`: a scenario with every combination of some settings."""

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from zoneviz import words
from zoneviz.app.cluster import Cluster
from zoneviz.app.grid import Grid
from zoneviz.app.sweep_results import reasons, summary
from zoneviz.app.sweeping import MANY, Sweep, estimate
from zoneviz.app.sweeping import sweep as app_sweep
from zoneviz.cli.arguments import Json, starting
from zoneviz.cli.errors import say
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, print_json, table
from zoneviz.cli.progress import sweep_bar
from zoneviz.cli.simulating import Profile, Scenario, Settings
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.mach.profile import DEFAULT_PROFILE, SETTINGS
from zoneviz.recording.results import FIGURES
from zoneviz.settings import text
from zoneviz.spec import RunSpec

_REASONS = 5
"""At most this many different reasons of failed runs are printed."""


def sweep(
    scenario: Scenario,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="NAME=VALUES",
            help="Vary a setting: a list (1M,2M,4M), a range (1M..16M:1M), or a range of factors (1M..16M:x2). Repeatable.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE.zvs", help="The file of results; if it exists, the sweep continues.", show_default=False
        ),
    ],
    seeds: Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help="Runs of each combination, with seeds 1 to N.")] = 1,
    profile: Profile = None,
    settings: Settings = None,
    max_events: Annotated[int | None, typer.Option(metavar="N", help="Interrupt each run after N events.", show_default=False)] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, metavar="N", help="Runs at the same time.", show_default="one per processor")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="Run on the Dask cluster of this scheduler.", show_default=False),
    ] = None,
    figure: Annotated[
        str,
        typer.Option(metavar="FIGURE", help=f"What the table shows: {', '.join(FIGURES)}.", autocompletion=starting(lambda: FIGURES)),
    ] = "processes",
    yes: Annotated[bool, typer.Option("--yes", help=f"Do not ask before more than {words.number(MANY)} runs.")] = False,
    json: Json = False,
) -> None:
    """Run a scenario with every combination of some settings, and collect how the runs end in one SQLite file.

    The runs are not recorded. Ctrl-C stops; finished runs are kept, and the same command continues.
    """
    if figure not in FIGURES:
        raise UsageError(f"There is no figure {figure!r}; use one of {', '.join(FIGURES)}.")
    base = RunSpec(scenario, DEFAULT_PROFILE if profile is None else profile, tuple(settings or ()), record=False, max_events=max_events)
    grid = Grid.of(base, vary, seeds)
    if cluster and workers:
        raise UsageError("--workers are processes of this machine; leave them out with --cluster.")
    with stoppable() as stopped, ExitStack() as stack:
        there = stack.enter_context(Cluster(cluster)) if cluster else None
        processes = there.workers if there else workers or os.cpu_count() or 1
        if len(grid) > MANY and not yes and not _agreed(estimate(grid, processes, stopped), len(grid), cluster or "this machine"):
            return
        with sweep_bar("sweep", shown=not json) as progress:
            end = app_sweep(grid, output, there or processes, progress, stopped)
    found = summary(output, figure)
    print_json(found) if json else _print(found)
    _say_end(end, output, found["failed"])


def _agreed(seconds: float, runs: int, where: str) -> bool:
    """Ask whether to begin. Errors: UsageError if nobody can answer."""
    long = f"{words.number(runs)} runs take about {words.duration(round(seconds * 1e9))} on {where}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"{long}. Use --yes to begin, or fewer values.")
    return typer.confirm(f"{long}. Begin?", err=True)


def _print(found: Mapping[str, Any]) -> None:
    """One row per combination."""
    figure, names = found["figure"], list(found["definition"]["vary"])
    rows = []
    for point in found["points"]:
        ends = point["ended_by"]
        ended = ", ".join(f"{name} {words.number(count)}" if len(ends) > 1 else name for name, count in ends.items())
        spread = (_number(point[name]) for name in ("median", "low", "high"))
        settings = (_value(name, value) for name, value in point["settings"].items())
        rows.append((str(point["point"]), *settings, words.number(point["runs"]), *spread, ended))
    columns = ("point", *names, "runs", figure, "lowest", "highest", "ended by")
    console().print(table(columns, rows, right=("point", *names, "runs", figure, "lowest", "highest")))


def _value(name: str, value: object) -> str:
    known = SETTINGS.get(name)
    return known.text(value) if known is not None and isinstance(value, int | float | None) else text(value)


def _number(value: int | float | None) -> str:
    return "" if value is None else words.figures(value) if isinstance(value, float) else words.number(value)


def _say_end(end: Sweep, output: Path, failed: int) -> None:
    if failed:
        for why, count in list(reasons(output).items())[:_REASONS]:
            say(f"{words.count(count, 'run')} failed. {why}")
    there = end.before + end.done
    if there < end.of:
        say(f"Stopped after {words.number(there)} of {words.count(end.of, 'run')}. The same command continues.")
    else:
        new = f", {words.number(end.done)} of them new, at {words.rate(end.rate, 'runs')}" if end.done else ", none of them new"
        say(f"{words.count(end.of, 'run')} in {output}{new}.")


VERB = Verb(sweep, "Run")
