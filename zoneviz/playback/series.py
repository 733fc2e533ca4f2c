"""Zones over time as curves, from the recording's samples, thinned to the pixels of a chart.

Samples are 256 events apart or more. A range of at most FINE events is summed from the events themselves, so a chart can zoom in
to single events.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zoneviz.playback.limits import Limits
from zoneviz.recording import Recording
from zoneviz.state.figures import LEVELS, MACHINE_FIGURES, SAMPLE_STEP, UNKNOWN, ZONE_FIGURES
from zoneviz.state.machine import MachineState
from zoneviz.state.readings import READING_LIMIT
from zoneviz.state.rows import SEQ, TIME
from zoneviz.state.sampler import machine_figures
from zoneviz.state.totals import Totals

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BANDS = 10
"""Zones with their own band; the rest share one."""
REST = "other zones"
FINE = 2048
"""Ranges of fewer events are summed event by event."""
CELLS = 1 << 19
"""Upper bound of events times zones in such a sum; beyond it events are grouped."""
MOST = 8192
"""Samples kept; longer runs use a coarser level."""
FIGURES = ("in_use", "free", "cur_size", "allocs", "frees", "failures")
_COLUMNS = [ZONE_FIGURES.index(name) for name in FIGURES]


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

    def joined(self, more: "Points") -> "Points":
        """These points followed by `more`."""
        both = (self, more)
        z, f = (max(getattr(p, name).shape[1] for p in both) for name in ("zones", "figures"))
        zones = [np.pad(p.zones, ((0, 0), (0, z - p.zones.shape[1]), (0, 0))) for p in both]
        figures = [np.pad(p.figures, ((0, 0), (0, f - p.figures.shape[1])), constant_values=UNKNOWN) for p in both]
        plain = ([p.seqs for p in both], [p.times for p in both], [p.machine for p in both])
        return Points(*(np.concatenate(pair) for pair in (*plain, zones, figures)))

    def at(self, keep: slice | Mask | npt.NDArray[np.intp]) -> "Points":
        """Some of the points, in order."""
        return Points(self.seqs[keep], self.times[keep], self.machine[keep], self.zones[keep], self.figures[keep])

    def every(self, step: int) -> "Points":
        """The points whose seq is a multiple of `step`."""
        return self.at(self.seqs % step == 0)


@dataclass(slots=True)
class Stack:
    """Stacked bands of the timeline: `tops` (bands, n) in bytes at `x` (n,); `tops[i]` is the sum of bands 0..i."""

    names: list[str] = field(default_factory=list)
    x: Floats = field(default_factory=lambda: np.zeros(0))
    tops: Floats = field(default_factory=lambda: np.zeros((0, 0)))


class Series:
    """The curves of one recording; empty until `load`."""

    def __init__(self) -> None:
        self.recording: Recording | None = None
        self.points = Points.none()
        self.by_event = False
        self.forced_by_event = False
        self.step = SAMPLE_STEP
        self._begin = 0
        self._tip: Points | None = None
        self._limits: Limits | None = None
        self._window: tuple[tuple[int, int, int], Points] | None = None

    def load(self, recording: Recording, by_event: bool = False, live: bool = False) -> None:
        """Read the new samples of the recording; all of them if it is another one, and while `live` only once 1 % is new.

        `by_event`: the axis counts events; it always does if the recording has no times.
        """
        if recording is not self.recording:
            self.recording, self.points, self.step, self._window = recording, Points.none(), SAMPLE_STEP, None
            self._tip = self._limits = None
            self._begin = -1
            while recording.event_count // self.step > MOST and self.step < LEVELS[-1]:
                self.step *= 16
        if self._begin < 0 and recording.event_count:
            self._begin = int(recording.events(recording.first_event, recording.first_event)[0, TIME])
        self.forced_by_event = recording.header.time_kind == "events" or (recording.last_time == 0 and recording.event_count > 0)
        self.by_event = by_event or self.forced_by_event
        done = int(self.points.seqs[-1]) if len(self.points.seqs) else 0
        if recording.event_count - done > (done // 100 if live else 0):
            self.points = self.points.joined(_sampled(recording, done + 1, recording.event_count, self.step))
            self._window = None
        if len(self.points.seqs) > MOST and self.step < LEVELS[-1]:
            self.step *= 16
            self.points = self.points.every(self.step)

    def set_tip(self, state: MachineState | None) -> None:
        """Add the state at the end of a live run as the last point, so the curves reach it; None removes it."""
        self._tip = self._window = None
        if state is None or self.recording is None or state.seq <= (int(self.points.seqs[-1]) if len(self.points.seqs) else 0):
            return
        ends = np.array([[state.seq, state.time]])
        sums = (values[np.newaxis] for values in (state.totals.zones, state.totals.maps, state.totals.machine))
        machine = machine_figures(state.catalog, *sums)
        zones, figures = state.totals.zones[1:, _COLUMNS].copy(), state.totals.figures[1:].copy()
        self._tip = Points(ends[:, 0], ends[:, 1], machine, zones[np.newaxis], figures[np.newaxis])

    # the axis

    @property
    def extent(self) -> tuple[float, float]:
        """First and last place of the axis: seconds, or event numbers."""
        if self.recording is None or not self.recording.event_count:
            return 0.0, 1.0
        if self.by_event:
            return 0.0, float(self.recording.event_count)
        first, last = self._begin / 1e9, self.recording.last_time / 1e9
        return first, last if last > first else first + 1e-6

    def axis(self, points: Points) -> Floats:
        """The places of points on the axis, (n,)."""
        return points.seqs.astype(float) if self.by_event else points.times / 1e9

    def _knots(self) -> tuple[Floats, Ints]:
        """Times in seconds and event numbers to interpolate between: the points, and the finer ones of the last window."""
        assert self.recording is not None
        seqs, times = self.points.seqs, self.points.times
        if self._window is not None and len(self._window[1].seqs):
            fine = self._window[1]
            before, after = seqs < fine.seqs[0], seqs > fine.seqs[-1]
            seqs = np.concatenate([seqs[before], fine.seqs, seqs[after]])
            times = np.concatenate([times[before], fine.times, times[after]])
        xs = np.concatenate([[max(self._begin, 0) / 1e9], times / 1e9, [self.recording.last_time / 1e9]])
        return xs, np.concatenate([[0], seqs, [self.recording.event_count]])

    def seq_at(self, x: float) -> int:
        """The last event at or before a place on the axis, interpolated between samples."""
        if self.recording is None:
            return 0
        if self.by_event:
            return max(0, min(round(x), self.recording.event_count))
        xs, seqs = self._knots()
        after = int(np.searchsorted(xs, x, side="right"))
        if after == 0 or after == len(xs):
            return 0 if after == 0 else int(seqs[-1])
        share = (x - xs[after - 1]) / (xs[after] - xs[after - 1])
        return int(seqs[after - 1] + max(share * (seqs[after] - seqs[after - 1]) - 1e-6, 0))

    def x_at(self, seq: int) -> float:
        """The place of an event on the axis, interpolated between samples."""
        if self.recording is None or self.by_event:
            return float(seq)
        xs, seqs = self._knots()
        return float(np.interp(seq, seqs, xs))

    # what is drawn

    @property
    def limits(self) -> Limits | None:
        """The limits of the recording, None while it has no event. Errors: InputError if the recording is damaged."""
        if self.recording is None or not self.recording.event_count:
            return None
        if self._limits is None or not self._limits.settled():
            self._limits = Limits(self.recording)
        return self._limits

    @property
    def ceiling(self) -> int:
        """Size of zone_map in bytes, 0 if unknown."""
        maps = self.recording.catalog.maps if self.recording else []
        return next((m.end - m.start for m in maps if m.name == "zone_map"), 0)

    @property
    def boot_memory(self) -> int:
        """Bytes that zones have before zone_map gives them a page; 0 if unknown."""
        return self.recording.catalog.machine.boot_zone_memory if self.recording else 0

    @property
    def zone_memory(self) -> int:
        """Upper bound in bytes of the memory of all zones: zone_map plus boot memory; 0 if zone_map is unknown."""
        return self.ceiling + self.boot_memory if self.ceiling else 0

    @property
    def zone_names(self) -> list[str]:
        """Names of the zones in order of zinit."""
        return [z.name for z in self.recording.catalog.zones] if self.recording else []

    @property
    def elem_sizes(self) -> Ints:
        """Element sizes in bytes, (z,), in order of zinit."""
        return np.array([z.elem_size for z in self.recording.catalog.zones] if self.recording else [], np.int64)

    def window(self, low: float, high: float) -> Points:
        """The points between two places of the axis plus one on either side, at a resolution for drawing."""
        if self.recording is None:
            return self.points
        count = self.recording.event_count
        first, last = max(self.seq_at(low) - 1, 1), min(self.seq_at(high) + 1, count)
        key = (first, last, count)
        if self._window is not None and self._window[0] == key:
            return self._window[1]
        if last - first < FINE:
            points = _summed(self.recording, first, last)
        elif (last - first) // self.step < 256 and self.step > SAMPLE_STEP:
            finer = next(step for step in LEVELS if (last - first) // step < MOST)
            points = _sampled(self.recording, max(first - finer, 1), last + finer, finer)
        else:
            at = np.searchsorted(self.points.seqs, [first, last])
            cut = slice(max(int(at[0]) - 1, 0), int(at[1]) + 1)
            points = self.points.at(cut)
        if self._tip is not None and last >= self._tip.seqs[0] > (points.seqs[-1] if len(points.seqs) else 0):
            points = points.joined(self._tip)
        self._window = (key, points)
        return points

    def ranked(self) -> list[int]:
        """Indices of the zones that were ever used, largest peak first."""
        sizes = self.points.figure("cur_size")
        if not len(sizes):
            sizes = self.window(*self.extent).figure("cur_size")
        peaks = sizes.max(axis=0) if len(sizes) else np.zeros(0, np.int64)
        return [int(i) for i in np.argsort(-peaks, kind="stable") if peaks[i] > 0]

    def stack(self, low: float, high: float, width: int) -> Stack:
        """Bytes by zone from `low` to `high`, thinned to about two points per pixel of `width`."""
        points = self.window(low, high)
        sizes = points.figure("cur_size")
        order = [i for i in self.ranked() if i < sizes.shape[1]]
        return stacked([self.zone_names[i] for i in order], self.axis(points), sizes[:, order], (low, high), width, REST)

    def thinned(self, width: int) -> Points:
        """The whole run thinned to `width` columns, keeping every low and peak of all zones together."""
        points = self.window(*self.extent)
        return points.at(thin(self.axis(points), points.figure("cur_size").sum(axis=1), *self.extent, width))

    def fill(self, width: int) -> tuple[Floats, Floats]:
        """Use of zone_map over the whole run: places on the axis and bytes, thinned to `width` columns."""
        points = self.window(*self.extent)
        x = self.axis(points)
        used = points.count("zone_map_used")
        keep = thin(x, used, *self.extent, width)
        return x[keep], used[keep].astype(float)

    def at_columns(self, low: float, high: float, columns: int) -> tuple[Floats, Floats]:
        """The zones' figures at the edges of even columns: edges (columns + 1,) and values (columns + 1, z, FIGURES).

        Values between samples are interpolated; otherwise narrow columns show artificial stripes. Failures, and values between
        single events, are steps.
        """
        points = self.window(low, high)
        edges = np.linspace(low, high, columns + 1)
        x = np.concatenate([[min(self.extent[0], low)], self.axis(points)])
        values = np.concatenate([np.zeros((1, *points.zones.shape[1:])), points.zones])
        at = np.clip(np.searchsorted(x, edges, side="right") - 1, 0, len(x) - 1)
        standing = values[at]
        if len(points.seqs) < 2 or points.seqs[-1] - points.seqs[0] < len(points.seqs):
            return edges, standing
        after = np.minimum(at + 1, len(x) - 1)
        gap = x[after] - x[at]
        share = np.where(gap > 0, (edges - x[at]) / np.where(gap > 0, gap, 1), 0)[:, np.newaxis, np.newaxis]
        share[at == 0] = 0  # unknown before the first sample: a slope from 0 would look like growth
        between = standing + share * (values[after] - standing)
        failures = FIGURES.index("failures")
        between[:, :, failures] = standing[:, :, failures]
        return edges, between


def stacked(names: list[str], x: Floats, sizes: Ints, stretch: tuple[float, float], width: int, rest: str) -> Stack:
    """Curves `sizes` (n, m), most important first, as at most BANDS bands and one named `rest`, thinned to `width` pixels."""
    keep = thin(x, sizes.sum(axis=1), *stretch, width)
    rows = [sizes[keep, i] for i in range(min(len(names), BANDS))]
    shown = names[:BANDS]
    if len(names) > BANDS:
        rows.append(sizes[keep][:, BANDS:].sum(axis=1))
        shown = [*shown, rest]
    return Stack(shown, x[keep], np.cumsum(np.array(rows, float).reshape(len(rows), len(keep)), axis=0))


def thin(x: Floats | Ints, heights: Ints, low: float, high: float, width: int) -> npt.NDArray[np.intp]:
    """Indices of the points to draw: all if few, otherwise the lowest and highest of each pixel, and both ends."""
    if len(x) <= 2 * width:
        return np.arange(len(x))
    column = np.clip(((x - low) / max(high - low, 1e-12) * width).astype(np.int64), -1, width)
    order = np.lexsort((heights, column))
    ends = np.flatnonzero(np.diff(column[order], append=width + 1))
    starts = np.concatenate([[0], ends[:-1] + 1])
    return np.unique(np.concatenate([order[starts], order[ends], [0, len(x) - 1]]))


def _sampled(recording: Recording, first: int, last: int, step: int) -> Points:
    found = recording.samples(first, last, step=step, figures=FIGURES)
    zones = np.stack([found.zones[name] for name in FIGURES], axis=2) if len(found.seqs) else Points.none().zones
    machine = np.stack([found.machine[name] for name in MACHINE_FIGURES], axis=1)
    return Points(found.seqs, found.times, machine, zones, found.figures)


def _summed(recording: Recording, first: int, last: int) -> Points:
    """A point after each event first to last: the sample before them plus the changes by the events."""
    base = max(first // SAMPLE_STEP * SAMPLE_STEP, recording.first_event - 1)  # an excerpt has a sample at its beginning
    start = _sampled(recording, base, base, SAMPLE_STEP) if base else Points.none()
    if base and not len(start.seqs):
        # The sample is held back until its reading ends.
        start = _sampled(recording, max(base - READING_LIMIT, recording.first_event - 1), base, SAMPLE_STEP).at(slice(-1, None))
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
