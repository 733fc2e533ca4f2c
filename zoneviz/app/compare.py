"""Comparing recordings, and running a variant of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from zoneviz.app.spec import RunSpec, pairs
from zoneviz.app.state import open_recording
from zoneviz.errors import UsageError
from zoneviz.playback.compare import EVENT, Comparison, steps
from zoneviz.recording.header import SIMULATED, Header


def compare(
    a: Path,
    b: Path,
    align: str = EVENT,
    only: Sequence[str] = (),
    frames: int | None = None,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
) -> Comparison:
    """Compare the recordings at two paths. See `playback.compare.compare`. `on_progress` is told how much is done, of how much.

    Errors: InputError if one is missing or damaged; UsageError for an alignment or kind of event they do not have.
    """
    with open_recording(a) as left, open_recording(b) as right:
        going = steps(left, right, align, only, frames)
        while True:
            try:
                on_progress(*next(going))
            except StopIteration as end:
                found: Comparison = end.value
                return found


def variant(path: Path, spec: RunSpec, profile: str | None, seed: int | None) -> RunSpec:
    """The run of the recording at `path` again, with the settings of `spec` changed; `profile` and `seed` if they are given.

    Of an imported recording nothing is taken: a stream says what ran, not how to run it.
    Errors: InputError as `open_recording`; UsageError if it is a run of another scenario.
    """
    with open_recording(path) as recording:
        header = recording.header
    if header.kind != SIMULATED:
        return spec
    if header.scenario != spec.resolve_scenario().name:
        raise UsageError(f"{path} is a run of {header.scenario}, not of {spec.scenario}.")
    own = again(header, dict(pairs(spec.settings)))
    return replace(spec, settings=own.settings, profile=profile or own.profile, seed=own.seed if seed is None else seed)


def again(header: Header, changes: Mapping[str, str]) -> RunSpec:
    """The run of a recording once more, with the settings in `changes` as they stand there."""
    settings = {name: str(value) for name, value in header.parameters.items()} | dict(changes)
    return RunSpec(header.scenario, header.profile, settings, header.seed)
