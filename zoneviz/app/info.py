"""The header of a recording."""

from pathlib import Path
from typing import Any

from zoneviz import words
from zoneviz.app.state import clocked, open_recording
from zoneviz.events import Kind
from zoneviz.playback.outlook import outlook
from zoneviz.playback.rates import until
from zoneviz.playback.series import Series
from zoneviz.playback.shown import cannot_show
from zoneviz.recording import Recording
from zoneviz.recording.header import SHOWN
from zoneviz.state.rows import SUBJECT


def info(path: Path) -> dict[str, Any]:
    """The header of the recording at `path`, as JSON values; see `header_of`. `forecast`: as `foreseen`.

    Errors: InputError as `open_recording`.
    """
    with open_recording(path) as recording:
        return header_of(recording) | {"forecast": foreseen(recording)}


def foreseen(recording: Recording) -> str:
    """Which limit is full first at the present rate, as a sentence; "" if none is in sight, the end was a panic, or there is no clock."""
    if recording.header.time_kind != "ns" or recording.header.panic_text:
        return ""
    series = Series()
    series.load(recording, coarse=True)
    first = next(iter(outlook(series)), None)
    if first is None or first.forecast.at is None:
        return ""
    return f"{words.one_line(first.limit.label, 60)}: {until(first.forecast, recording.last_time)}"


def header_of(recording: Recording) -> dict[str, Any]:
    """The header of an open recording as JSON values. `panic` has text, zone and memory, or is None; `size` is in bytes.

    `readings`: their number, 0 for a recording of events; `cannot_show`: sentences; `kernel`: whether the simulated kernel was compiled or
    interpreted, "" if unknown.
    """
    header = recording.header
    # A run on the simulated kernel has no readings; looking for one would take its whole length.
    readings = recording.events_of(Kind.READING, backwards=True, most=0 if header.can_run_again else 1)
    return {
        "file": str(recording.path),
        "size": recording.path.stat().st_size,
        "format": header.format,
        "zoneviz": header.zoneviz,
        "created": header.created,
        "kind": header.kind,
        "system": header.system,
        "zone_noun": header.zone_noun,
        "shows": [word for word in SHOWN if word in header.shows],
        "cannot_show": cannot_show(header),
        "scenario": header.scenario,
        "parameters": dict(header.parameters),
        "profile": header.profile,
        "profile_values": dict(header.profile_values),
        "seed": header.seed,
        "outcome": header.outcome,
        "complete": header.complete,
        "incomplete_reason": header.incomplete_reason,
        "panic": {"text": header.panic_text, "zone": header.panic_zone, "memory": header.panic_memory} if header.panic_text else None,
        "events": recording.event_count - recording.first_event + 1,
        "first_event": recording.first_event,
        "part_of": header.part_of,
        "model": header.model,
        "kernel": str(header.result.get("kernel", "")),
        "time_kind": header.time_kind,
        **clocked(recording, recording.last_time),
        "readings": int(readings[0, SUBJECT]) if len(readings) else 0,
        "zone_count": len(recording.catalog.zones),
        "task_count": recording.catalog.task_count,
        "thread_count": recording.catalog.thread_count,
        "digest": header.digest,
    }
