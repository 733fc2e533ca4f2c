"""A time line as events: for each moment a READING, and the figures that changed since the last one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

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
    writer = _Writer(collection, catalog)
    batch, waiting, events = list[Ints](), 0, 0
    for number, (kept, time) in enumerate(zip(line.moments, line.times, strict=True), 1):
        rows = writer.reading(number, time, kept.moment, collection.rows(kept))
        where = f"{Path(kept.capture.file).name}, line {kept.moment.line:,}"
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


class _Writer:
    """Turns moments into events. `figures` (ids, F): what readings have set of each zone, UNKNOWN before; `local`: zone ids by index in
    the collection."""

    def __init__(self, collection: Collection, catalog: Catalog) -> None:
        self.collection, self.catalog = collection, catalog
        self.figures: Ints = np.full((1, len(ZONE_FIGURES)), UNKNOWN)
        self.local: Ints = np.zeros(len(collection.zones), np.int64)
        self.machine: dict[str, tuple[int, int]] = {}
        self.rests: dict[str, int] = {}

    def reading(self, number: int, time: int, moment: Moment, rows: Ints) -> Ints:
        """The events of one reading, (n, 9)."""
        head = [(int(Kind.READING), number, 0, 0)]
        for zone in rows[self.local[rows[:, 0]] == 0]:
            head.append(self._first_seen(self.collection.zones[zone[0]], zone))
            self.local[zone[0]] = len(self.catalog.zones)
        ids, values = self.local[rows[:, 0]], rows[:, _FIRST_FIGURE:]
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
        zones, columns = np.nonzero(new != self.figures)
        changed = np.zeros((len(zones), 4), np.int64)
        changed[:, 0], changed[:, 1], changed[:, 2], changed[:, 3] = int(Kind.ZONE_FIGURE), zones, new[zones, columns], columns
        self.figures = new
        tail = self._machine(moment)
        if moment.panic is not None:
            names = self.catalog.names
            tail.append((int(Kind.PANIC), names.intern(moment.panic.text), 0, names.intern(moment.panic.memory)))
        short = np.concatenate([np.array(part, np.int64).reshape(-1, 4) for part in (head, changed, tail)])
        out = np.zeros((len(short), WIDTH), np.int64)
        out[:, 0], out[:, 1], out[:, 5], out[:, 7], out[:, 8] = short[:, 0], time, short[:, 1], short[:, 2], short[:, 3]
        return out

    def _first_seen(self, name: str, row: Ints) -> tuple[int, int, int, int]:
        """ZINIT of a zone, after it is in the catalog. `row`: as stored in the collection."""
        elem_size = max(0, int(row[1]))
        zone = len(self.catalog.zones) + 1
        self.catalog.zones.append(ZoneInfo(zone, name, elem_size, max(0, int(row[_FIRST_FIGURE + MAX_SIZE])), 0, ""))
        self.figures = np.concatenate([self.figures, np.full((1, len(ZONE_FIGURES)), UNKNOWN)])
        return int(Kind.ZINIT), zone, elem_size, 0

    def _set_rest(self, moment: Moment, new: Ints) -> list[tuple[int, int, int, int]]:
        if moment.rest in self.rests:
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
