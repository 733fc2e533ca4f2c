"""The machine at one moment, computed from the recording alone."""

from pathlib import Path
from typing import Any

from zoneviz.app.moments import moment
from zoneviz.playback import Player, shown
from zoneviz.playback.servers import servers, tasks
from zoneviz.recording import Recording


def open_recording(path: Path) -> Recording:
    """Open the recording at `path` read-only. Close it, or use it as a context manager.

    Errors: InputError if it is missing, damaged, hostile or from the future.
    """
    return Recording(path)


def state(path: Path, at: str) -> dict[str, Any]:
    """The machine right after a moment: `event`, `zone_noun`, `clock` and `seconds`, the machine part of `run --json`, and

    figures     value by name of the figures of the machine that readings have set
    units       the unit of each, "bytes" or another `fields.Unit`

    servers     tasks that receive from port sets, most threads first, as `playback.servers.ServerState`
    tasks       all live tasks, most names first, as `playback.servers.TaskHoldings`

    A figure that the recording does not report is None. `at`: as in `app.moments`.
    Errors: UsageError if the recording has no such moment; InputError as `open_recording`.
    """
    with open_recording(path) as recording:
        seq = moment(recording, at)
        player = Player(recording)
        player.seek(seq)
        now = player.state
        who = {"servers": [s._asdict() for s in servers(now)], "tasks": [t._asdict() for t in tasks(now)]}
        return {
            "event": seq,
            "zone_noun": recording.header.zone_noun,
            **clocked(recording, now.time),
            **(found := shown.machine(now, recording.header)),
            "units": {info.name: info.unit for info in recording.catalog.figures if info.name in found["figures"]},
            **who,
        }


def clocked(recording: Recording, time: int) -> dict[str, Any]:
    """A time in ns as JSON values: `clock`, what it is, and `seconds`, which a simulated run also has as `simulated_seconds`."""
    header, seconds = recording.header, time / 1e9
    return {"clock": header.clock, "seconds": seconds} | ({"simulated_seconds": seconds} if header.can_run_again else {})
