"""Why a memory filled up."""

from collections.abc import Callable
from pathlib import Path

from zoneviz.app.moments import event_range, moment
from zoneviz.app.same_end import same_end
from zoneviz.app.state import open_recording
from zoneviz.errors import UsageError
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import Diagnosis, steps
from zoneviz.recording import Recording


def diagnose(
    path: Path,
    at: str | None = None,
    span: str | None = None,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
    hours: float | None = None,
) -> Diagnosis:
    """As `diagnosis`, of the recording at a path, with the leak and the scenario that end with its panic.

    `hours`: from boot to the panic, if the file does not say. Errors: as there; InputError as `open_recording`.
    """
    with open_recording(path) as recording:
        found = diagnosis(recording, at, span, on_progress)
        if recording.header.panic_text and found.at == recording.event_count:
            found.findings.extend(same_end(recording.header, found, hours))
        return found


def diagnosis(
    recording: Recording,
    at: str | None = None,
    span: str | None = None,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
) -> Diagnosis:
    """The diagnosis at the moment `at` (default: the panic, else the end), of the events `span`, both as in `app.moments`.

    `on_progress` is called with (events read, total). Errors: UsageError if the recording has no such moment or range, or if
    `at` and the end of `span` are both given; InputError if it is damaged.
    """
    last = None if at is None else moment(recording, at)
    before = None
    if span is not None:
        start, _, end = span.partition(":")
        first, until = event_range(recording, span)
        if at is not None and end:
            raise UsageError(f"--at {at} and --range {span} both name the end; use --at {at} --range {start}: instead.")
        before = first - 1 if start else None
        last = until if end else last
    work = steps(Player(recording), last, before)
    while True:
        try:
            on_progress(*next(work))
        except StopIteration as finished:
            found: Diagnosis = finished.value
            return found
