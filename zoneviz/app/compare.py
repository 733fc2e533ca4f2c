"""Comparing recordings, and running a variant of one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from zoneviz.app.spec import again
from zoneviz.app.state import open_recording
from zoneviz.app.writing import keep
from zoneviz.errors import UsageError
from zoneviz.playback.compare import EVENT, Comparison, readings, steps
from zoneviz.playback.compare.readings import ReadingsCompared
from zoneviz.scenarios import find
from zoneviz.spec import RunSpec, Settings


def compare(
    a: Path,
    b: Path,
    align: str = EVENT,
    only: Sequence[str] = (),
    frames: int | None = None,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
) -> Comparison:
    """Compare the recordings at two paths. See `playback.compare.compare`. `on_progress` is called with (done, total).

    Errors: InputError if one is missing or damaged; UsageError for an unknown alignment or kind of event.
    """
    with open_recording(a) as left, open_recording(b) as right:
        work = steps(left, right, align, only, frames)
        while True:
            try:
                on_progress(*next(work))
            except StopIteration as end:
                found: Comparison = end.value
                return found


def compare_readings(a: Path, b: Path, align: str = EVENT, actions: int = 0, noise: Path | None = None) -> ReadingsCompared:
    """Compare recordings of readings at these paths. See `playback.compare.readings`. Errors: as there, and as `compare`."""
    with open_recording(a) as left, open_recording(b) as right:
        if noise is None:
            return readings.compare_readings(left, right, align, actions)
        with open_recording(noise) as quiet:
            return readings.compare_readings(left, right, align, actions, quiet)


def are_readings(*paths: Path) -> bool:
    """Whether all of these recordings have readings. Errors: InputError as `open_recording`."""
    for path in paths:
        with open_recording(path) as recording:
            if not recording.header.has_readings:
                return False
    return True


def variant(path: Path, spec: RunSpec, profile: str | None, seed: int | None) -> RunSpec:
    """The run of the recording at `path` with the settings of `spec` changed, and `profile` and `seed` if they are given.

    An imported recording says what ran, not how to run it: `spec` is then returned as it is.
    Errors: InputError as `open_recording`; UsageError if it is a run of another scenario, or the output.
    """
    if spec.output is not None:
        keep(path, spec.output)
    with open_recording(path) as recording:
        header = recording.header
    if not header.can_run_again:
        return replace(spec, against=path)
    scenario = find(spec.scenario)
    if header.scenario != scenario.name:
        wrong = f"{path} is a run of {header.scenario}, not of {spec.scenario}."
        raise UsageError(f"{wrong} Name a recording of {spec.scenario}, or compare any two with `zoneviz compare`.")
    own = again(header, Settings(spec.settings), scenario.reference)
    profile, seed = own.profile if profile is None else profile, own.seed if seed is None else seed
    return replace(spec, settings=own.settings, profile=profile, seed=seed, against=path)
