"""What runs in a worker: a simulation, or the recording of a live machine."""

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from zoneviz.app.live_spec import LiveSpec, LiveStatus
from zoneviz.spec import RunSpec

Spec = RunSpec | LiveSpec
"""What to run or record."""

REPORT_SECONDS = 1 / 30
"""Shortest time between two reports of progress."""


class Driven(Protocol):
    """What a worker drives: `app.simulation.Simulation`, or `app.live.Live`, which has the same interface."""

    @property
    def path(self) -> Path | None:
        """The file that is written."""

    @property
    def events(self) -> int:
        """Number of committed events."""

    @property
    def time(self) -> int:
        """Time of the last committed event in ns."""

    @property
    def ended(self) -> bool:
        """Whether it has ended and its recording is closed."""

    def advance(self, wall_seconds: float) -> bool:
        """Run for about `wall_seconds`. False when it has ended."""

    def step(self) -> bool:
        """Run one step, or take a reading. False when it has ended."""

    def flush(self) -> None:
        """Commit before a pause."""

    def stop(self) -> None:
        """End it; the recording is complete."""

    def result(self) -> dict[str, Any]:
        """How it ended."""


@runtime_checkable
class Machine(Driven, Protocol):
    """A live machine that is being recorded: it cannot be paused, and reports more than events."""

    def status(self) -> LiveStatus:
        """How the recording goes."""

    def news(self) -> list[str]:
        """Lines for the user since the last call, such as alerts that were raised."""


def begin(spec: Spec) -> Driven:
    """Start what a spec describes, in the thread that will drive it. Errors: as `Simulation` and `open_live`."""
    # Imported here: showing a recording needs neither, and the window opens sooner.
    from zoneviz.app.recording_live import open_live
    from zoneviz.app.simulation import Simulation

    return open_live(spec) if isinstance(spec, LiveSpec) else Simulation(spec, commit_seconds=REPORT_SECONDS)


def original(spec: Spec | None) -> Path | None:
    """The recording that a run is a variant of; None if it repeats no recording."""
    return spec.against if isinstance(spec, RunSpec) else None
