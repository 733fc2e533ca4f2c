"""Samples, summed while recording: the figures of zones and machine after each SAMPLE_STEP events.

A sample holds the zones and figures that changed since the last sample of its level, so that one sample in sixteen can be
read without those between. At the coarsest level it holds all of them, so that reading can begin there. A sample inside a reading has
the figures of its end, and is due when the reading has ended.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.events import Catalog, Kind, MapInfo, ZoneInfo
from zoneviz.state.figures import (
    FORKS,
    IN_USE,
    LEVELS,
    MACHINE_FIGURES,
    MAPS,
    MESSAGES,
    OPERATIONS,
    PAGES,
    PAGES_FREE,
    PAGES_WIRED,
    PROCESSES,
    SAMPLE_STEP,
    UNKNOWN,
    WASTED,
    ZONE_FIGURES,
)
from zoneviz.state.machine import MachineState
from zoneviz.state.readings import Reading, beginnings, last_reading
from zoneviz.state.rows import SEQ, TIME, ByKind, Ints
from zoneviz.state.totals import Sums, Totals

_READING = (int(Kind.READING),)
_LIVE = ("tasks", "threads", "ipc ports")
"""Zones whose elements are counted as tasks, threads and ports."""
_PHYSICAL = [PAGES, PAGES_FREE, PAGES_WIRED]
_COUNTS = [MESSAGES, OPERATIONS, FORKS, PROCESSES]


class Sampled(NamedTuple):
    """Rows of samples, by table, (n, columns): seq, time and MACHINE_FIGURES; seq, zone and ZONE_FIGURES; seq, figure and value."""

    samples: Ints
    zone_samples: Ints
    figure_samples: Ints

    def joined(self, more: "Sampled") -> "Sampled":
        """These rows and then `more`."""
        return Sampled(*(np.concatenate([one, other]) for one, other in zip(self, more, strict=True)))


NOTHING = Sampled(*(np.empty((0, 2 + figures), np.int64) for figures in (len(MACHINE_FIGURES), len(ZONE_FIGURES), 1)))
"""No rows."""


class Sampler:
    """Makes the rows of `samples`, `zone_samples` and `figure_samples` from all events, fed in order.

    `base`: the machine before the first event fed, if that is not number 1. Call `last` first then: it gives the sample of that
    moment, on which all later ones build.
    """

    def __init__(self, catalog: Catalog, base: MachineState | None = None) -> None:
        self.totals = Totals(catalog) if base is None else base.totals.copy()
        self._zones, self._figures = _Changes(), _Changes()
        self._last = (0, 0) if base is None else (base.seq, base.time)
        self._reading = Reading() if base is None else base.reading
        self._next = self._last[0] // SAMPLE_STEP + 1
        """The next sample due, in units of SAMPLE_STEP."""
        self._sampled = -1 if base is not None else 0

    @property
    def complete_to(self) -> int:
        """All samples of the events up to this one were returned; later ones wait for the end of their reading."""
        return self._next * SAMPLE_STEP - 1 if self._held() else self._last[0]

    def feed(self, rows: Ints) -> Sampled:
        """The rows due after these events (n, 10).

        Errors: InputError for an invalid event.
        """
        if not len(rows):
            return NOTHING
        kinds = ByKind(rows)
        reading = last_reading(kinds, self._reading) if kinds.has(_READING) else self._reading
        starts = beginnings(kinds, self._reading) if reading.number else rows[:, SEQ]
        # All events of a reading belong to the sample after its beginning; its other samples have the same figures.
        parts = np.maximum((starts - 1) // SAMPLE_STEP + 1, self._next) - self._next
        last, before = (int(rows[-1, SEQ]), int(rows[-1, TIME])), self._last
        sums = self.totals.run(rows, parts, (last[0] - 1) // SAMPLE_STEP + 2 - self._next, kinds)
        self._last, self._reading = last, reading
        whole = last[0] // SAMPLE_STEP + 1 - self._next - self._held()
        seqs = (self._next + np.arange(whole)) * SAMPLE_STEP
        self._next += whole
        # A sample that was held back is older than the batch.
        at = seqs - int(rows[0, SEQ])
        times = np.where(at < 0, before[1], rows[np.maximum(at, 0), TIME])
        return self._samples(np.column_stack([seqs, times]), Sums(*(part[:whole] for part in sums)))

    def last(self) -> Sampled:
        """The samples held back, then that of the end, with all zones. If the end was sampled before, only the zones: some are new."""
        if self._last[0] == 0 == self._sampled:
            return NOTHING
        totals, held = self.totals, self._held()
        seqs = np.append((self._next + np.arange(held)) * SAMPLE_STEP, self._last[0])
        self._next += held
        sums = Sums(totals.zones[None], totals.maps[None], totals.machine[None], totals.figures[None])
        found = self._samples(_moments(seqs[:-1], self._last[1]), Sums(*(np.repeat(part, held, axis=0) for part in sums)))
        sampled = self._sampled
        self._zones, self._figures = _Changes(), _Changes()
        end = self._samples(_moments(seqs[-1:], self._last[1]), sums)
        return found.joined(end._replace(samples=NOTHING.samples) if sampled == self._last[0] else end)

    def _held(self) -> int:
        """How many samples wait for the end of a reading."""
        if not self._reading.number or self._last[1] != self._reading.time:
            return 0
        return max(self._last[0] // SAMPLE_STEP + 1 - max(self._next, -(-self._reading.seq // SAMPLE_STEP)), 0)

    def _samples(self, ends: Ints, sums: Sums) -> Sampled:
        """Rows for m moments: `ends` (m, 2) seq and time; `sums`: the totals then."""
        if not len(ends):
            return NOTHING
        seqs = ends[:, 0]
        self._sampled = int(seqs[-1])
        at, zones = np.nonzero(self._zones.needed(seqs, sums.zones))
        zone_rows = np.column_stack([seqs[at], zones, sums.zones[at, zones]])
        figure_rows = NOTHING.figure_samples
        if sums.figures.shape[1] > 1:
            at, figures = np.nonzero(self._figures.needed(seqs, sums.figures[:, :, None] - UNKNOWN))
            figure_rows = np.column_stack([seqs[at], figures, sums.figures[at, figures]])
        machine = machine_figures(self.totals.catalog, *sums[:3])
        return Sampled(np.column_stack([ends, machine]), zone_rows, figure_rows)


class _Changes:
    """Which rows of a growing table (ids, k) a sample needs: those that changed, and at the coarsest level those not all zeros."""

    def __init__(self) -> None:
        self._seen: list[Ints] = [np.zeros((1, 1), np.int64)] * len(LEVELS)

    def needed(self, seqs: Ints, tables: Ints) -> npt.NDArray[np.bool_]:
        """The rows needed (m, ids) at m samples, given the table at each, (m, ids, k)."""
        self._seen = [_grown(seen, *tables.shape[1:]) for seen in self._seen]
        changed: npt.NDArray[np.bool_] = (tables != np.concatenate([self._seen[0][None], tables[:-1]])).any(axis=2)
        self._seen[0] = tables[-1]
        for level in range(1, len(LEVELS)):
            for i in np.flatnonzero(seqs % LEVELS[level] == 0).tolist():
                before = 0 if level == len(LEVELS) - 1 else self._seen[level]
                changed[i] |= (tables[i] != before).any(axis=1)
                self._seen[level] = tables[i]
        return changed


def _grown(table: Ints, ids: int, width: int) -> Ints:
    if table.shape == (ids, width):
        return table
    grown: Ints = np.zeros((ids, width), np.int64)
    grown[: len(table), : table.shape[1]] = table
    return grown


def _moments(seqs: Ints, time: int) -> Ints:
    return np.column_stack([seqs, np.full(len(seqs), time)])


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

