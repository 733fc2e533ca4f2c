"""A time line as events: for each moment a READING, and the figures that changed since the last one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from zoneviz import words
from zoneviz.captures.capture import UNKNOWN, Moment
from zoneviz.captures.collection import Collection
from zoneviz.captures.timelines import TimeLine
from zoneviz.events import WIDTH, Catalog, FigureInfo, Kind, MapInfo, ZoneInfo
from zoneviz.state.figures import CUR_SIZE, FREE, IN_USE, MAX_SIZE, ZONE_FIGURES
from zoneviz.state.rows import Ints

_BATCH = 1 << 15
"""Events handed on at a time."""
_FIRST_FIGURE = 2
"""Column of a stored row where its figures begin."""


def record(
    line: TimeLine,
    collection: Collection,
    catalog: Catalog,
    feed: Callable[[Ints], object],
    detail: Callable[[int, str], object],
    progress: Callable[[int], object] = lambda done: None,
) -> int:
    """Feed the readings of a time line, as arrays (n, 9). `progress` gets the number of readings done. Returns the number of events."""
    cap = max((kept.moment.sizes.get("zone_map_cap", 0) for kept in line.moments), default=0)
    if cap or any("zone_map_used" in kept.moment.sizes for kept in line.moments):
        catalog.maps.append(MapInfo(1, "zone_map", 0, cap, 0))
    writer = ReadingWriter(collection.zones, catalog)
    batch, waiting, events = list[Ints](), 0, 0
    for number, (kept, time) in enumerate(zip(line.moments, line.times, strict=True), 1):
        rows = writer.reading(number, time, kept.moment, collection.rows(kept))
        where = f"{Path(kept.capture.file).name}, line {words.number(kept.moment.line)}"
        detail(events + 1, f"{where}, {kept.stamp}" if kept.stamp else where)
        batch.append(rows)
        events += len(rows)
        waiting += len(rows)
        if waiting >= _BATCH:
            feed(np.concatenate(batch))
            batch, waiting = [], 0
            progress(number)
    if batch:
        feed(np.concatenate(batch))
    return events


class ReadingWriter:
    """Turns moments into events. `names`: zones by their number in `rows`, a list that may grow (`ZoneNames.names`).

    `figures` (ids, F): what readings have set of each zone, UNKNOWN before. Zones that others put into the catalog are found by name.
    """

    def __init__(self, names: Sequence[str], catalog: Catalog) -> None:
        self.names, self.catalog = names, catalog
        self.figures: Ints = np.full((1, len(ZONE_FIGURES)), UNKNOWN)
        self._local: Ints = np.zeros(0, np.int64)
        self._known = 0
        self._moved: Ints = np.zeros(0, np.int64)
        self._ids: dict[str, int] = {}
        self.machine: dict[str, tuple[int, int]] = {}
        self.rests: dict[str, int] = {}

    def reading(self, number: int, time: int, moment: Moment, rows: Ints) -> Ints:
        """The events of one reading, (n, 9)."""
        head = [(int(Kind.READING), number, 0, 0)]
        self._grow()
        for zone in rows[self._local[rows[:, 0]] == 0]:
            head.append(self._first_seen(self.names[zone[0]], zone))
        ids, values = self._local[rows[:, 0]], rows[:, _FIRST_FIGURE:]
        new = self.figures.copy()
        if moment.whole:
            gone = np.ones(len(new), np.bool_)
            gone[ids] = False
            gone[list(self.rests.values())] = False
            for figure in (IN_USE, FREE, CUR_SIZE):
                new[gone & (new[:, figure] != UNKNOWN), figure] = 0
        new[ids] = np.where(values == UNKNOWN, new[ids], values)
        if moment.total != UNKNOWN:
            head += self._set_rest(moment, new)
            new = np.concatenate([new, np.full((len(self.figures) - len(new), new.shape[1]), UNKNOWN)])
            named = np.delete(new[:, CUR_SIZE].clip(0), list(self.rests.values())).sum()
            new[self.rests[moment.rest], CUR_SIZE] = max(0, moment.total - int(named))
        changed = new != self.figures
        for figure in (IN_USE, FREE, CUR_SIZE):
            changed[self._moved, figure] = new[self._moved, figure] != UNKNOWN
        self._moved = self._moved[:0]
        zones, columns = np.nonzero(changed)
        figures = np.zeros((len(zones), 4), np.int64)
        figures[:, 0], figures[:, 1], figures[:, 2], figures[:, 3] = int(Kind.ZONE_FIGURE), zones, new[zones, columns], columns
        self.figures = new
        tail = self._machine(moment)
        if moment.panic is not None:
            names = self.catalog.names
            tail.append((int(Kind.PANIC), names.intern(moment.panic.text), 0, names.intern(moment.panic.memory)))
        short = np.concatenate([np.array(part, np.int64).reshape(-1, 4) for part in (head, figures, tail)])
        out = np.zeros((len(short), WIDTH), np.int64)
        out[:, 0], out[:, 1], out[:, 5], out[:, 7], out[:, 8] = short[:, 0], time, short[:, 1], short[:, 2], short[:, 3]
        return out

    def ids(self, rows: Ints) -> Ints:
        """The ids of the zones of a reading, (n,), 0 of those not in the catalog yet. `rows`: as for `reading`."""
        self._grow()
        return self._local[rows[:, 0]]

    def moved(self, ids: Ints) -> None:
        """Events have changed the figures of these zones since the last reading: the next one sets them whatever it was before."""
        self._grow()
        self._moved = np.union1d(self._moved, ids)

    def _grow(self) -> None:
        """Take in zones that others have put into the catalog, and names that are new."""
        self._ids |= {zone.name: zone.id for zone in self.catalog.zones[self._known :]}
        self._known = len(self.catalog.zones)
        more = self._known + 1 - len(self.figures)
        self.figures = np.concatenate([self.figures, np.full((more, len(ZONE_FIGURES)), UNKNOWN)])
        self._local = np.append(self._local, np.zeros(len(self.names) - len(self._local), np.int64))
        for number in np.flatnonzero(self._local == 0).tolist():
            self._local[number] = self._ids.get(self.names[number], 0)

    def _first_seen(self, name: str, row: Ints) -> tuple[int, int, int, int]:
        """ZINIT of a zone, after it is in the catalog. `row`: as stored in the collection."""
        elem_size = max(0, int(row[1]))
        zone = len(self.catalog.zones) + 1
        self.catalog.zones.append(ZoneInfo(zone, name, elem_size, max(0, int(row[_FIRST_FIGURE + MAX_SIZE])), 0, ""))
        self._grow()
        return int(Kind.ZINIT), zone, elem_size, 0

    def _set_rest(self, moment: Moment, new: Ints) -> list[tuple[int, int, int, int]]:
        if moment.rest in self.rests:
            return []
        if moment.rest in self._ids:  # events have put it into the catalog
            self.rests[moment.rest] = self._ids[moment.rest]
            return []
        made = self._first_seen(moment.rest, np.full(_FIRST_FIGURE + len(ZONE_FIGURES), UNKNOWN))
        self.rests[moment.rest] = made[1]
        return [made]

    def _machine(self, moment: Moment) -> list[tuple[int, int, int, int]]:
        out = []
        for values, unit in ((moment.sizes, "bytes"), (moment.counts, "count")):
            for name, value in values.items():
                figure, before = self.machine.get(name, (0, UNKNOWN))
                if not figure:
                    figure = len(self.catalog.figures) + 1
                    self.catalog.figures.append(FigureInfo(figure, name, unit))
                if value != before:
                    out.append((int(Kind.MACHINE_FIGURE), figure, value, 0))
                    self.machine[name] = figure, value
        return out
