"""zoneviz for Python programs and notebooks: `zoneviz.open`, `zoneviz.run` and `zoneviz.sweep`. Results are numpy arrays by name.

A moment (`at`) is an event's number, meaning right after that event, or "panic", or "end". Events are counted from 1; `first`
and `last` are both included. Sizes are bytes, times are simulated ns. Every error is a `zoneviz.ZonevizError`.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoneviz.app.diagnosis import diagnosis
from zoneviz.app.grid import Grid
from zoneviz.app.info import header_of
from zoneviz.app.moments import event_range, moment
from zoneviz.app.running import Progress
from zoneviz.app.running import run as app_run
from zoneviz.app.state import open_recording
from zoneviz.app.sweep_results import table as sweep_table
from zoneviz.app.sweeping import Sweep
from zoneviz.app.sweeping import sweep as app_sweep
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.events import Catalog, Kind
from zoneviz.mach.profile import DEFAULT_PROFILE
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import Diagnosis
from zoneviz.playback.search import parse_filter
from zoneviz.playback.tables import ALLOCATIONS, REAL, SHARE, TEXT, Names, Part, table
from zoneviz.playback.tables import Table as View
from zoneviz.recording import Recording as File
from zoneviz.settings import text
from zoneviz.spec import RunSpec, Settings
from zoneviz.state.figures import MACHINE_FIGURES, ZONE_FIGURES
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SIZE, SUBJECT, TASK, THREAD, TIME, ZONE_KINDS, Ints

if TYPE_CHECKING:
    import pandas
    import polars

Array = npt.NDArray[Any]
Moment = int | str
BATCH = 1 << 16
"""Events read at a time."""


class Table(Mapping[str, Array]):
    """Columns by name: n values each, int64 (n,), float64 (n,) or object (n,) of str. Read-only; `len()` is the number of columns."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self._columns = dict(columns)
        for values in self._columns.values():
            values.flags.writeable = False

    @property
    def rows(self) -> int:
        """n."""
        return len(next(iter(self._columns.values()), ()))

    def to_pandas(self) -> "pandas.DataFrame":
        """A pandas data frame with the same columns. Errors: EnvironmentProblem if pandas is not installed."""
        try:
            import pandas
        except ImportError:
            raise EnvironmentProblem("Data frames need the Python package pandas: pip install 'zoneviz[pandas]'.") from None
        return pandas.DataFrame(self._columns)

    def to_polars(self) -> "polars.DataFrame":
        """A polars data frame with the same columns. Errors: EnvironmentProblem if polars is not installed."""
        try:
            import polars
        except ImportError:
            raise EnvironmentProblem("Data frames need the Python package polars: pip install 'zoneviz[polars]'.") from None
        return polars.DataFrame({name: v.tolist() if v.dtype == object else v for name, v in self._columns.items()})

    def __getitem__(self, name: str) -> Array:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"<Table of {self.rows:,} rows: {', '.join(self._columns)}>"


