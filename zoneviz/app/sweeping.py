"""A sweep: the runs of a grid in processes of this machine or a cluster, each result in a file as soon as the run has ended."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import zoneviz
from zoneviz.app.cluster import Cluster
from zoneviz.app.grid import Grid, Job
from zoneviz.app.model import model_version
from zoneviz.app.pool import KILLED, asked_to_stop, run_all
from zoneviz.app.simulation import Simulation
from zoneviz.errors import ZonevizError, described
from zoneviz.recording.results import Results
from zoneviz.settings import text

FAILED = "failed"
MANY = 10_000
"""Above this number of runs, the user is asked first."""
_SLICE = 0.1
"""Seconds between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Progress: runs in the file when it was opened, runs that ended since, all runs of the grid, and seconds since."""

    before: int
    done: int
    of: int
    seconds: float

    @property
    def rate(self) -> float:
        """Runs per second; 0 before the first."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left; None before the first run has ended."""
        return (self.of - self.before - self.done) / self.rate if self.rate else None


def sweep(
    grid: Grid,
    output: Path,
    workers: int | Cluster,
    on_progress: Callable[[Sweep], object] = lambda sweep: None,
    should_stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Sweep:
    """Run what is missing in the file `output`, and what failed. Returns the last progress; stopped early if `should_stop`.

    `workers`: processes of this machine, or a cluster. Errors: as `Results` and `Cluster`. What has ended before an error is in the file.
    """
    own = grid.base.resolve().scenario.file
    model = model_version(own)
    with Results(output, grid.definition(), model, _about(grid)) as results:
        there = results.done()
        before = sum(seed <= grid.seeds and point < grid.points for point, seed in there)
        done, begun = 0, clock()

        def finished(job: Job, row: Mapping[str, Any]) -> None:
            nonlocal done
            results.add(job.point, job.seed, [_stored(value) for value in grid.values(job.point).values()], {**row, "model": model})
            done += 1
            on_progress(Sweep(before, done, len(grid), clock() - begun))

        on_progress(Sweep(before, 0, len(grid), 0.0))
        missing = (job for job in grid.jobs() if (job.point, job.seed) not in there)
        if isinstance(workers, Cluster):
            workers.run_all(run_one, missing, finished, _killed, should_stop, own)
        else:
            run_all(run_one, missing, workers, finished, _killed, should_stop)
        return Sweep(before, done, len(grid), clock() - begun)


def run_one(job: Job, should_stop: Callable[[], bool] = asked_to_stop) -> dict[str, Any]:
    """Run a job to its end: its row, by name as in `recording.results`. If it fails, the outcome is FAILED and `why` has the reason."""
    try:
        simulation = Simulation(job.spec)
        while simulation.advance(_SLICE):
            if should_stop():
                simulation.stop()
        return row_of(simulation.result())
    except ZonevizError as error:
        return {"outcome": FAILED, "why": str(error)}
    except Exception as error:  # a bug in one run must not lose the others
        return {"outcome": FAILED, "why": described(error)}


def _killed(job: Job) -> dict[str, Any]:
    return {"outcome": FAILED, "why": KILLED}


def row_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a result as `run --json` prints it."""
    panic, zone_map = result["panic"] or {}, result["zone_map"]
    names = ("outcome", "digest", "events", "simulated_seconds", "wall_seconds")
    return {
        **{name: result[name] for name in names},
        **result["counts"],
        **{name: panic.get(name) or "" for name in ("memory", "zone", "task")},
        "panic": panic.get("text", ""),
        "why": result.get("why", ""),
        "zone_map_used": zone_map["used"],
        "zone_map_bytes": zone_map["size"],
    }


def estimate(
    grid: Grid,
    workers: int,
    should_stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> float:
    """About how many seconds all runs take, from one run in the middle of the grid."""
    begun = clock()
    run_one(grid.job(grid.points // 2, 1), should_stop)
    return (clock() - begun) * len(grid) / workers


def _stored(value: object) -> object:
    """A value as a cell of the file: yes and no are text, as users type them."""
    return text(value) if isinstance(value, bool) else value


def _about(grid: Grid) -> dict[str, str]:
    return {
        "zoneviz": zoneviz.__version__,
        "created": datetime.now().astimezone().isoformat(timespec="seconds"),
        "scenario": grid.base.scenario,
        "profile": grid.base.profile,
    }
