"""A run from start to end, with progress reports."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoneviz.app.simulation import Simulation
from zoneviz.spec import RunSpec

REPORT_SECONDS = 0.1
"""Time between two progress reports."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Committed events, simulated time in ns, bytes of zone_map in use and its size."""

    events: int
    time: int
    used: int
    size: int


def run(
    spec: RunSpec,
    on_progress: Callable[[Progress], object] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[dict[str, Any], Path | None]:
    """Run to the end. Returns (result, as `run --json` prints it; path of the recording, or None).

    `on_progress` and `should_stop` are called about ten times per second; if `should_stop` returns true the run ends as
    interrupted, with a complete recording.
    Errors: as `Simulation`.
    """
    simulation = Simulation(spec)
    while not simulation.ended:
        if should_stop():
            simulation.stop()
        else:
            simulation.advance(REPORT_SECONDS)
        if on_progress is not None:
            on_progress(Progress(simulation.events, simulation.time, *simulation.used()))
    return simulation.result(), simulation.path
