"""A recording as tables of events or of the machine at a moment, in batches of columns, for exporters."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from zoneviz.errors import UsageError
from zoneviz.events import Catalog, Kind
from zoneviz.fields import Refers, kinds_where
from zoneviz.playback import shown
from zoneviz.playback.cuts import Cuts, cuts_of
from zoneviz.playback.kmem_stat import FILTERED, KmemStat, kmem_stat
from zoneviz.playback.kmem_tables import BY, NEEDS, ORDER, POINTER, SITE, Groups, called, groups
from zoneviz.playback.pagemap import page_map
from zoneviz.playback.player import Player
from zoneviz.playback.points import at_ends
from zoneviz.playback.readings import Readings
from zoneviz.playback.search import Filter, Mask
from zoneviz.recording import Recording
from zoneviz.recording.header import LIVE
from zoneviz.state.figures import LEVELS, MACHINE_FIGURES, SAMPLE_STEP, UNKNOWN
from zoneviz.state.machine import MachineState
from zoneviz.state.pages import MISSING, SHARED
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SIZE, SUBJECT, TASK, THREAD, TIME, Ints

NUMBER, TEXT, ADDRESSES, SHARE, REAL = "number", "text", "address", "percent", "real"
AT_ONCE = 1 << 15
"""Events per batch."""

_READINGS = 512
"""Readings per batch."""

Tell = Callable[[int, int], object]
"""Called with (done, of) after each batch."""


class Column(NamedTuple):
    """A column of a table; `kind`: NUMBER or ADDRESSES, both integers, TEXT, REAL, or SHARE, a number of percent with two decimals."""

    name: str
    kind: str = NUMBER


class Table(NamedTuple):
    """Columns and `batches`: each batch has one list of values per column, all of one length. Iterate once. None: unknown."""

    columns: list[Column]
    batches: Iterator[list[list[Any]]]


class Part(NamedTuple):
    """A part of a recording: the moment after event `at`, or the events `first` to `last` that `match` (None: all).

    `tell`: called with the progress; `notes`: the user's notes as (event, text), in order. Of the views in ALLOCATIONS, the first
    `most` rows (None: all) by `order`, words of `kmem_tables.ORDERS`.
    """

    recording: Recording
    at: int
    first: int
    last: int
    match: Filter | None = None
    tell: Tell = lambda done, of: None
    notes: tuple[tuple[int, str], ...] = ()
    order: tuple[str, ...] = ORDER
    most: int | None = None

    def state(self) -> MachineState:
        """The machine after event `at`."""
        return Player(self.recording).seek(self.at)

    def rows(self) -> Iterator[Ints]:
        """The events in batches (n, 10), in constant memory."""
        of = self.last - self.first + 1
        for start in range(self.first, self.last + 1, AT_ONCE):
            rows = self.recording.events(start, min(self.last, start + AT_ONCE - 1))
            yield rows if self.match is None else rows[self.match(rows)]
            self.tell(min(start + AT_ONCE - self.first, of), of)


def table(view: str, part: Part) -> Table:
    """A view of VIEWS as a table.

    Only the filter fields that VIEWS lists for the view apply. Errors: InputError if the recording is damaged.
    """
    return VIEWS[view][0](part)


class Names:
    """Names by id from a catalog; "" for an id without a name."""

    def __init__(self, catalog: Catalog) -> None:
        self.tasks = catalog.task_names
        self.threads = catalog.thread_names
        self.zones = {zone.id: zone.name for zone in catalog.zones}
        self.figures = {info.id: info.name for info in catalog.figures}
        self.texts = dict(enumerate(catalog.names.strings))
        self.kinds = {int(kind): kind.name for kind in Kind}
        self._paths: dict[int, str] = {}
        self._catalog = catalog

    def path(self, number: int) -> str:
        """A call path as text, outermost frame first; "" for an unknown id."""
        found = self._paths.get(number)
        if found is None:
            known = 0 <= number < len(self._catalog.paths.rows)
            found = self._paths[number] = self._catalog.paths.text(number) if known else ""
        return found


def _called(names: dict[int, str], numbers: Ints, where: Mask | None = None) -> list[str]:
    """The name of each id (n,), "" if it has none or `where` (n,) is false."""
    ids = numbers.tolist()
    if where is None:
        return [names.get(i, "") for i in ids]
    return [names.get(i, "") if there else "" for i, there in zip(ids, where.tolist(), strict=True)]


def _events(part: Part) -> Table:
    names = Names(part.recording.catalog)
    of_zone, of_figure = (kinds_where("subject", refers) for refers in (Refers.ZONE, Refers.FIGURE))
    subject_text, extra_text = (kinds_where(field, Refers.TEXT) for field in ("subject", "extra"))

    def batches() -> Iterator[list[list[Any]]]:
        for rows in part.rows():
            if not len(rows):
                continue
            kind, first, last = rows[:, KIND], int(rows[0, SEQ]), int(rows[-1, SEQ])
            details = part.recording.details(first, last)
            seqs = rows[:, SEQ].tolist()
            texts = zip(
                _called(names.figures, rows[:, SUBJECT], np.isin(kind, of_figure)),
                _called(names.texts, rows[:, SUBJECT], np.isin(kind, subject_text)),
                _called(names.texts, rows[:, EXTRA], np.isin(kind, extra_text)),
                strict=True,
            )
            yield [
                seqs,
                rows[:, TIME].tolist(),
                [names.kinds.get(k, str(k)) for k in kind.tolist()],
                _called(names.zones, rows[:, SUBJECT], np.isin(kind, of_zone)),
                rows[:, TASK].tolist(),
                _called(names.tasks, rows[:, TASK]),
                rows[:, THREAD].tolist(),
                _called(names.threads, rows[:, THREAD]),
                [names.path(i) for i in rows[:, PATH].tolist()],
                *(rows[:, column].tolist() for column in (SUBJECT, ADDRESS, SIZE, EXTRA)),
                ["; ".join(filter(None, parts)) for parts in texts],
                [details.get(seq, "") for seq in seqs],
            ]

    return Table(
        [
            Column("seq"), Column("time_ns"), Column("kind", TEXT), Column("zone", TEXT), Column("task"), Column("task_name", TEXT),
            Column("thread"), Column("thread_name", TEXT), Column("call_path", TEXT), Column("subject"), Column("address", ADDRESSES),
            Column("size"), Column("extra"), Column("text", TEXT), Column("detail", TEXT),
        ],
        batches(),
    )  # fmt: skip


def _zones(part: Part) -> Table:
    zones = shown.zones(part.state(), part.recording.header)
    if part.match is not None and part.match.zones is not None:
        chosen = {zone.name for zone in part.recording.catalog.zones if zone.id in part.match.zones}
        zones = [zone for zone in zones if zone["name"] in chosen]
    names = ("name", "elem_size", "in_use", "free", "cur_size", "max_size", "flags")
    columns = [Column(name, TEXT if name in ("name", "flags") else NUMBER) for name in names]
    return Table(columns, iter([[[zone[name] for zone in zones] for name in names]]))


def _threads(part: Part) -> Table:
    found, names = part.state().thread_states(), Names(part.recording.catalog)
    if part.match is not None:
        task, thread = part.match.task, part.match.thread
        found = [t for t in found if task in (None, t.task) and thread in (None, t.id)]
    values: list[list[Any]] = [
        [t.id for t in found], [t.name for t in found], [t.task for t in found], [names.tasks.get(t.task, "") for t in found],
        [t.state for t in found], [t.why for t in found], [t.since for t in found], [t.seq for t in found],
        [t.priority for t in found], [t.address for t in found], [t.stack for t in found],
    ]  # fmt: skip
    columns = [
        Column("thread"), Column("name", TEXT), Column("task"), Column("task_name", TEXT), Column("state", TEXT), Column("why", TEXT),
        Column("since_ns"), Column("since_event"), Column("priority"), Column("waits_for", ADDRESSES), Column("kernel_stack", ADDRESSES),
    ]  # fmt: skip
    return Table(columns, iter([values]))


def _ports(part: Part) -> Table:
    state, names = part.state(), Names(part.recording.catalog)
    ports, rights = state.ports, state.rights
    keep = np.ones(len(ports), np.bool_)
    if part.match is not None:
        for value, column in ((part.match.task, ports.receiver), (part.match.address, ports.address)):
            if value is not None:
                keep &= column == value
    named = np.sort(rights.address)
    count = np.searchsorted(named, ports.address, side="right") - np.searchsorted(named, ports.address)
    values: list[list[Any]] = [
        ports.address[keep].tolist(), ports.receiver[keep].tolist(), _called(names.tasks, ports.receiver[keep]),
        ports.seq[keep].tolist(), ports.queued[keep].tolist(), count[keep].tolist(),
    ]  # fmt: skip
    columns = [
        Column("address", ADDRESSES), Column("receiver"), Column("receiver_name", TEXT), Column("made_at_event"),
        Column("queued_messages"), Column("names"),
    ]  # fmt: skip
    return Table(columns, iter([values]))


def _tasks(part: Part) -> Table:
    state = part.state()
    found = state.task_states()
    if part.match is not None and part.match.task is not None:
        found = [task for task in found if task.id == part.match.task]
    threads: dict[int, int] = {}
    for thread in state.thread_states():
        threads[thread.task] = threads.get(thread.task, 0) + 1
    live, receivers, names = state.elements, np.bincount(np.maximum(state.ports.receiver, 0)), state.rights.by_task()
    taken = np.bincount(np.maximum(live.task, 0), state.element_sizes())
    ids = [task.id for task in found]
    values: list[list[Any]] = [
        ids, [t.name for t in found], [t.parent for t in found], [t.born for t in found], [t.state for t in found],
        [threads.get(i, 0) for i in ids], [int(receivers[i]) if i < len(receivers) else 0 for i in ids],
        [names[i].names if i in names else 0 for i in ids], [t.table_entries for t in found],
        [int(taken[i]) if i < len(taken) else 0 for i in ids],
    ]  # fmt: skip
    columns = [
        Column("task"), Column("name", TEXT), Column("parent"), Column("born_at_event"), Column("state", TEXT), Column("threads"),
        Column("ports_received"), Column("names"), Column("table_entries"), Column("live_zone_bytes"),
    ]  # fmt: skip
    return Table(columns, iter([values]))


def _at_readings(part: Part, places: Ints) -> Iterator[list[list[Any]]]:
    """One row per reading; cells are None where the readings do not report a figure, or not yet."""
    recording, readings = part.recording, Readings(part.recording)
    header, figures = recording.header, recording.catalog.figures
    number = {info.name: info.id - 1 for info in figures}
    counted = shown.known_columns(header, ())
    before = 0 if recording.first_event > 1 else len(readings)
    """The first reading of a zone whose first report is not in the file."""
    chosen = np.flatnonzero((readings.ends >= part.first) & (readings.ends <= part.last))
    for some in np.array_split(chosen, -(-len(chosen) // _READINGS) or 1):
        points = at_ends(recording, readings.ends[some])
        sizes: list[list[int | None]] = []
        for place in places.tolist():
            column: list[int | None] = [None] * len(some)
            if "sizes" in header.shows and len(some):
                since = int(np.searchsorted(some, readings.born.get(place + 1, before)))
                column[since:] = points.figure("cur_size")[since:, place].tolist()
            sizes.append(column)
        values = [[None if value == UNKNOWN else value for value in column] for column in points.figures.T.tolist()]
        columns = [
            values[number[name]] if name in number else points.count(name).tolist() if name in counted else [None] * len(some)
            for name in MACHINE_FIGURES
        ]
        yield [points.seqs.tolist(), points.times.tolist(), *columns, *values, *sizes]
        part.tell(int(readings.ends[some[-1]]) - part.first + 1 if len(some) else 1, part.last - part.first + 1)


def _series(part: Part) -> Table:
    zones = part.recording.catalog.zones
    if part.match is not None and part.match.zones is not None:
        zones = [zone for zone in zones if zone.id in part.match.zones]
    places = [zone.id - 1 for zone in zones]
    stretch = SAMPLE_STEP * 1024
    of = part.last - part.first + 1

    def batches() -> Iterator[list[list[Any]]]:
        after = part.first - 1  # the last sample of a stretch is the first of the next
        for start in range(part.first - part.first % LEVELS[-1], part.last + 1, stretch):
            samples = part.recording.samples(max(start, after), min(part.last, start + stretch), figures=("cur_size",))
            new = samples.seqs > after
            after = max(after, int(samples.seqs.max(initial=0)))
            by_zone = samples.zones["cur_size"][new]
            yield [
                samples.seqs[new].tolist(), samples.times[new].tolist(),
                *(samples.machine[figure][new].tolist() for figure in machine),
                *samples.figures[new].T.tolist(), *(by_zone[:, i].tolist() for i in places),
            ]  # fmt: skip
            part.tell(min(max(start + stretch - part.first, 0), of), of)

    header = part.recording.header
    machine = [] if header.of_allocations else list(MACHINE_FIGURES)  # those of Mach
    figures = [f"reading: {info.name}" for info in part.recording.catalog.figures]
    sizes = [f"bytes of {zone.name}" for zone in zones]
    columns = [Column("seq"), Column("time_ns"), *map(Column, (*machine, *figures, *sizes))]
    return Table(columns, _at_readings(part, np.array(places, np.int64)) if header.of_readings else batches())


def _pages(part: Part) -> Table:
    state = part.state()
    cuts = Cuts()
    for done, of in cuts_of(Player(part.recording), cuts):
        part.tell(done, of)
    found = page_map(state, cuts.places())
    names = {MISSING: "not taken", SHARED: "shared", **Names(part.recording.catalog).zones}
    keep = np.ones(len(found), np.bool_)
    if part.match is not None:
        if part.match.zones is not None:
            keep &= np.isin(found.owner, list(part.match.zones))
        if part.match.address is not None:
            keep &= found.page_of(np.array([part.match.address]))[0] == np.arange(len(found))
    columns = [
        Column("address", ADDRESSES), Column("owner", TEXT), Column("live_bytes"), Column("free_bytes"), Column("lost_bytes"),
        Column("collectable"),
    ]  # fmt: skip
    values = (getattr(found, name)[keep].tolist() for name in ("live", "free", "lost"))
    collectable = found.collectable[keep].astype(int).tolist()
    return Table(columns, iter([[found.address[keep].tolist(), _called(names, found.owner[keep]), *values, collectable]]))


def counted(part: Part, by: str) -> tuple[KmemStat, Groups, Ints]:
    """What `part` allocates and frees, by one of `kmem_tables.BY`, and the indices of the groups that it asks for, in order.

    Errors: UsageError if the recording has no allocations, or if it does not know what `order` sorts by.
    """
    recording = part.recording
    why = shown.lacking(recording.header, NEEDS)
    if why:
        more = " Record it with --events." if recording.header.kind == LIVE else ""
        raise UsageError(f"{recording.path} has no allocations to count. {why}{more}")
    stat = KmemStat(part.first - 1, pointers=by == POINTER, match=part.match)
    for done, of in kmem_stat(Player(recording), stat, part.last):
        part.tell(done, of)
    found = groups(stat, recording.catalog, by)
    if "pingpong" in part.order and not found.moves:
        raise UsageError(f"{recording.path} does not say which processor freed an element; sort by something else than pingpong.")
    return stat, found, found.ordered(part.order)[: part.most]


def _allocations(by: str) -> Callable[[Part], Table]:
    def view(part: Part) -> Table:
        _, found, chosen = counted(part, by)
        names = Names(part.recording.catalog)

        def batches() -> Iterator[list[list[Any]]]:
            for start in range(0, max(len(chosen), 1), AT_ONCE):
                rows = found.rows(chosen[start : start + AT_ONCE])
                yield [
                    *([[int(row.name, 16) for row in rows]] if by == POINTER else []),
                    [names.zones.get(row.zone, "") for row in rows],
                    [called(part.recording.catalog, row.path, SITE) for row in rows],
                    [names.path(row.path) for row in rows],
                    *([getattr(row, name) for row in rows] for name in _COUNTED),
                    [None if row.fragmentation is None else round(row.fragmentation, 2) for row in rows],
                ]

        columns = [Column("zone", TEXT), Column("call_site", TEXT), Column("call_path", TEXT), *map(Column, _COUNTED.values())]
        address = [Column("address", ADDRESSES)] if by == POINTER else []
        return Table([*address, *columns, Column("fragmentation", SHARE)], batches())

    return view


_COUNTED = {
    "hits": "allocations", "frees": "frees", "in_use": "in_use", "asked": "requested_bytes", "allocated": "allocated_bytes",
    "freed": "freed_bytes", "in_use_bytes": "in_use_bytes", "lost": "rounding_bytes", "moved": "pingpong", "last": "last_event",
}  # fmt: skip
ALLOCATIONS = {f"allocations-by-{by.split()[-1]}": by for by in BY}
"""Views of what `kmem_stat` counts, and the grouping of each."""

EVENTS_OF, MOMENT_OF = "range", "moment"
VIEWS: dict[str, tuple[Callable[[Part], Table], str, tuple[str, ...]]] = {
    "events": (_events, EVENTS_OF, ("kinds", "zones", "task", "thread", "address", "path")),
    "zones": (_zones, MOMENT_OF, ("zones",)),
    "threads": (_threads, MOMENT_OF, ("task", "thread")),
    "ports": (_ports, MOMENT_OF, ("task", "address")),
    "tasks": (_tasks, MOMENT_OF, ("task",)),
    "series": (_series, EVENTS_OF, ("zones",)),
    "pages": (_pages, MOMENT_OF, ("zones", "address")),
    **{view: (_allocations(by), EVENTS_OF, FILTERED) for view, by in ALLOCATIONS.items()},
}
"""By name: the function, whether the view is of a range of events or a moment, and the filter fields that apply."""
