"""A recording, or what of it is wanted, in another program's format."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from zoneviz.app.notes import file_of, read
from zoneviz.app.state import END, moment, open_recording
from zoneviz.app.writing import STDOUT, written
from zoneviz.errors import UsageError
from zoneviz.exporters import Exporter, find
from zoneviz.playback.search import Filter, parse_filter
from zoneviz.playback.tables import EVENTS_OF, VIEWS, Part
from zoneviz.recording import Recording


def export(
    path: Path,
    to: str,
    output: Path,
    *,
    view: str | None = None,
    at: str | None = None,
    span: str | None = None,
    where: str | None = None,
    force: bool = False,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
) -> dict[str, Any]:
    """Write a view of a recording in a format: `file`, `format`, `view`, and the moment `at` or the range `first`, `last` it is of.

    `output` "-": standard output. `at` as in `app.state` (None: the end); `span`: "A:B", either may be left out; `where`: a filter
    as in `playback.search`. `on_progress` is called with how much is done, of how much.
    Errors: UsageError for a format, view, moment or filter that is none, and for an output that exists; InputError if the recording
    is damaged; EnvironmentProblem if it cannot be written. No output is then left.
    """
    exporter = find(to)
    if view is None:
        view = "events" if exporter.views else ""
    elif view not in exporter.views:
        those = ", ".join(exporter.views)
        raise UsageError(f"The format {to} has no view {view!r}; it has: {those}." if those else f"The format {to} has no views.")
    of_range = VIEWS[view][1] == EVENTS_OF if view else not exporter.moment
    if of_range and at is not None:
        raise UsageError(f"{_named(exporter, view)} is of a range of events: say --range A:B, not --at.")
    if not of_range and span is not None:
        raise UsageError(f"{_named(exporter, view)} is of one moment: say --at, not --range.")
    with open_recording(path) as recording:
        first, last = stretch(recording, span)
        match = _filter(exporter, view, where, recording)
        notes = tuple((note.seq, note.text) for note in read(file_of(recording)))
        part = Part(recording, moment(recording, at or END), first, last, match, on_progress, notes)
        with written(output, force) as out:
            exporter.write(view, part, out)
    told: dict[str, Any] = {"file": None if output == STDOUT else str(output), "format": to, "view": view or None}
    return told | ({"first": first, "last": last} if of_range else {"at": part.at})


def stretch(recording: Recording, span: str | None) -> tuple[int, int]:
    """First and last event of `A:B`; all of them for None. A and B as in `app.state`, either may be left out.

    Errors: UsageError if it is none of this recording's.
    """
    if span is None:
        return recording.first_event, recording.event_count
    a, colon, b = span.partition(":")
    if not colon:
        raise UsageError(f"{span!r} is no range of events; one is for example 100:2000, or 5000:panic.")
    first = max(moment(recording, a), recording.first_event) if a else recording.first_event
    last = moment(recording, b) if b else recording.event_count
    if first > last:
        raise UsageError(f"The range {span} ends before it begins.")
    return first, last


def _named(exporter: Exporter, view: str) -> str:
    return f"The view {view}" if view else f"The format {exporter.name}"


def _filter(exporter: Exporter, view: str, where: str | None, recording: Recording) -> Filter | None:
    if where is None:
        return None
    match = parse_filter(where, recording.catalog)
    words = VIEWS[view][2] if view else exporter.words
    for word in ("kinds", "zones", "task", "thread", "address", "path"):
        if getattr(match, word) is not None and word not in words:
            raise UsageError(f"{_named(exporter, view)} cannot be filtered by {word.removesuffix('s')}.")
    return match