class Recording:
    """An open recording, read-only. Use it as a context manager, or call `close`. Not to be shared between threads.

    Errors, of every method: UsageError for a moment, range, filter or figure the recording does not have, and after `close`;
    InputError if the file turns out to be damaged.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Errors: InputError if the file is missing, damaged, hostile or from a newer version."""
        self._file = open_recording(Path(path))
        self._player = Player(self._file)
        self._closed = False

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    @property
    def info(self) -> dict[str, Any]:
        """The header, as `zoneviz info --json` prints it: scenario, parameters, outcome, panic, events, digest and more."""
        return header_of(self._opened())

    def machine(self, at: Moment = "end") -> dict[str, Any]:
        """Counts of processes, tasks, threads, ports and messages, and bytes or pages of each memory, at a moment.

        Keys as in the JSON of `zoneviz state`, without zones, servers and tasks.
        """
        return {name: value for name, value in self._seek(at).machine().items() if name != "zones"}

    def zones(self, at: Moment = "end") -> Table:
        """The zones at a moment, in order of zinit: name, elem_size (bytes), in_use and free (elements), cur_size and max_size
        (bytes), flags.
        """
        return self._view("zones", at)

    def threads(self, at: Moment = "end") -> Table:
        """The live threads at a moment: id, name, task, state, what each waits for and since when (ns, event), priority, kernel stack."""
        return self._view("threads", at)

    def ports(self, at: Moment = "end") -> Table:
        """The live ports at a moment: address, receiver (a task), event that made it, queued messages, names (rights of all tasks)."""
        return self._view("ports", at)

    def tasks(self, at: Moment = "end") -> Table:
        """The live tasks at a moment: id, name, parent, threads, ports received, names, table entries, bytes of live elements."""
        return self._view("tasks", at)

    def pages(self, at: Moment = "end") -> Table:
        """The pages of zone_map at a moment: address, owner (a zone), live, free and lost bytes. Reads all events up to there."""
        return self._view("pages", at)

    def elements(self, at: Moment = "end") -> Table:
        """The n live elements at a moment, in order of address.

        address, size and asked (bytes of the element, and asked for), made_at_event: int64 (n,); zone, task_name, call_path: str
        (n,); task: its id.
        """
        state, names = self._seek(at), Names(self._file.catalog)
        live = state.elements
        return Table(
            {
                "address": live.address.copy(),
                "zone": _named(live.zone, names.zones),
                "size": state.element_sizes(),
                "asked": live.asked.copy(),
                "made_at_event": live.seq.copy(),
                "task": live.task.copy(),
                "task_name": _named(live.task, names.tasks),
                "call_path": _paths(live.path, names),
            }
        )

    def events(self, first: int | None = None, last: int | None = None, where: str = "") -> Table:
        """Events first to last (None: the recording's own), those that match the filter `where`.

        `where`: as in the window and `zoneviz export --where`, such as "kind=zalloc zone=kalloc.64 task=5".
        seq, time_ns, task, thread, subject, address, size, extra: int64 (n,); kind, zone, task_name, call_path: str (n,). What
        subject, address, size and extra mean depends on the kind: docs/recording-format.md. zone: "" if the subject is not a zone.
        """
        file = self._opened()
        start, end = _range(file, first, last)
        match = parse_filter(where, file.catalog) if where.strip() else None
        parts = [np.empty((0, 10), np.int64)]
        for at in range(start, end + 1, BATCH):
            rows = file.events(at, min(end, at + BATCH - 1))
            parts.append(rows if match is None else rows[match(rows)])
        return _events(np.concatenate(parts), file.catalog)

    def allocations(self, by: str = "site", first: int | None = None, last: int | None = None, where: str = "") -> Table:
        """What events first to last (None: the recording's own) allocate and free, by "site", "path", "pointer" or "zone", largest first.

        address (by pointer), allocations, frees, in_use, last_event, and bytes: requested_bytes, allocated_bytes, freed_bytes,
        in_use_bytes, rounding_bytes: int64 (n,); pingpong: frees on another processor than the allocation. -1: unknown.
        fragmentation: percent, float64 (n,), NaN if unknown. zone, call_site, call_path: str (n,), of the largest part.
        `where`: conditions on the allocation, any of zone=, path=, address=.
        """
        file = self._opened()
        view = f"allocations-by-{by}"
        if view not in ALLOCATIONS:
            raise UsageError(f"Allocations are not grouped by {by!r}; use: {', '.join(name.rpartition('-')[2] for name in ALLOCATIONS)}.")
        start, end = _range(file, first, last)
        match = parse_filter(where, file.catalog) if where.strip() else None
        return _gathered(table(view, Part(file, end, start, end, match)))

    def series(self, of: str = "zones", *, figure: str = "cur_size", first: int | None = None, last: int | None = None) -> Table:
        """Curves over the run, one row per sample (about every 256 events): seq, time_ns, and

        of="zones"    one column per zone: its `figure`, one of cur_size (bytes), in_use, free (elements)
        of="machine"  used bytes of the maps, pages, and counts of processes, tasks and others; `figure` has no effect.
                      Figures that readings set follow, named "reading: SUnreclaim", -1 before the first
        """
        file = self._opened()
        if of not in ("zones", "machine"):
            raise UsageError(f"There is no series {of!r}; there are: zones, machine.")
        if figure not in ZONE_FIGURES:
            raise UsageError(f"There is no figure {figure!r}; there are: {', '.join(ZONE_FIGURES)}.")
        start, end = _range(file, first, last)
        samples = file.samples(start if first is not None else 0, end, figures=(figure,))
        columns: dict[str, Array] = {"seq": samples.seqs, "time_ns": samples.times}
        if of == "machine":
            figures = {f"reading: {info.name}": samples.figures[:, info.id - 1].copy() for info in file.catalog.figures}
            return Table(columns | {name: samples.machine[name] for name in MACHINE_FIGURES} | figures)
        for place, zone in enumerate(file.catalog.zones):
            name = zone.name if zone.name not in columns else f"{zone.name} ({zone.id})"  # zone names need not be unique
            columns[name] = samples.zones[figure][:, place].copy()
        return Table(columns)

    def diagnose(self, at: Moment | None = None, first: int | None = None, last: int | None = None) -> Diagnosis:
        """Why a memory filled up, at a moment (None: the panic, else the end), looking only at events first to last if given.

        `.findings` are sentences with their numbers, most important first; `.as_json()` is what `zoneviz diagnose --json` prints.
        """
        span = None if first is None and last is None else f"{'' if first is None else first}:{'' if last is None else last}"
        return diagnosis(self._opened(), None if at is None else str(at), span)

    def close(self) -> None:
        """Close the file. Calling it again does nothing."""
        if not self._closed:
            self._closed = True
            self._file.close()

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<zoneviz.Recording {self._file.path}{', closed' if self._closed else ''}>"

    def _opened(self) -> File:
        if self._closed:
            raise UsageError(f"The recording {self._file.path} is closed.")
        return self._file

    def _seek(self, at: Moment) -> Any:
        return self._player.seek(moment(self._opened(), str(at)))

    def _view(self, view: str, at: Moment) -> Table:
        """A view of one moment, as `zoneviz export` writes it."""
        file = self._opened()
        return _gathered(table(view, Part(file, moment(file, str(at)), file.first_event, file.event_count)))


