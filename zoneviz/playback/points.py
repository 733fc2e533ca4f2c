"""Points of a recording's curves: figures of zones and machine after certain events, from samples or summed from the events."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoneviz.events import Catalog
from zoneviz.playback.player import Player
from zoneviz.recording import Recording
from zoneviz.state.figures import MACHINE_FIGURES, SAMPLE_STEP, UNKNOWN, ZONE_FIGURES
from zoneviz.state.machine import MachineState
from zoneviz.state.readings import READING_LIMIT
from zoneviz.state.rows import SEQ, TIME, Ints
from zoneviz.state.sampler import machine_figures
from zoneviz.state.totals import Sums, Totals

FIGURES = ("in_use", "free", "cur_size", "allocs", "frees", "failures")
_COLUMNS = [ZONE_FIGURES.index(name) for name in FIGURES]
CELLS = 1 << 19
"""Upper bound of events times zones in a sum of events; beyond it events are grouped."""
_AT_ONCE = 1 << 15
"""Events read at once, about."""
Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Points:
    """n points in order: seqs, times (n,) in ns, machine (n, MACHINE_FIGURES), zones (n, z, FIGURES), and figures (n, f).

    The last are those of `Catalog.figures`, UNKNOWN before a reading sets one.
    """

    seqs: Ints
    times: Ints
    machine: Ints
    zones: Ints
    figures: Ints

    @classmethod
    def none(cls) -> "Points":
        """No points."""
        none = np.zeros(0, np.int64)
        machine, zones = np.zeros((0, len(MACHINE_FIGURES)), np.int64), np.zeros((0, 0, len(FIGURES)), np.int64)
        return cls(none, none, machine, zones, np.zeros((0, 0), np.int64))

    def count(self, name: str) -> Ints:
        """One figure of the machine, (n,)."""
        return self.machine[:, MACHINE_FIGURES.index(name)]

    def figure(self, name: str) -> Ints:
        """One figure of all zones, (n, z)."""
        return self.zones[:, :, FIGURES.index(name)]

    def joined(self, *more: "Points") -> "Points":
        """These points followed by `more`."""
        parts = (self, *more)
        z, f = (max(getattr(p, name).shape[1] for p in parts) for name in ("zones", "figures"))
        zones = [_wide(p.zones, z, 0) for p in parts]
        figures = [_wide(p.figures, f, UNKNOWN) for p in parts]
        plain = ([p.seqs for p in parts], [p.times for p in parts], [p.machine for p in parts])
        return Points(*(np.concatenate(each) for each in (*plain, zones, figures)))

    def at(self, keep: slice | Mask | npt.NDArray[np.intp]) -> "Points":
        """Some of the points, in order."""
        return Points(self.seqs[keep], self.times[keep], self.machine[keep], self.zones[keep], self.figures[keep])

    def every(self, step: int) -> "Points":
        """The points whose seq is a multiple of `step`."""
        return self.at(self.seqs % step == 0)


def ranked(sizes: Ints) -> list[int]:
    """The columns of sizes (n, m) that are ever above 0, largest peak first."""
    peaks = sizes.max(axis=0) if len(sizes) else np.zeros(0, np.int64)
    return [int(i) for i in np.argsort(-peaks, kind="stable") if peaks[i] > 0]


def _wide(table: Ints, ids: int, value: int) -> Ints:
    """A table (n, m, ...) with `ids` columns; the new ones hold `value`."""
    if table.shape[1] == ids:
        return table
    out = np.full((len(table), ids, *table.shape[2:]), value)
    out[:, : table.shape[1]] = table
    return out


def of_state(state: MachineState) -> Points:
    """The point of a state."""
    return of_totals(state.catalog, state.totals, state.seq, state.time)


def of_totals(catalog: Catalog, totals: Totals, seq: int, time: int) -> Points:
    """The point of totals, which are those after event `seq`."""
    sums = Sums(totals.zones[None], totals.maps[None], totals.machine[None], totals.figures[None])
    return of_sums(catalog, sums, np.array([seq]), np.array([time]))


def of_sums(catalog: Catalog, sums: Sums, seqs: Ints, times: Ints) -> Points:
    """The points of the first of these sums, after the events `seqs` (n,)."""
    count = len(seqs)
    machine = machine_figures(catalog, sums.zones[:count], sums.maps[:count], sums.machine[:count])
    return Points(seqs, times, machine, sums.zones[:count, 1:, _COLUMNS], sums.figures[:count, 1:].copy())


def at_ends(recording: Recording, ends: Ints) -> Points:
    """A point after each of the events `ends` (n,), ascending: the ends of readings."""
    if not len(ends):
        return Points.none()
    state = Player(recording).seek(int(ends[0]))
    totals, done, found = state.totals.copy(), state.seq, list[Points]()
    for group in np.split(ends[1:], np.flatnonzero(np.diff(ends[1:] // _AT_ONCE)) + 1):
        if len(group):
            rows = recording.events(done + 1, int(group[-1]))
            done = int(group[-1])
            sums = totals.run(rows, np.searchsorted(group, rows[:, SEQ]), len(group))
            found.append(of_sums(recording.catalog, sums, group, rows[group - int(rows[0, SEQ]), TIME]))
    return of_state(state).joined(*found)


def sampled(recording: Recording, first: int, last: int, step: int) -> Points:
    """The samples after events first to last, every `step` events."""
    found = recording.samples(first, last, step=step, figures=FIGURES)
    zones = np.stack([found.zones[name] for name in FIGURES], axis=2) if len(found.seqs) else Points.none().zones
    machine = np.stack([found.machine[name] for name in MACHINE_FIGURES], axis=1)
    return Points(found.seqs, found.times, machine, zones, found.figures)


def summed(recording: Recording, first: int, last: int) -> Points:
    """A point after each event first to last: the sample before them plus the changes by the events."""
    base = max(first // SAMPLE_STEP * SAMPLE_STEP, recording.first_event - 1)  # an excerpt has a sample at its beginning
    start = sampled(recording, base, base, SAMPLE_STEP) if base else Points.none()
    if base and not len(start.seqs):
        # The sample is held back until its reading ends.
        start = sampled(recording, max(base - READING_LIMIT, recording.first_event - 1), base, SAMPLE_STEP).at(slice(-1, None))
        base = int(start.seqs[-1]) if len(start.seqs) else recording.first_event - 1
    rows = recording.events(base + 1, last)
    if not len(rows):
        return start
    totals = _totals(recording, start, rows)
    each = -(-len(rows) * len(totals.zones) // CELLS)
    parts = np.arange(len(rows)) // each
    sums = [np.cumsum(changes, axis=0) for changes in totals.deltas(rows, parts, int(parts[-1]) + 1)]
    rows = rows[np.append(np.flatnonzero(np.diff(parts)), len(rows) - 1)]
    zones = sums[0][:, 1:, _COLUMNS]
    machine = machine_figures(recording.catalog, *sums[:3])
    if len(start.seqs):
        machine += start.machine[-1]
        zones[:, : start.zones.shape[1]] += start.zones[-1][: zones.shape[1]]
    figures = (totals.figures + sums[3])[:, 1:]
    return start.joined(Points(rows[:, SEQ], rows[:, TIME], machine, zones, figures))


def _totals(recording: Recording, start: Points, rows: Ints) -> Totals:
    """Totals with what a reading's figures are differences from: the figures at `start`. They hold all ids in `rows`."""
    totals = Totals(recording.catalog)
    totals.advance(rows)  # finds the number of zones: a damaged file may mention thousands
    zones = np.zeros_like(totals.zones)
    totals.zones, totals.maps, totals.machine = zones, np.zeros_like(totals.maps), np.zeros_like(totals.machine)
    values = np.full(len(totals.figures) - 1, UNKNOWN)
    if len(start.seqs):
        count = min(len(zones) - 1, start.zones.shape[1])
        zones[1 : count + 1, _COLUMNS] = start.zones[-1, :count]
        values[: start.figures.shape[1]] = start.figures[-1, : len(values)]
    totals.set_figures(values)
    return totals
