"""Importing the event stream of a real kernel: it becomes a recording like that of a simulated run."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoneviz.app.info import header_of
from zoneviz.app.state import open_recording
from zoneviz.app.writing import keep
from zoneviz.errors import ZonevizError, described
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

    Returns the recording's header as `info`, the machine part of `run --json` at its end, and `report`: what was left out, and
    which of the stream's own totals differ from its events. `on_progress` is called with the events read and the share of the
    file. Once `should_stop` returns True, the events so far become a valid, interrupted recording.
    Errors: InputError if the stream cannot be read, UsageError if the output exists, EnvironmentProblem if it cannot be written.
    A recording already started is then closed as incomplete.
    """
    keep(Path(stream), output)
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
            recorder.abort(str(error) if isinstance(error, ZonevizError) else f"the import failed: {described(error)}")
            raise
        recorder.finish(outcome, ended)
    with open_recording(output) as recording:
        machine = Player(recording).at_end().machine()
        return {**header_of(recording), **ended, **machine, "sentences": report.sentences() if report else []}


class _Stopped(Exception):
    """The user asked to stop in the middle of an import."""
