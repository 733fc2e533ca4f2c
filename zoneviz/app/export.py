"""Writing a recording, or one view of it, in another program's format."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from zoneviz.app import sweep_page, sweep_results
from zoneviz.app.moments import END, event_range, moment
from zoneviz.app.notes import file_of, read
from zoneviz.app.state import open_recording
from zoneviz.app.writing import STDOUT, keep, written
from zoneviz.errors import UsageError
from zoneviz.exporters import Exporter, exporters, find
from zoneviz.playback.kmem_tables import ORDER, ORDERS
from zoneviz.playback.search import Filter, parse_filter
from zoneviz.playback.tables import ALLOCATIONS, EVENTS_OF, VIEWS, Part
from zoneviz.recording import Recording
from zoneviz.recording.results import is_results


def export(
    path: Path,
    to: str,
    output: Path,
    *,
    view: str | None = None,
    at: str | None = None,
    span: str | None = None,
    where: str | None = None,
    sort: str | None = None,
    top: int | None = None,
    force: bool = False,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
) -> dict[str, Any]:
    """Write a view of a recording in a format: `file`, `format`, `view`, and the moment `at` or the range `first`, `last`.

    If `path` holds the results of a sweep, write its runs; `view` is then None, and there is no moment or range.
    `output` "-": standard output. `at` (None: the end) and `span` as in `app.moments`; `where`: a filter as in
    `playback.search`. `sort` (words of `kmem_tables.ORDERS`, separated by commas) and `top` rows: of the views in `tables.ALLOCATIONS`.
    `on_progress` is called with (done, total).
    Errors: UsageError for an unknown format or view, an invalid moment, range, filter or order, or an output that exists; InputError
    if the recording is damaged; EnvironmentProblem if the output cannot be written. A failed export leaves no output.
    """
    if is_results(path):
        if any(option is not None for option in (view, at, span, where, sort, top)):
            raise UsageError(f"The results of a sweep are exported whole; of {path}, choose only --to and -o.")
        return _export_sweep(path, to, output, force)
    exporter = find(to)
    if view is None:
        view = exporter.views[0] if exporter.views else ""
    elif view not in exporter.views:
        those = ", ".join(exporter.views)
        raise UsageError(f"The format {to} has no view {view!r}; it has: {those}." if those else f"The format {to} takes no --view.")
    of_range = VIEWS[view][1] == EVENTS_OF if view else not exporter.moment
    if of_range and at is not None:
        raise UsageError(f"{_named(exporter, view)} covers a range of events; use --range FIRST:LAST instead of --at.")
    if not of_range and span is not None:
        raise UsageError(f"{_named(exporter, view)} shows one moment; use --at instead of --range.")
    order = _order(exporter, view, sort, top)
    keep(path, output)
    with open_recording(path) as recording:
        first, last = event_range(recording, span)
        match = _filter(exporter, view, where, recording)
        notes = tuple((note.seq, note.text) for note in read(file_of(recording)))
        part = Part(recording, moment(recording, END if at is None else at), first, last, match, on_progress, notes, order, top)
        with written(output, force) as out:
            exporter.write(view, part, out)
    result: dict[str, Any] = {"file": None if output == STDOUT else str(output), "format": to, "view": view or None}
    return result | ({"first": first, "last": last} if of_range else {"at": part.at})


def of_sweeps() -> dict[str, Exporter]:
    """The formats for the results of a sweep, by name: those of tables, and the page."""
    return {name: one for name, one in exporters().items() if one.table is not None} | {sweep_page.PAGE.name: sweep_page.PAGE}


def _export_sweep(path: Path, to: str, output: Path, force: bool) -> dict[str, Any]:
    keep(path, output)
    exporter = None if to == sweep_page.PAGE.name else find(to)
    with written(output, force) as out:
        if exporter is None:
            out.write(sweep_page.page(path).encode())
        else:
            sweep_results.write(path, exporter, out)
    return {"file": None if output == STDOUT else str(output), "format": to, "view": None}


def _named(exporter: Exporter, view: str) -> str:
    return f"The view {view}" if view else f"The format {exporter.name}"


def _order(exporter: Exporter, view: str, sort: str | None, top: int | None) -> tuple[str, ...]:
    """The words to sort by. Errors: UsageError for an unknown one, or if the view is not one of allocations."""
    if view not in ALLOCATIONS and (sort is not None or top is not None):
        raise UsageError(f"{_named(exporter, view)} cannot be sorted or cut; --sort and --top are for {', '.join(ALLOCATIONS)}.")
    order = ORDER if sort is None else tuple(sort.split(","))
    wrong = next((word for word in order if word not in ORDERS), None)
    if wrong is not None:
        raise UsageError(f"Unknown order {wrong!r}. Use: {', '.join(ORDERS)}.")
    return order


def _filter(exporter: Exporter, view: str, where: str | None, recording: Recording) -> Filter | None:
    if where is None:
        return None
    match = parse_filter(where, recording.catalog)
    words = VIEWS[view][2] if view else exporter.words
    for word in ("kinds", "zones", "task", "thread", "address", "path"):
        if getattr(match, word) is not None and word not in words:
            raise UsageError(f"{_named(exporter, view)} cannot be filtered by {word.removesuffix('s')}.")
    return match
