"""The machine at one moment, computed from the recording alone."""

from pathlib import Path
from typing import Any

from zoneviz.app.moments import moment
from zoneviz.playback import Player
from zoneviz.playback.servers import servers, tasks
from zoneviz.recording import Recording


def open_recording(path: Path) -> Recording:
    """Open the recording at `path` read-only. Close it, or use it as a context manager.

    Errors: InputError if it is missing, damaged, hostile or from the future.
    """
    return Recording(path)


def state(path: Path, at: str) -> dict[str, Any]:
    """The machine right after a moment: `event` and `simulated_seconds`, the machine part of `run --json`, and

    servers     tasks that receive from port sets, most threads first, as `playback.servers.ServerState`
    tasks       all live tasks, most names first, as `playback.servers.TaskHoldings`

    `at`: as in `app.moments`. Errors: UsageError if the recording has no such moment; InputError as `open_recording`.
    """
    with open_recording(path) as recording:
        seq = moment(recording, at)
        player = Player(recording)
        player.seek(seq)
        now = player.state
        who = {"servers": [s._asdict() for s in servers(now)], "tasks": [t._asdict() for t in tasks(now)]}
        return {"event": seq, "simulated_seconds": now.time / 1e9, **now.machine(), **who}