def open(path: str | os.PathLike[str]) -> Recording:
    """Open a recording, plain (.zvz) or packed (.zvz.zst), read-only.

    Errors: InputError if it is missing, damaged, hostile or from a newer version.
    """
    return Recording(path)


def run(
    scenario: str | os.PathLike[str],
    *,
    profile: str | None = None,
    seed: int = 1,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    max_events: int | None = None,
    on_progress: Callable[[Progress], object] | None = None,
    settings: Mapping[str, Any] | None = None,
    **more: Any,
) -> Recording:
    """Run a scenario until it ends, record it, and open the recording.

    `scenario`: a name of `zoneviz scenarios`, or the path of your own .py file. `settings` and `more`: parameters of the scenario
    or values of the profile, such as zone_map_size="4M" or children=20. `output`: the file to write (None: a new one in the
    default folder), `force`: replace it. `max_events`: interrupt the run after this many events. `on_progress` is called about
    ten times a second. The same scenario, profile, seed and settings give the same events.
    Errors: UsageError for an unknown name, an invalid value or an output that exists; InputError if your own scenario fails;
    EnvironmentProblem if the recording cannot be written.
    """
    values = Settings({**(settings or {}), **more})
    spec = RunSpec(scenario, DEFAULT_PROFILE if profile is None else profile, values, seed, output, max_events=max_events, force=force)
    _, path = app_run(spec, on_progress)
    assert path is not None
    return Recording(path)


