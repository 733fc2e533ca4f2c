"""Sums over events: the figures of each zone, each map and the machine, many events at a time.

The rules are those of docs/architecture.md, "The machine part". Both samples and the machine's state use these sums, so they
cannot differ.
"""

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
    MAX_SIZE,
    MESSAGES,
    OPERATIONS,
    PAGES,
    PAGES_FREE,
    PAGES_WIRED,
    PROCESSES,
    WASTED,
)
from zoneviz.state.rows import EXTRA, KIND, MAP_KINDS, SIZE, SIZE_LIMIT, SUBJECT, ZONE_ID_LIMIT, ZONE_KINDS, ByKind, Ints


class Totals:
    """Running sums. `zones` (ids, 7), `maps` (ids,) bytes used, `machine` (8,); all int64, indexed by zone or map id."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.zones: Ints = np.zeros((1, 7), np.int64)
        self.maps: Ints = np.zeros(1, np.int64)
        self.machine: Ints = np.zeros(8, np.int64)
        self._collectable = np.zeros(1, np.bool_)

    def advance(self, rows: Ints, kinds: ByKind | None = None) -> None:
        """Add a batch of events (n, 10).

        Errors: InputError for an invalid zone or map id.
        """
        zones, maps, machine = self.deltas(rows, np.zeros(len(rows), np.int64), 1, kinds)
        self.zones += zones[0]
        self.maps += maps[0]
        self.machine += machine[0]

    def deltas(self, rows: Ints, parts: Ints, count: int, kinds: ByKind | None = None) -> tuple[Ints, Ints, Ints]:
        """What a batch adds to `zones`, `maps` and `machine`, split into `count` parts; nothing is added yet.

        `parts` (n,): the part of each row. Returns arrays (count, ...) shaped like the three, which grow here to hold
        every id in the batch.
        Errors: InputError for an invalid zone or map id.
        """
        by = kinds or ByKind(rows)
        self._grow(by)
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
            return self._zone_deltas(by, parts, count), maps, machine
        for at, entry, value in (
            (by[Kind.ZEXTEND], WASTED, extra),
            (released[size[released] == 1], PAGES, subject),
            (released, PAGES_FREE, subject),
            (released, PAGES_WIRED, -extra),
            (grabbed, PAGES_FREE, -subject),
            (grabbed, PAGES_WIRED, extra),
        ):
            np.add.at(machine[:, entry], parts[at], value[at])
        return self._zone_deltas(by, parts, count), maps, machine

    def _zone_deltas(self, by: ByKind, parts: Ints, count: int) -> Ints:
        kind, subject, size, extra = (by.columns[i] for i in (KIND, SUBJECT, SIZE, EXTRA))
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
        # These set a figure; as differences they can be summed like the rest. They are rare.
        now: dict[int, int] = {}
        for i in by.any_of((Kind.ZINIT, Kind.ZGROW)).tolist():
            zone = int(subject[i])
            new = int(extra[i] if kind[i] == Kind.ZINIT else size[i])
            out[MAX_SIZE, cells[i]] += new - now.get(zone, int(self.zones[zone, MAX_SIZE]))
            now[zone] = new
        return np.ascontiguousarray(out.reshape(-1, count, ids).transpose(1, 2, 0))

    def _grow(self, by: ByKind) -> None:
        subject, extra = by.columns[SUBJECT], by.columns[EXTRA]
        zone_ids = subject[by.any_of(ZONE_KINDS)]
        map_ids = subject[by.any_of(MAP_KINDS)]
        if by.has((Kind.KMEM_SUBALLOC,)):
            map_ids = np.concatenate([map_ids, extra[by[Kind.KMEM_SUBALLOC]]])
        for ids, what in ((zone_ids, "zone"), (map_ids, "map")):
            low, high = int(ids.min(initial=0)), int(ids.max(initial=0))
            if low < 0 or high >= ZONE_ID_LIMIT:
                raise InputError(f"An event has the invalid {what} number {low if low < 0 else high}.")
        sizes = by.columns[SIZE][by.any_of((*ZONE_KINDS, *MAP_KINDS, Kind.KMEM_SUBALLOC))]
        low, high = int(sizes.min(initial=0)), int(sizes.max(initial=0))
        if low < 0 or high >= SIZE_LIMIT:
            raise InputError(f"An event has the invalid size {low if low < 0 else high}.")
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


COUNTED = (
    (Kind.FORK, 0, FORKS),
    (Kind.PROCESS_START, Kind.PROCESS_EXIT, PROCESSES),
    (Kind.MSG_QUEUE, Kind.MSG_UNQUEUE, MESSAGES),
)
"""A kind that counts up, one that counts down (0: none), and the entry of `Totals.machine`."""
