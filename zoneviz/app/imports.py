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
from zoneviz.importers.opening import Stream, open_stream
from zoneviz.playback import Player
from zoneviz.recording import Header, Recorder
from zoneviz.recording.header import IMPORTED, SHOWN

OnProgress = Callable[[int, float], object]
"""Called with the events read and the share of the file, 0 if unknown."""


def import_stream(
    stream: str | Path,
    output: Path,
    *,
    force: bool = False,
    on_progress: OnProgress | None = None,
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
    with open_stream(stream) as opened:
        return record_stream(opened, output, force=force, on_progress=on_progress, should_stop=should_stop)


def record_stream(
    opened: Stream,
    output: Path,
    *,
    force: bool = False,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """As `import_stream`, for an open stream; the result also has `said`."""
    catalog = Catalog()
    about = opened.about
    catalog.machine = about.machine
    name = Path(opened.name).name
    header = Header(
        kind=IMPORTED,
        system=about.system,
        zone_noun=about.zone_noun,
        shows=frozenset(SHOWN) if about.shows is None else about.shows,
        scenario=about.title or name,
        parameters={"stream": name, "format": about.format, "workload": about.workload},
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
    told = {"sentences": report.sentences() if report else [], "said": report.said if report else {}}
    return {**result_of(output), **ended, **told}


def result_of(output: Path) -> dict[str, Any]:
    """The header of a recording as `info`, and the machine part of `run --json` at its end."""
    with open_recording(output) as recording:
        return {**header_of(recording), **Player(recording).at_end().machine()}


class _Stopped(Exception):
    """The user asked to stop in the middle of an import."""
