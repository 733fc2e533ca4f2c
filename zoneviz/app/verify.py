"""Verifying a recording: that it is valid, and that running it again gives the same events."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from zoneviz import __version__, words
from zoneviz.app.model import model_version
from zoneviz.app.simulation import Simulation
from zoneviz.app.soundness import BATCH, problems
from zoneviz.app.spec import again
from zoneviz.app.state import open_recording
from zoneviz.errors import ZonevizError, described
from zoneviz.events import COLUMNS, WIDTH, Catalog, Kind
from zoneviz.recording import Batch, Recording
from zoneviz.recording.header import EXCERPT, INTERRUPTED
from zoneviz.spec import RunSpec, Settings
from zoneviz.state.rows import KIND, PATH, SEQ, TASK, THREAD, TIME, Ints

CONTEXT = 5
"""Events shown before a divergence."""
_AFTER = 3
_SLICE = 0.1


def verify(
    path: Path,
    *,
    quick: bool = False,
    on_progress: Callable[[int], object] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Check a recording. Returns `sound`, `problems` (sentences), `reproduced` (None: not run again), `note`, `divergence`, `ok`.

    `note`: why it was not run again. `divergence`: the number of the first different `event`, `why`, and the events `before`,
    `recorded` and `again` in words. `ok`: valid, and the same events if the model is the same.
    Errors: InputError if the recording cannot be opened.
    """
    with open_recording(path) as recording:
        found = problems(recording, on_progress)
        result: dict[str, Any] = {
            "file": str(path),
            "events": recording.event_count - recording.first_event + 1,
            "digest": recording.header.digest,
            "sound": not found,
            "problems": found,
            "reproduced": None,
            "note": "",
            "divergence": None,
        }
        if quick:
            result["note"] = "--quick was given"
        elif found:
            result["note"] = "the recording is invalid"
        else:
            result |= _again(recording, on_progress, should_stop)
        return {**result, "ok": not found and result["divergence"] is None}


def _again(recording: Recording, on_progress: Callable[[int], object] | None, should_stop: Callable[[], bool]) -> dict[str, Any]:
    header = recording.header
    if not header.can_run_again:
        return {"note": f"it was {header.origin}"}
    if not header.model or "+" in header.model:
        return {"note": "it was made by your own scenario or by an unknown kernel"}
    ours = model_version() == header.model
    other = f"zoneviz {header.zoneviz} made it with another model ({header.model}; this is {__version__} with {model_version()})"
    try:
        spec = _spec(recording)
        spec.resolve()
    except ZonevizError as error:
        note = str(error).rstrip(".")
        return {"note": note if ours else f"{other}: {note}"}
    divergence = _compare(spec, recording, on_progress, should_stop)
    if divergence is None:
        return {"reproduced": True, "note": "" if ours else f"{other}, with the same events"}
    if divergence["why"] == _STOPPED:
        return {"note": f"you stopped it at event {words.number(divergence['event'])}"}
    if ours:
        return {"reproduced": False, "divergence": divergence}
    return {"note": f"{other}; with this model the events differ from event {words.number(divergence['event'])}"}


def _spec(recording: Recording) -> RunSpec:
    """The run of the recording, with every value it names. The scenario's own settings come last: one may be named as the profile's."""
    header = recording.header
    return replace(again(header), settings=Settings({**header.profile_values, **header.parameters}), record=False)


_STOPPED = "stopped"


class _Comparer:
    """Compares the events of the second run with the recorded ones."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.different: int | None = None
        """Number of the first event that differs."""
        self.after: Ints = np.empty((0, 10), np.int64)
        """The first events of the second run from there."""

    def take(self, batch: Batch) -> None:
        """Compare a batch of the second run, unless a difference was found before."""
        if self.different is not None:
            return
        rows = batch.rows[batch.rows[:, SEQ] >= self.recording.first_event]
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            there = self.recording.events(int(part[0, SEQ]), int(part[-1, SEQ]))
            wrong = np.flatnonzero((part[: len(there)] != there).any(axis=1))
            if len(wrong) or len(there) < len(part):
                at = int(wrong[0]) if len(wrong) else len(there)
                self.different = int(part[at, SEQ])
                self.after = rows[start + at : start + at + _AFTER]
                return


def _compare(
    spec: RunSpec, recording: Recording, on_progress: Callable[[int], object] | None, should_stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """Where a second run first differs, as in `verify`; None if it gives the same events."""
    header, last = recording.header, recording.event_count
    cut = not recording.complete or header.outcome in (INTERRUPTED, EXCERPT)
    try:
        seen = _Comparer(recording)
        run = Simulation(spec, take=seen.take)
        while not run.ended and seen.different is None and run.events + run.stream.pending <= last - cut:
            if should_stop():
                return {"event": run.events, "why": _STOPPED}
            run.advance(_SLICE)
            if on_progress is not None:
                on_progress(run.events)
        if not run.ended:
            run.flush()
            run.stop()
        outcome = run.result()["outcome"]
    except Exception as error:
        return {"event": last, "why": f"the second run fails: {described(error)}", "before": [], "recorded": [], "again": []}
    at, why = seen.different, "the events differ"
    if at is not None and at > last:
        # A run that was cut off has nothing to compare beyond its end.
        at, why = (None, "") if cut else (at, "the recording ends here, the second run continues")
    elif at is None and run.events < last:
        at, why = run.events + 1, "the second run ends here"
    elif at is None and not cut and outcome != header.outcome:
        at, why = last, f"the outcome was {header.outcome!r} and is now {outcome!r}"
    elif at is None:
        at, why = _names_differ(recording, run.catalog)
    if at is None:
        return None
    return {
        "event": at,
        "why": why,
        "before": _words(recording.events(at - CONTEXT, min(at - 1, last)), recording.catalog),
        "recorded": _words(recording.events(at, at + _AFTER - 1), recording.catalog),
        "again": _words(seen.after, run.catalog),
    }


def _names_differ(recording: Recording, catalog: Catalog) -> tuple[int | None, str]:
    """Events hold ids, so the names behind the ids must be equal too. Returns the last event and what differs, or (None, "")."""
    recorded = recording.catalog
    for what, there, here in (
        ("names", recorded.names.strings, catalog.names.strings),
        ("call paths", recorded.paths.rows, catalog.paths.rows),
        ("zones", recorded.zones, catalog.zones),
        ("maps", recorded.maps, catalog.maps),
    ):
        if list(here[: len(there)]) != list(there):
            return recording.event_count, f"the events are equal, but the {what} they refer to differ"
    return None, ""


def _words(rows: Ints, catalog: Catalog) -> list[dict[str, Any]]:
    """Events as JSON values, with names in place of ids."""
    tasks = catalog.task_names
    out = []
    for row in rows.tolist():
        known = row[KIND] in Kind._value2member_map_
        out.append(
            {
                "event": row[SEQ],
                "time": row[TIME],
                "kind": Kind(row[KIND]).name if known else str(row[KIND]),
                "task": tasks.get(row[TASK], str(row[TASK])),
                "thread": row[THREAD],
                "call_path": catalog.paths.text(row[PATH]) if 0 <= row[PATH] < len(catalog.paths.rows) else str(row[PATH]),
                **dict(zip(COLUMNS[5:WIDTH], row[6:], strict=True)),
            }
        )
    return out
