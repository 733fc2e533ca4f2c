"""Why a memory filled up, of the recording at a path."""

from collections.abc import Callable
from pathlib import Path

from zoneviz.app.state import moment, open_recording
from zoneviz.errors import UsageError
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import Diagnosis, steps


def diagnose(
    path: Path, at: str | None = None, stretch: str | None = None, on_progress: Callable[[int, int], object] | None = None
) -> Diagnosis:
    """The diagnosis at a moment, "panic", "end" or an event's number (default: the panic, or the end).

    `stretch`: "A:B", only what came after event A up to event B, either of which may be left out. `on_progress` is told (events
    done, of). Errors: UsageError for a moment or stretch the recording does not have; InputError as `open_recording`.
    """
    with open_recording(path) as recording:
        last = None if at is None else moment(recording, at)
        first = None
        if stretch is not None:
            start, colon, end = stretch.partition(":")
            if not colon:
                raise UsageError(f"{stretch!r} is not of the form A:B.")
            if at is not None and end:
                raise UsageError("Say either --at or the end of a range, not both.")
            first = moment(recording, start) if start else None
            last = moment(recording, end) if end else last
        work = steps(Player(recording), last, first)
        while True:
            try:
                done = next(work)
            except StopIteration as found:
                result: Diagnosis = found.value
                return result
            if on_progress is not None:
                on_progress(*done)
