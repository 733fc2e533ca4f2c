"""What sweeping costs: the same runs in this process, in one worker, and in a worker for each core. Wall time, on an idle machine."""

import os
import time
from pathlib import Path

from zoneviz.app.grid import Grid
from zoneviz.app.sweeping import run_one, sweep
from zoneviz.spec import RunSpec

SEEDS = 16
"""Runs of a measurement for each core: enough that starting the workers counts little."""


def measured(folder: Path, seeds: int = SEEDS) -> tuple[float, float, float]:
    """(runs/s of all cores, that over the cores' number times one worker's runs/s, one worker's seconds over those of the bare runs)."""
    cores = os.cpu_count() or 1
    grid = Grid.of(RunSpec("fork-bomb"), ["zone_map_size=1M"], seeds * cores)
    begun = time.perf_counter()
    for job in grid.jobs():
        run_one(job)
    bare = time.perf_counter() - begun
    one, all_ = (_rate(grid, folder / "sweep.zvs", workers) for workers in (1, cores))
    return all_, all_ / (cores * one), len(grid) / one / bare


def _rate(grid: Grid, output: Path, workers: int) -> float:
    """Runs per second of a whole sweep, workers and file included."""
    for file in output.parent.glob(f"{output.name}*"):
        file.unlink()
    begun = time.perf_counter()
    done = sweep(grid, output, workers).done
    return done / (time.perf_counter() - begun)
