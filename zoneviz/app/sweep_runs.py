"""From the results of a sweep back to its runs: the grid, to continue it, and one run, to record it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from zoneviz import scenarios, words
from zoneviz.app.grid import Grid
from zoneviz.errors import InputError, UsageError
from zoneviz.mach.profile import SETTINGS
from zoneviz.recording.results import Found
from zoneviz.settings import Value
from zoneviz.spec import RunSpec


def grid_of(path: Path, file: str | None = None) -> Grid:
    """The grid of the sweep in `path`, with the largest seed that it has. `file`: the scenario's, if it is a user's own.

    A sweep names its scenario and nothing else: a path in it is never run.
    Errors: InputError as `Found`, or if its definition is damaged; UsageError if the scenario is not part of zoneviz and no file is given.
    """
    found = Found(path)
    known = str(found.definition.get("scenario", ""))
    if file is None and known not in scenarios.scenarios():
        raise UsageError(f"The scenario {known!r} is not part of zoneviz: give the command `zoneviz sweep` with its .py file.")
    try:
        return _grid(found.definition, file or known, max((row["seed"] for row in found.rows()), default=1))
    except (UsageError, TypeError, ValueError, AttributeError, KeyError) as error:
        raise InputError(f"{path} is damaged: its definition is not one of a sweep ({error}).") from None


def run_of(path: Path, point: int, seed: int) -> RunSpec:
    """The run of one combination and seed of the sweep in `path`, to be recorded. Errors: as `grid_of`; UsageError for an unknown point."""
    grid = grid_of(path)
    if not 0 <= point < grid.points:
        raise UsageError(f"{path} has no point {point}; its points are 0 to {words.number(grid.points - 1)}.")
    return replace(grid.job(point, seed).spec, record=True)


def _grid(definition: dict[str, Any], scenario: str, seeds: int) -> Grid:
    base = RunSpec(
        scenario, str(definition["profile"]), dict(definition["settings"]), record=False, max_events=definition["max_events"]
    ).reduced()
    known = {**SETTINGS, **{setting.name: setting for setting in base.resolve().scenario.parameters}}
    axes: dict[str, tuple[Value, ...]] = {name: tuple(map(known[name].parse, values)) for name, values in definition["vary"].items()}
    if not axes or not all(axes.values()):
        raise ValueError("nothing varies")
    return Grid(base, axes, seeds)
