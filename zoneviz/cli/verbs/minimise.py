"""`zoneviz minimise`: the smallest workload that still ends the same way."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from zoneviz import words
from zoneviz.app.minimise import Smallest, recorded, scenario_file
from zoneviz.app.minimise import minimise as app_minimise
from zoneviz.app.writing import STDOUT, keep, written
from zoneviz.cli.arguments import Force, Json
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import print_json, print_line, print_pairs
from zoneviz.cli.progress import jobs_bar
from zoneviz.cli.simulating import Profile, Seed, Settings
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.mach.profile import DEFAULT_PROFILE
from zoneviz.spec import RunSpec
from zoneviz.words import plain

GUESS = 100
"""Runs that the progress bar expects; few searches need more."""


def minimise(
    what: Annotated[str, typer.Argument(metavar="FILE|SCENARIO", help="A recording, a scenario, or a .py file.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.py", help="The scenario file to write.", show_default=False)
    ] = None,
    profile: Profile = None,
    settings: Settings = None,
    seed: Seed = None,
    force: Force = False,
    json: Json = False,
) -> int:
    """Find the fewest steps and smallest numbers with which a run still ends the same way.

    The same way: the same outcome, of the same memory, with the same pattern. The result is a scenario file that anybody can run.
    """
    if output is not None and output != STDOUT and (output.suffix != ".py" or not output.stem.isidentifier()):
        raise UsageError(f"{output} is not the name of a scenario file; use a name such as small.py.")
    if output is not None and output.exists() and not force:
        raise UsageError(f"{output} exists already; use --force to replace it.")
    if output is not None:
        keep(Path(what), output)
    found = _search(_spec(what, profile, settings, seed), json)
    if found is None:
        return 1
    if output is not None:
        with written(output, force) as out:
            out.write(scenario_file(found, "small" if output == STDOUT else output.stem).encode())
    if json and output != STDOUT:
        print_json(found.as_json())
    elif output != STDOUT:
        _print(found, output)
    return 0


def _spec(what: str, profile: str | None, settings: list[str] | None, seed: int | None) -> RunSpec:
    if what.endswith(".py") or not (os.sep in what or Path(what).exists()):
        return RunSpec(what, profile or DEFAULT_PROFILE, tuple(settings or ()), 1 if seed is None else seed)
    if profile is not None or settings or seed is not None:
        raise UsageError("A recording has its profile, settings and seed; leave out --profile, --set and --seed.")
    return recorded(Path(what))


def _search(spec: RunSpec, json: bool) -> Smallest | None:
    """The result; None if a signal stopped the search."""
    with stoppable() as stopped, jobs_bar(spec.scenario, GUESS, not json) as update, closing(app_minimise(spec)) as work:
        while True:
            try:
                update(next(work))
            except StopIteration as finished:
                result: Smallest = finished.value
                return result
            if stopped():
                return None


def _print(found: Smallest, output: Path | None) -> None:
    print_line(f"Still ends in {plain(found.end)}, after {found.runs} runs.")
    changed = [(name, f"{found.before[name]} -> {value}") for name, value in found.after.items() if value != found.before[name]]
    print_pairs([*changed, ("events", f"{words.number(found.events[0])} -> {words.number(found.events[1])}")])
    if output is not None:
        print_line(f"Written to {plain(output)}; its first lines say how to run it.")


VERB = Verb(minimise, "Look inside")
