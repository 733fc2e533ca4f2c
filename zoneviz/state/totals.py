"""Sums over events: the figures of each zone, each map and the machine, many events at a time.

The rules are those of docs/architecture.md, "The machine part". Both samples and the machine's state use these sums, so they
cannot differ. Figures that events set (ZINIT, ZGROW, readings) become differences, which are summed like the rest.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.errors import InputError
from zoneviz.events import COLLECTABLE, Catalog, Kind
from zoneviz.state.figures import (
    ALLOCS,
    CUR_SIZE,
    FAILURES,
    FORKS,
    FREE,
    FREES,
    IN_USE,
    MACHINE_SET,
    MAPS_SET,
    MAX_SIZE,
    MESSAGES,
    OPERATIONS,
    PAGES,
    PAGES_FREE,
    PAGES_WIRED,
    PROCESSES,
    UNKNOWN,
    WASTED,
    ZONE_FIGURES,
)
from zoneviz.state.rows import (
    ELEMENT_LIMIT,
    EXTRA,
    FIGURE_KINDS,
    KIND,
    MAP_KINDS,
    SIZE,
    SIZE_LIMIT,
    SUBJECT,
    SUM_LIMIT,
    ZONE_ID_LIMIT,
    ZONE_KINDS,
    ByKind,
    Ints,
)

_SETTING = (int(Kind.ZINIT), int(Kind.ZGROW), int(Kind.ZONE_FIGURE))
"""The kinds that set a figure of a zone."""
_COUNTING = tuple(kind for kind in ZONE_KINDS if kind not in _SETTING)
"""The kinds that add to one."""
_SIZED = (*ZONE_KINDS, *MAP_KINDS, int(Kind.KMEM_SUBALLOC))
"""The kinds whose size is summed."""
_SUMMED = tuple(
    int(kind)
    for kind in (
        Kind.ZALLOC, Kind.ZCRAM, Kind.ZCOLLECT, Kind.KMEM_ALLOC, Kind.KMEM_FREE, Kind.KMEM_SUBALLOC, Kind.PAGE_GRAB, Kind.PAGE_RELEASE,
        Kind.ZEXTEND,
    )
)  # fmt: skip
"""The kinds whose subject, size or extra is added to a figure."""
_ADDED = [SUBJECT, SIZE, EXTRA]
_TOO_MUCH = "The sizes of its events add up to more than any machine has: the recording is damaged."


class Sums(NamedTuple):
    """What events add to the arrays of `Totals`, in n parts: zones (n, ids, 7), maps (n, ids), machine (n, 8), figures (n, ids)."""

    zones: Ints
    maps: Ints
    machine: Ints
    figures: Ints


class Totals:
    """Running sums. `zones` (ids, 7), `maps` (ids,) bytes used, `machine` (8,), `figures` (ids,) UNKNOWN before a reading sets one.

    All int64, indexed by the id of a zone, map or figure.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.zones: Ints = np.zeros((1, 7), np.int64)
        self.maps: Ints = np.zeros(1, np.int64)
        self.machine: Ints = np.zeros(8, np.int64)
        self.figures: Ints = np.full(1, UNKNOWN)
        self._collectable = np.zeros(1, np.bool_)

    def copy(self) -> "Totals":
        """An independent copy."""
        other = Totals(self.catalog)
        other.zones, other.maps = self.zones.copy(), self.maps.copy()
        other.machine, other.figures = self.machine.copy(), self.figures.copy()
        return other

    def advance(self, rows: Ints, kinds: ByKind | None = None) -> None:
        """Add a batch of events (n, 10).

        Errors: as `deltas`.
        """
        more = self.deltas(rows, np.zeros(len(rows), np.int64), 1, kinds)
        self.zones += more.zones[0]
        self.maps += more.maps[0]
        self.machine += more.machine[0]
        if len(self.figures) > 1:
            self.figures += more.figures[0]
        self._check_sums()

    def run(self, rows: Ints, parts: Ints, count: int, kinds: ByKind | None = None) -> Sums:
        """Add a batch of events in `count` parts, and return the totals after each part.

        Errors: as `deltas`.
        """
        deltas = self.deltas(rows, parts, count, kinds)
        before = (self.zones, self.maps, self.machine, self.figures)
        sums = Sums(*(one + np.cumsum(more, axis=0) for one, more in zip(before, deltas, strict=True)))
        self.zones, self.maps, self.machine, self.figures = (part[-1] for part in sums)
        self._check_sums()
        return sums

    def _check_sums(self) -> None:
        """Errors: InputError if a sum is larger than any machine has: with the next batch it could overflow."""
        for figures in (self.zones, self.maps, self.machine):
            if int(figures.max(initial=0)) >= SUM_LIMIT or int(figures.min(initial=0)) <= -SUM_LIMIT:
                raise InputError(_TOO_MUCH)

    def deltas(self, rows: Ints, parts: Ints, count: int, kinds: ByKind | None = None) -> Sums:
        """What a batch adds to the totals, split into `count` parts; nothing is added yet.

        `parts` (n,): the part of each row. The totals grow here to hold every id in the batch.
        Errors: InputError for an invalid id of a zone, map or figure, and for an invalid size or figure.
        """
        by = kinds or ByKind(rows)
        self._grow(by)
        if not _summable(by.columns[_ADDED]) and not _summable(by.columns[_ADDED][:, by.any_of(_SUMMED)]):
            raise InputError(_TOO_MUCH)
        maps, machine = self._machine_deltas(by, parts, count)
        sums = Sums(self._zone_deltas(by, parts, count), maps, machine, np.zeros((count, len(self.figures)), np.int64))
        if self.catalog.figures or by.has(FIGURE_KINDS):
            self._figure_deltas(by, parts, sums)
        return sums

    def set_figures(self, values: Ints) -> None:
        """Set the figures of the machine with ids 1 to n, (n,), and the columns of the same names."""
        self.figures = np.append(UNKNOWN, values)
        for (array, place), figure in self._columns().items():
            getattr(self, array)[place] = max(int(self.figures[figure]), 0)

    def _columns(self) -> dict[tuple[str, int], int]:
        """The ids of the figures of the machine that set a column as well, by the name and index of the array here."""
        found: dict[tuple[str, int], int] = {}
        maps = {info.name: info.id for info in self.catalog.maps if info.id < len(self.maps)}
        for info in self.catalog.figures[: len(self.figures) - 1]:
            if info.name in MAPS_SET and MAPS_SET[info.name] in maps:
                found["maps", maps[MAPS_SET[info.name]]] = info.id
            elif info.name in MACHINE_SET:
                found["machine", MACHINE_SET[info.name]] = info.id
        return found

    def _machine_deltas(self, by: ByKind, parts: Ints, count: int) -> tuple[Ints, Ints]:
        subject, size, extra = by.columns[SUBJECT], by.columns[SIZE], by.columns[EXTRA]
        maps = np.zeros((count, *self.maps.shape), np.int64)
        machine = np.zeros((count, *self.machine.shape), np.int64)
        for kind, sign in ((Kind.KMEM_ALLOC, 1), (Kind.KMEM_FREE, -1)):
            at = by[kind]
            if len(at):
                np.add.at(maps, (parts[at], subject[at]), sign * size[at])
        at = by[Kind.KMEM_SUBALLOC]
        if len(at):
            np.add.at(maps, (parts[at], extra[at]), size[at])
        at = by[Kind.OPERATION]
        if len(at):
            machine[:, OPERATIONS] = np.bincount(parts[at[subject[at] == 0]], minlength=count)
        for more, less, entry in COUNTED:
            for one, way in ((int(more), 1), (int(less), -1)):
                if one and by.has((one,)):
                    machine[:, entry] += way * np.bincount(parts[by[one]], minlength=count)
        released, grabbed = by[Kind.PAGE_RELEASE], by[Kind.PAGE_GRAB]
        if not len(released) + len(grabbed) + len(by[Kind.ZEXTEND]):
            return maps, machine
        for at, entry, value in (
            (by[Kind.ZEXTEND], WASTED, extra),
            (released[size[released] == 1], PAGES, subject),
            (released, PAGES_FREE, subject),
            (released, PAGES_WIRED, -extra),
            (grabbed, PAGES_FREE, -subject),
            (grabbed, PAGES_WIRED, extra),
        ):
            np.add.at(machine[:, entry], parts[at], value[at])
        return maps, machine

    def _zone_deltas(self, by: ByKind, parts: Ints, count: int) -> Ints:
        subject, size, extra = (by.columns[i] for i in (SUBJECT, SIZE, EXTRA))
        ids = len(self.zones)
        out = np.zeros((self.zones.shape[1], count * ids), np.int64)
        if not by.has(ZONE_KINDS):
            return np.ascontiguousarray(out.reshape(-1, count, ids).transpose(1, 2, 0))
        cells = parts * ids + subject  # zone and part as one index

        def times(at: npt.NDArray[np.intp]) -> Ints:
            return np.bincount(cells[at], minlength=count * ids)

        at = by[Kind.ZALLOC]
        # A collectable zone got its new page as ZCRAM: its fresh element comes from the free list.
        fresh = at[(extra[at] & 1 == 1) & ~self._collectable[subject[at]]]
        out[ALLOCS], out[FREES] = times(at), times(by[Kind.ZFREE])
        out[IN_USE] = out[ALLOCS] - out[FREES]
        out[FREE] = times(fresh) - out[IN_USE]
        out[FAILURES] = times(by.any_of((Kind.ZREFUSE, Kind.ZEMPTY)))
        cram, collect = by[Kind.ZCRAM], by[Kind.ZCOLLECT]
        for figure, at, value in (
            (CUR_SIZE, fresh, size[fresh]),
            (CUR_SIZE, cram, size[cram]),
            (CUR_SIZE, collect, -size[collect]),
            (FREE, cram, extra[cram]),
            (FREE, collect, -extra[collect]),
        ):
            if len(at):
                np.add.at(out[figure], cells[at], value)
        if by.has(_SETTING):
            setting = by.any_of(_SETTING)
            kind, zone = by.columns[KIND, setting], subject[setting]
            which: Ints = np.where(kind == Kind.ZONE_FIGURE, extra[setting], MAX_SIZE)
            new: Ints = np.where(kind == Kind.ZINIT, extra[setting], size[setting])
            if by.has(FIGURE_KINDS):
                new -= self._counted_before(by, setting, which)
            steps = differences(zone * len(out) + which, new, self.zones[zone, which])
            np.add.at(out, (which, cells[setting]), steps)
        return np.ascontiguousarray(out.reshape(-1, count, ids).transpose(1, 2, 0))

    def _counted_before(self, by: ByKind, at: npt.NDArray[np.intp], figure: Ints) -> Ints:
        """What the events of a batch count to a figure before the events `at` (n,) set it, (n,): 0 unless readings and events mix."""
        out = np.zeros(len(at), np.int64)
        subject = by.columns[SUBJECT]
        if not by.has(_COUNTING):
            return out
        counting = by.any_of(_COUNTING)
        for zone in np.intersect1d(subject[counting], subject[at]).tolist():
            mine, setting = counting[subject[counting] == zone], subject[at] == zone
            alone = Totals(Catalog())
            alone.zones, alone._collectable = np.zeros((2, len(ZONE_FIGURES)), np.int64), self._collectable[[0, zone]]
            rows = by.columns[:, mine].T.copy()
            rows[:, SUBJECT] = 1
            counted = np.cumsum(alone.deltas(rows, np.arange(len(rows)), len(rows)).zones[:, 1], axis=0)
            before = np.searchsorted(mine, at[setting])
            out[setting] = np.concatenate([np.zeros((1, len(ZONE_FIGURES)), np.int64), counted])[before, figure[setting]]
        return out

    def _figure_deltas(self, by: ByKind, parts: Ints, sums: Sums) -> None:
        """Add what MACHINE_FIGURE events set, to the figures and to the columns of the same name, which events do not count then."""
        at = by[Kind.MACHINE_FIGURE]
        figure, value = by.columns[SUBJECT, at], by.columns[SIZE, at]
        steps = differences(figure, value, self.figures[figure])
        np.add.at(sums.figures, (parts[at], figure), steps)
        for (array, place), number in self._columns().items():
            table: Ints = getattr(sums, array)
            mine = figure == number
            table[:, place] = 0
            np.add.at(table[:, place], parts[at[mine]], steps[mine])
            if mine.any() and self.figures[number] == UNKNOWN:
                table[parts[at[mine][0]], place] += UNKNOWN  # an unknown figure is 0 in a column

    def _grow(self, by: ByKind) -> None:
        subject, extra = by.columns[SUBJECT], by.columns[EXTRA]
        zone_ids = subject[by.any_of(ZONE_KINDS)]
        map_ids = subject[by.any_of(MAP_KINDS)]
        if by.has((Kind.KMEM_SUBALLOC,)):
            map_ids = np.concatenate([map_ids, extra[by[Kind.KMEM_SUBALLOC]]])
        _check(zone_ids, "zone number", ZONE_ID_LIMIT)
        _check(map_ids, "map number", ZONE_ID_LIMIT)
        if by.has(FIGURE_KINDS):
            _check(subject[by[Kind.MACHINE_FIGURE]], "figure number", ZONE_ID_LIMIT)
            _check(extra[by[Kind.ZONE_FIGURE]], "figure of a zone", len(ZONE_FIGURES))
            _check(by.columns[SIZE, by.any_of(FIGURE_KINDS)], "value of a figure", SIZE_LIMIT)
        _check(by.columns[SIZE][by.any_of(_SIZED)], "size", SIZE_LIMIT)
        _check(by.columns[SIZE, by[Kind.ZINIT]], "element size", ELEMENT_LIMIT)
        need = max(len(self.catalog.zones), int(zone_ids.max(initial=0))) + 1
        if need > len(self.zones):
            self.zones = np.concatenate([self.zones, np.zeros((need - len(self.zones), 7), np.int64)])
        if len(self._collectable) < len(self.zones):
            flags = np.zeros(len(self.zones), np.bool_)
            for zone in self.catalog.zones[: len(flags) - 1]:
                flags[zone.id] = COLLECTABLE in zone.flags.split()
            self._collectable = flags
        need = max(len(self.catalog.maps), int(map_ids.max(initial=0))) + 1
        if need > len(self.maps):
            self.maps = np.concatenate([self.maps, np.zeros(need - len(self.maps), np.int64)])
        if self.catalog.figures or by.has(FIGURE_KINDS):
            need = max(len(self.catalog.figures), int(subject[by[Kind.MACHINE_FIGURE]].max(initial=0))) + 1
            self.figures = np.concatenate([self.figures, np.full(max(need - len(self.figures), 0), UNKNOWN)])


