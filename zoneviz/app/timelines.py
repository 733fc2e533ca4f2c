"""Recording a time line of captures: its header, its readings, and what its files cannot show."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoneviz import words
from zoneviz.app.imports import OnProgress, result_of
from zoneviz.captures.capture import Capture
from zoneviz.captures.collection import Collection
from zoneviz.captures.readings import record
from zoneviz.captures.timelines import TimeLine
from zoneviz.errors import ZonevizError, described
from zoneviz.events import Catalog
from zoneviz.recording import Header, Recorder
from zoneviz.recording.header import SAMPLED

_FILES = 20
"""Upper bound of the file names in a header."""
_SAID = 1 << 16
"""Upper bound of the characters of a capture's figures in a header."""


def record_line(
    line: TimeLine, collection: Collection, output: Path, force: bool = False, on_progress: OnProgress | None = None
) -> dict[str, Any]:
    """Record a time line in `output`. Returns its header as `info`, the machine part of `run --json`, and how it ended.

    Errors: as `Recorder`; a recording already started is then closed as incomplete.
    """
    catalog = Catalog()
    header = _header(line)
    recorder = Recorder(output, catalog, header, force=force)

    def progress(done: int) -> None:
        if on_progress is not None:
            on_progress(recorder.events, done / len(line.moments))

    ended = _ended(line)
    try:
        record(line, collection, catalog, recorder.feed, recorder.detail, progress)
    except BaseException as error:
        recorder.abort(str(error) if isinstance(error, ZonevizError) else f"the import failed: {described(error)}")
        raise
    recorder.finish(ended["outcome"], ended)
    return {**result_of(output), **ended}


def _header(line: TimeLine) -> Header:
    captures = line.captures
    names = [Path(capture.file).name for capture in captures]
    files = ", ".join(names[:_FILES]) + (f" and {words.number(len(names) - _FILES)} more" if len(names) > _FILES else "")
    shows = frozenset[str]().union(*(capture.shows for capture in captures))
    if any(kept.moment.sizes or kept.moment.counts for kept in line.moments):
        shows |= {"machine"}
    parameters = {"files": files, "kinds": ", ".join(dict.fromkeys(capture.kind for capture in captures))}
    if line.start is not None:
        parameters["start"] = str(line.start)
    return Header(
        kind=SAMPLED,
        system=line.system,
        zone_noun=Counter(capture.zone_noun for capture in captures).most_common(1)[0][0],
        shows=shows,
        scenario=names[0] if len(names) == 1 else f"{names[0]} and {words.number(len(names) - 1)} more",
        parameters=parameters,
        created=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        time_kind="ns" if line.has_clock else "events",
    )


def _ended(line: TimeLine) -> dict[str, Any]:
    """The result of the recording: how it ended, and what must be said about the files.

    `trust` and `cannot_show`: sentences; `skipped`: lines by reason; `said`: the figures of the capture that ended it, or of the only
    one; {} if they are too many.
    """
    last = line.moments[-1]
    panic = last.moment.panic
    captures = line.captures
    skipped: Counter[str] = Counter()
    for capture in captures:
        skipped.update({reason: skips.count for reason, skips in capture.skipped.items()})
    said = last.capture.said if panic or len(captures) == 1 else {}
    return {
        "outcome": "panic" if panic else "finished",
        "kern_return": None,
        "panic": panic and {"text": panic.text, "zone": panic.zone, "memory": panic.memory, "task": None, "call_path": []},
        "trust": _unique(captures, lambda capture: capture.trust) + line.assumed,
        "cannot_show": _unique(captures, lambda capture: capture.cannot_show),
        "skipped": dict(skipped.most_common(_FILES)),
        "said": said if len(json.dumps(said)) <= _SAID else {},
    }


def _unique(captures: Iterable[Capture], sentences: Callable[[Capture], list[str]]) -> list[str]:
    found = dict.fromkeys(sentence for capture in captures for sentence in sentences(capture))
    return list(found)[:_FILES]
