"""Turning an event stream from elsewhere into a recording of the same kind as a simulated one."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoneviz.app.info import header_of
from zoneviz.app.state import open_recording
from zoneviz.errors import ZonevizError
from zoneviz.events import Catalog
from zoneviz.importers.opening import open_stream
from zoneviz.mach.sizes import MACHINE
from zoneviz.playback import Player
from zoneviz.recording import Header, Recorder
from zoneviz.recording.header import IMPORTED


def import_stream(
    stream: str | Path,
    output: Path,
    *,
    force: bool = False,
    on_progress: Callable[[int, float], object] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Record the events of the file `stream` (`-`: standard input) in `output`.

    Gives the recording's header as `info`, the machine part of `run --json` at its end, and `report`: what
    was left out and which figures of the file beside the stream did not come out. `on_progress` is told the events
    and the share of the file read. If `should_stop` says so, what was read so far is a good recording, interrupted.
    Errors: InputError for a stream that cannot be read, UsageError for an output that exists, EnvironmentProblem
    if it cannot be written; a recording begun is then closed as incomplete.
    """
    catalog = Catalog()
    catalog.machine = MACHINE  # streams come from GNU Mach, and do not say it
    with open_stream(stream) as opened:
        about = opened.about
        header = Header(
            kind=IMPORTED,
            scenario=about.title or Path(stream).name,
            parameters={"stream": Path(stream).name, "format": about.format, "workload": about.workload},
            profile_values=dict(about.values),
            created=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
            time_kind=about.time_kind,
        )
        recorder = Recorder(output, catalog, header, force=force)

        def flush() -> None:
            recorder.commit()
            if on_progress is not None:
                on_progress(recorder.events, opened.progress())
            if should_stop():
                raise _Stopped

        try:
            report = opened.read(catalog, recorder.sink, flush, recorder.detail)
            outcome = report.outcome
            ended: dict[str, Any] = {
                "outcome": outcome,
                "kern_return": report.kern_return,
                "panic": report.panic,
                "report": report.as_json(),
            }
        except _Stopped:
            report, outcome = None, "interrupted"
            ended = {"outcome": outcome, "kern_return": None, "panic": None, "report": None}
        except BaseException as error:
            recorder.abort(str(error) if isinstance(error, ZonevizError) else f"the import failed: {type(error).__name__}: {error}")
            raise
        recorder.finish(outcome, ended)
    with open_recording(output) as recording:
        machine = Player(recording).at_end().machine()
        return {**header_of(recording), **ended, **machine, "sentences": report.sentences() if report else []}


class _Stopped(Exception):
    """The person asked to stop in the middle of an import."""