def differences(cells: Ints, values: Ints, before: Ints) -> Ints:
    """What each setting of a cell adds to it, (n,), when `cells` (n,) are set to `values` (n,) in order.

    `before` (n,): what each of these cells holds before the first.
    """
    few = len(cells) == 0 or (int(cells.min()) >= 0 and int(cells.max()) < 1 << 16)
    order = np.argsort(cells.astype(np.uint16) if few else cells, kind="stable")  # numpy sorts 16 bits by radix, four times as fast
    old = np.roll(values[order], 1)
    first = np.diff(cells[order], prepend=-1) != 0
    old[first] = before[order][first]
    out = np.empty_like(values)
    out[order] = values[order] - old
    return out


def _summable(columns: Ints) -> bool:
    """Whether no sum over numbers of one of these columns (columns, n) reaches SUM_LIMIT."""
    largest = max(int(columns.max(initial=0)), -int(columns.min(initial=0)))
    return largest * len(columns[0]) < SUM_LIMIT


def _check(numbers: Ints, what: str, limit: int) -> None:
    """Errors: InputError unless all numbers are from 0 to below `limit`."""
    low, high = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    if low < 0 or high >= limit:
        raise InputError(f"An event has the invalid {what} {low if low < 0 else high}.")


COUNTED = (
    (Kind.FORK, 0, FORKS),
    (Kind.PROCESS_START, Kind.PROCESS_EXIT, PROCESSES),
    (Kind.MSG_QUEUE, Kind.MSG_UNQUEUE, MESSAGES),
)
"""A kind that counts up, one that counts down (0: none), and the entry of `Totals.machine`."""
