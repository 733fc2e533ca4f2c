"""Samples, summed while recording: the figures of zones and machine after each SAMPLE_STEP events.

A sample holds the zones that changed since the last sample of its level, so that one sample in sixteen can be
read without those between. At the coarsest level it holds all zones, so that reading can begin there.
"""

from collections.abc import Sequence

import numpy as np

from zoneviz.events import Catalog, MapInfo, ZoneInfo
from zoneviz.state.figures import (
    FORKS,
    IN_USE,
    LEVELS,
    MAPS,
    MESSAGES,
    OPERATIONS,
    PAGES,
    PAGES_FREE,
    PAGES_WIRED,
    PROCESSES,
    SAMPLE_STEP,
    WASTED,
)
from zoneviz.state.rows import SEQ, TIME, Ints, Rows
from zoneviz.state.totals import Totals

_LIVE = ("tasks", "threads", "ipc ports")
"""Zones whose elements are counted as tasks, threads and ports."""
_PHYSICAL = [PAGES, PAGES_FREE, PAGES_WIRED]
_COUNTS = [MESSAGES, OPERATIONS, FORKS, PROCESSES]


class Sampler:
    """Makes the rows of `samples` and `zone_samples` from all events, fed in order.

    `base`: the figures after event `moment` (seq, ns), if the first event fed is not number 1. Call `last` first then: it
    gives the sample of that moment, on which all later ones build.
    """

    def __init__(self, catalog: Catalog, base: Totals | None = None, moment: tuple[int, int] = (0, 0)) -> None:
        self.totals = Totals(catalog)
        if base is not None:
            for name in ("zones", "maps", "machine"):
                setattr(self.totals, name, getattr(base, name).copy())
        self._seen = [self.totals.zones for _ in LEVELS]
        self._last = moment
        self._sampled = -1 if base is not None else 0

    def feed(self, rows: Ints) -> tuple[Rows, Rows]:
        """Rows of `samples` and of `zone_samples` due after these events (n, 10)."""
        if not len(rows):
            return [], []
        parts = (rows[:, SEQ] - 1) // SAMPLE_STEP
        parts -= parts[0]
        count = int(parts[-1]) + 1
        totals = self.totals
        zone_d, map_d, machine_d = totals.deltas(rows, parts, count)
        zones = totals.zones + np.cumsum(zone_d, axis=0)
        maps = totals.maps + np.cumsum(map_d, axis=0)
        machine = totals.machine + np.cumsum(machine_d, axis=0)
        totals.zones, totals.maps, totals.machine = zones[-1], maps[-1], machine[-1]
        self._last = (int(rows[-1, SEQ]), int(rows[-1, TIME]))
        # Every part but the last is complete; seqs have no gaps, so every part has a last row.
        whole = count if self._last[0] % SAMPLE_STEP == 0 else count - 1
        ends = rows[np.searchsorted(parts, np.arange(whole), side="right") - 1][:, [SEQ, TIME]]
        return self._samples(ends, zones[:whole], maps[:whole], machine[:whole])

    def last(self) -> tuple[Rows, Rows]:
        """The sample of the end, with all zones. If the end was sampled before, only the zones: some are new."""
        if self._last[0] == 0 == self._sampled:
            return [], []
        sampled, totals = self._sampled, self.totals
        self._seen = [np.zeros_like(totals.zones) for _ in LEVELS]
        machines, zones = self._samples(np.array([self._last]), totals.zones[None], totals.maps[None], totals.machine[None])
        return ([] if sampled == self._last[0] else machines), zones

    def _samples(self, ends: Ints, zones: Ints, maps: Ints, machine: Ints) -> tuple[Rows, Rows]:
        """Rows for m moments: `ends` (m, 2) seq and time; zones, maps, machine (m, ...): the totals then."""
        if not len(ends):
            return [], []
        seqs = ends[:, 0]
        # A zone has a row if it changed, and at the coarsest level if it is not all zeros.
        self._seen = [_grown(seen, zones.shape[1]) for seen in self._seen]
        changed = (zones != np.concatenate([self._seen[0][None], zones[:-1]])).any(axis=2)
        self._seen[0] = zones[-1]
        for level in range(1, len(LEVELS)):
            for i in np.flatnonzero(seqs % LEVELS[level] == 0).tolist():
                before = 0 if level == len(LEVELS) - 1 else self._seen[level]
                changed[i] |= (zones[i] != before).any(axis=1)
                self._seen[level] = zones[i]
        at, ids = np.nonzero(changed)
        self._sampled = int(seqs[-1])
        zone_rows: Rows = np.column_stack([seqs[at], ids, zones[at, ids]]).tolist()
        figures = machine_figures(self.totals.catalog, zones, maps, machine)
        return np.column_stack([ends, figures]).tolist(), zone_rows


def machine_figures(catalog: Catalog, zones: Ints, maps: Ints, machine: Ints) -> Ints:
    """The columns of `MACHINE_FIGURES` at m moments, (m, figures); `zones`, `maps`, `machine`: (m, ...) as in `Totals`.

    All are sums: given differences of totals, this returns differences of figures.
    """
    none = np.zeros(len(machine), np.int64)
    used = [maps[:, i] if 0 < i < maps.shape[1] else none for i in _ids(catalog.maps, MAPS)]
    live = [zones[:, i, IN_USE] if 0 < i < zones.shape[1] else none for i in _ids(catalog.zones, _LIVE)]
    return np.column_stack([used[0], machine[:, WASTED], *used[1:], machine[:, _PHYSICAL], *live, machine[:, _COUNTS]])


def _ids(items: Sequence[ZoneInfo | MapInfo], names: tuple[str, ...]) -> list[int]:
    """Ids of zones or maps by name, 0 for one that does not exist yet."""
    by_name = {item.name: item.id for item in items}
    return [by_name.get(name, 0) for name in names]


def _grown(zones: Ints, ids: int) -> Ints:
    return zones if len(zones) == ids else np.concatenate([zones, np.zeros((ids - len(zones), zones.shape[1]), np.int64)])
