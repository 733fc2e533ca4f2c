"""The machine at a moment, from the recording alone."""

from pathlib import Path
from typing import Any

from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.servers import servers, tasks
from zoneviz.recording import Recording

PANIC, END = "panic", "end"


def open_recording(path: Path) -> Recording:
    """The recording at `path`, read-only; close it, or use it as a context.

    Errors: InputError if it is missing, damaged, hostile or from the future.
    """
    return Recording(path)


def state(path: Path, at: str) -> dict[str, Any]:
    """The machine right after a moment: `event` and `simulated_seconds`, the machine part of `run --json`, and

    servers     those that receive from port sets, most threads first, as `playback.servers.ServerState`
    tasks       all live ones, most names first, as `playback.servers.TaskHoldings`

    `at` is an event's number (0, or in a part the number before its first: before the first), "panic" or "end".
    Errors: UsageError for a moment the recording does not have; InputError as `open_recording`.
    """
    with open_recording(path) as recording:
        seq = moment(recording, at)
        player = Player(recording)
        player.seek(seq)
        now = player.state
        who = {"servers": [s._asdict() for s in servers(now)], "tasks": [t._asdict() for t in tasks(now)]}
        return {"event": seq, "simulated_seconds": now.time / 1e9, **now.machine(), **who}


def moment(recording: Recording, at: str) -> int:
    """The number of the event that `at` means.

    Errors: UsageError if it is none of this recording's.
    """
    last = recording.event_count
    if at == END:
        return last
    if at == PANIC:
        found = recording.query("SELECT seq FROM events WHERE kind = ? ORDER BY seq DESC LIMIT 1", (int(Kind.PANIC),))
        if not found:
            raise UsageError(f"{recording.path} holds no panic; its last event is {last}.")
        return int(found[0]["seq"])
    least = recording.first_event - 1
    # isdecimal alone would let through digits of other scripts and any length
    if not (at.isascii() and at.isdecimal() and len(at) < 19 and least <= int(at) <= last):
        raise UsageError(f"{at!r} is no moment of {recording.path}; it may be panic, end, or an event from {least} to {last}.")
    return int(at)
