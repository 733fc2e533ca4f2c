"""A run from its start to its end, with somebody told how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoneviz.app.simulation import Simulation
from zoneviz.spec import RunSpec

TELL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: committed events, simulated ns, and bytes of zone_map in use out of its size."""

    events: int
    time: int
    used: int
    size: int


def run(
    spec: RunSpec,
    on_progress: Callable[[Progress], object] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[dict[str, Any], Path | None]:
    """Run it to its end: its result, as `run --json` prints it, and its recording.

    `should_stop` is asked about ten times a second; a yes ends the run as interrupted, its recording complete.
    Errors: as `Simulation`.
    """
    simulation = Simulation(spec)
    while not simulation.ended:
        if should_stop():
            simulation.stop()
        else:
            simulation.advance(TELL_SECONDS)
        if on_progress is not None:
            on_progress(Progress(simulation.events, simulation.time, *simulation.used()))
    return simulation.result(), simulation.path