def sweep(
    scenario: str | os.PathLike[str],
    vary: Mapping[str, str | Sequence[Any]],
    *,
    output: str | os.PathLike[str],
    seeds: int = 1,
    workers: int | None = None,
    profile: str | None = None,
    max_events: int | None = None,
    on_progress: Callable[[Sweep], object] = lambda progress: None,
    settings: Mapping[str, Any] | None = None,
    **more: Any,
) -> Table:
    """Run a scenario with every combination of the values of `vary` and the seeds 1 to `seeds`; the runs, as `results` reads them.

    `vary`: by name, a list of values, or a text as `zoneviz sweep` takes it, such as "1M..16M:1M". `settings` and `more`: the same in all
    runs. `output`: the file of results; runs that are in it are not repeated. `workers`: processes (None: one per core). They import the
    caller's main module, so a script calls this below `if __name__ == "__main__":`.
    Errors: UsageError for an unknown name, an invalid value, or a file of another sweep; EnvironmentProblem if it cannot be written.
    """
    fixed = Settings({**(settings or {}), **more})
    base = RunSpec(scenario, DEFAULT_PROFILE if profile is None else profile, fixed, record=False, max_events=max_events)
    grid = Grid.of(base, [f"{name}={_listed(values)}" for name, values in vary.items()], seeds)
    app_sweep(grid, Path(output), workers or os.cpu_count() or 1, on_progress)
    return results(output)


def results(path: str | os.PathLike[str]) -> Table:
    """The runs of a sweep (.zvs): `point`, `seed`, `set_NAME` for each setting that varies, and how each run ended (docs/sweeps.md).

    Numbers of a failed run are -1, seconds NaN. Errors: InputError if the file is missing, damaged or hostile.
    """
    return _gathered(sweep_table(Path(path)))


def _listed(values: str | Sequence[Any]) -> str:
    """Values as `zoneviz sweep` takes them. A value that is a list itself has commas; then `;` separates."""
    if isinstance(values, str):
        return values
    texts = [text(value) for value in values]
    return (";" if any("," in each for each in texts) else ",").join(texts)


def _gathered(found: View) -> Table:
    """All batches of a table. An unknown figure is -1, an unknown percentage NaN."""
    batches = list(found.batches)
    kinds: dict[str, tuple[type[Any], Any]] = {TEXT: (object, ""), SHARE: (np.float64, np.nan), REAL: (np.float64, np.nan)}
    columns = {}
    for i, column in enumerate(found.columns):
        kind, unknown = kinds.get(column.kind, (np.int64, -1))
        columns[column.name] = np.array([unknown if value is None else value for batch in batches for value in batch[i]], kind)
    return Table(columns)


def _range(file: File, first: int | None, last: int | None) -> tuple[int, int]:
    """Both ends included. A recording without events has the empty range (first_event, first_event - 1)."""
    if first is None and last is None:
        return file.first_event, file.event_count
    return event_range(file, f"{'' if first is None else first}:{'' if last is None else last}")


def _events(rows: Ints, catalog: Catalog) -> Table:
    names = Names(catalog)
    kinds = rows[:, KIND]
    zone_of = np.where(np.isin(kinds, ZONE_KINDS), rows[:, SUBJECT], -1)
    return Table(
        {
            "seq": rows[:, SEQ].copy(),
            "time_ns": rows[:, TIME].copy(),
            "kind": _named(kinds, {int(kind): kind.name for kind in Kind}, str),
            "zone": _named(zone_of, names.zones),
            "task": rows[:, TASK].copy(),
            "task_name": _named(rows[:, TASK], names.tasks),
            "thread": rows[:, THREAD].copy(),
            "call_path": _paths(rows[:, PATH], names),
            **{name: rows[:, column].copy() for name, column in _REST.items()},
        }
    )


_REST = {"subject": SUBJECT, "address": ADDRESS, "size": SIZE, "extra": EXTRA}


def _named(ids: Ints, names: Mapping[int, str], other: Callable[[int], str] = lambda number: "") -> Array:
    """The name of each id, object (n,) of str; `other(id)` if it has none."""
    return _mapped(ids, lambda number: names.get(number) or other(number))


def _paths(ids: Ints, names: Names) -> Array:
    """Each call path as `a > b > c`, outermost frame first; object (n,) of str."""
    return _mapped(ids, names.path)


def _mapped(ids: Ints, name: Callable[[int], str]) -> Array:
    known, places = np.unique(ids, return_inverse=True)
    return np.array([name(number) for number in known.tolist()], object)[places]
