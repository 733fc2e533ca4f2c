"""The run as curves: zones over time, from the recording's samples, thinned to the pixels there are.

Samples stand every 256 events or coarser. A stretch of few events is summed from the events themselves, so that
zooming in ends at single events; never more than `FINE` of them are read for it.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zoneviz.playback.limits import Limits
from zoneviz.recording import Recording
from zoneviz.state.figures import LEVELS, MACHINE_FIGURES, SAMPLE_STEP, ZONE_FIGURES
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import SEQ, TIME
from zoneviz.state.sampler import machine_figures
from zoneviz.state.totals import Totals

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BANDS = 10
"""Zones drawn by themselves; the rest are one band."""
REST = "other zones"
FINE = 2048
"""So many events are summed one by one where the samples would be too coarse."""
CELLS = 1 << 19
"""So many events by zones are summed one by one at most; where there would be more, some events together."""
MOST = 8192
"""Samples held; a longer run is held more coarsely."""
FIGURES = ("in_use", "free", "cur_size", "allocs", "frees", "failures")


@dataclass(slots=True)
class Points:
    """n points in order: seqs, times (n,), machine (n, MACHINE_FIGURES), zones (n, z, figures) as `FIGURES`."""

    seqs: Ints
    times: Ints
    machine: Ints
    zones: Ints

    @classmethod
    def none(cls) -> "Points":
        """No points at all."""
        none = np.zeros(0, np.int64)
        return cls(none, none, np.zeros((0, len(MACHINE_FIGURES)), np.int64), np.zeros((0, 0, len(FIGURES)), np.int64))

    def count(self, name: str) -> Ints:
        """One figure of the machine, (n,)."""
        return self.machine[:, MACHINE_FIGURES.index(name)]

    def figure(self, name: str) -> Ints:
        """One figure of all zones, (n, z)."""
        return self.zones[:, :, FIGURES.index(name)]

    def joined(self, more: "Points") -> "Points":
        """These, then more."""
        z = max(self.zones.shape[1], more.zones.shape[1])
        grown = [np.pad(p.zones, ((0, 0), (0, z - p.zones.shape[1]), (0, 0))) for p in (self, more)]
        return Points(
            *(np.concatenate(pair) for pair in ((self.seqs, more.seqs), (self.times, more.times), (self.machine, more.machine), grown))
        )

    def every(self, step: int) -> "Points":
        """Those whose seq is a multiple of `step`."""
        keep = self.seqs % step == 0
        return Points(self.seqs[keep], self.times[keep], self.machine[keep], self.zones[keep])


@dataclass(slots=True)
class Stack:
    """What the timeline draws: for each x, where each band ends. `tops[i]` is the sum of bands 0..i; bytes."""

    names: list[str] = field(default_factory=list)
    x: Floats = field(default_factory=lambda: np.zeros(0))
    tops: Floats = field(default_factory=lambda: np.zeros((0, 0)))


class Series:
    """The curves of one recording. Empty until `load`."""

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
        """Read what is new, or all of another recording; while it is `live` only if that would be seen.

        The axis counts events where the recording has no time, whatever `by_event` says.
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
        """A last point after the samples: the state at the tail of a live run, so that the curves reach it."""
        self._tip = self._window = None
        if state is None or self.recording is None or state.seq <= (int(self.points.seqs[-1]) if len(self.points.seqs) else 0):
            return
        columns = [ZONE_FIGURES.index(name) for name in FIGURES]
        ends = np.array([[state.seq, state.time]])
        sums = (values[np.newaxis] for values in (state.totals.zones, state.totals.maps, state.totals.machine))
        machine = machine_figures(state.catalog, *sums)
        self._tip = Points(ends[:, 0], ends[:, 1], machine, state.totals.zones[1:, columns][np.newaxis].copy())

    # the axis

    @property
    def extent(self) -> tuple[float, float]:
        """From the first event to the last, on the axis: seconds, or event numbers."""
        if self.recording is None or not self.recording.event_count:
            return 0.0, 1.0
        if self.by_event:
            return 0.0, float(self.recording.event_count)
        first, last = self._begin / 1e9, self.recording.last_time / 1e9
        return first, last if last > first else first + 1e-6

    def axis(self, points: Points) -> Floats:
        """Where points lie on the charts' axis."""
        return points.seqs.astype(float) if self.by_event else points.times / 1e9

    def _knots(self) -> tuple[Floats, Ints]:
        """Places on the axis and their events: the points, and the finer ones of the stretch that was looked at last."""
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
        """The last event at or before a place on the axis, as closely as the samples tell."""
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
        """The place of an event on the axis, as closely as the samples tell."""
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
        """Bytes of zone_map, 0 while the recording does not know it."""
        maps = self.recording.catalog.maps if self.recording else []
        return next((m.end - m.start for m in maps if m.name == "zone_map"), 0)

    @property
    def boot_memory(self) -> int:
        """Bytes that zones have before zone_map gives them a page; 0 if unknown."""
        return self.recording.catalog.machine.boot_zone_memory if self.recording else 0

    @property
    def zone_memory(self) -> int:
        """Bytes that all zones can take: zone_map and the boot memory before it; 0 while zone_map is not known."""
        return self.ceiling + self.boot_memory if self.ceiling else 0

    @property
    def zone_names(self) -> list[str]:
        """In order of zinit."""
        return [z.name for z in self.recording.catalog.zones] if self.recording else []

    @property
    def elem_sizes(self) -> Ints:
        """Bytes of an element, in order of zinit."""
        return np.array([z.elem_size for z in self.recording.catalog.zones] if self.recording else [], np.int64)

    def window(self, low: float, high: float) -> Points:
        """The points of a stretch of the axis with one more on either side, fine enough to be looked at."""
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
            points = Points(self.points.seqs[cut], self.points.times[cut], self.points.machine[cut], self.points.zones[cut])
        if self._tip is not None and last >= self._tip.seqs[0] > (points.seqs[-1] if len(points.seqs) else 0):
            points = points.joined(self._tip)
        self._window = (key, points)
        return points

    def ranked(self) -> list[int]:
        """Indices of the zones, the one with the greatest peak first; those that stayed empty are left out."""
        sizes = self.points.figure("cur_size")
        if not len(sizes):
            sizes = self.window(*self.extent).figure("cur_size")
        peaks = sizes.max(axis=0) if len(sizes) else np.zeros(0, np.int64)
        return [int(i) for i in np.argsort(-peaks, kind="stable") if peaks[i] > 0]

    def stack(self, low: float, high: float, width: int) -> Stack:
        """Bytes by zone from `low` to `high`, at most about two points for each of `width` pixels."""
        points = self.window(low, high)
        sizes = points.figure("cur_size")
        order = [i for i in self.ranked() if i < sizes.shape[1]]
        return stacked([self.zone_names[i] for i in order], self.axis(points), sizes[:, order], (low, high), width, REST)

    def thinned(self, width: int) -> Points:
        """The whole run, for a picture `width` columns wide, with every low and every peak of what the zones hold."""
        points = self.window(*self.extent)
        keep = thin(self.axis(points), points.figure("cur_size").sum(axis=1), *self.extent, width)
        return Points(points.seqs[keep], points.times[keep], points.machine[keep], points.zones[keep])

    def fill(self, width: int) -> tuple[Floats, Floats]:
        """The whole run's zone_map use for the overview: x and bytes."""
        points = self.window(*self.extent)
        x = self.axis(points)
        used = points.count("zone_map_used")
        keep = thin(x, used, *self.extent, width)
        return x[keep], used[keep].astype(float)

    def at_columns(self, low: float, high: float, columns: int) -> tuple[Floats, Floats]:
        """The zones' figures at the `columns + 1` edges of even columns: edges and (columns + 1, z, figures).

        Between two samples the figures are taken to change evenly, lest columns narrower than a sample show stripes
        that are none of the run's; between two events, and for failures, they stay until the next.
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
        share[at == 0] = 0  # before the first sample nothing is known, and a slope from 0 would tell of growth all that time
        between = standing + share * (values[after] - standing)
        failures = FIGURES.index("failures")
        between[:, :, failures] = standing[:, :, failures]
        return edges, between


def stacked(names: list[str], x: Floats, sizes: Ints, stretch: tuple[float, float], width: int, rest: str) -> Stack:
    """Curves (n, m), the most important first, as at most BANDS bands and one for the rest, thinned to `width` pixels."""
    keep = thin(x, sizes.sum(axis=1), *stretch, width)
    rows = [sizes[keep, i] for i in range(min(len(names), BANDS))]
    shown = names[:BANDS]
    if len(names) > BANDS:
        rows.append(sizes[keep][:, BANDS:].sum(axis=1))
        shown = [*shown, rest]
    return Stack(shown, x[keep], np.cumsum(np.array(rows, float).reshape(len(rows), len(keep)), axis=0))


def thin(x: Floats | Ints, heights: Ints, low: float, high: float, width: int) -> npt.NDArray[np.intp]:
    """Which points to draw: all while they are few, else of each pixel the lowest and the highest, and both ends."""
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
    return Points(found.seqs, found.times, machine, zones)


def _summed(recording: Recording, first: int, last: int) -> Points:
    """A point after each event first to last: the samples before them, then the events' own changes."""
    base = max(first // SAMPLE_STEP * SAMPLE_STEP, recording.first_event - 1)  # a part has a sample of where it begins
    totals = Totals(recording.catalog)
    start = _sampled(recording, base, base, SAMPLE_STEP) if base else Points.none()
    rows = recording.events(base + 1, last)
    if not len(rows):
        return start
    totals.advance(rows)  # tells how many zones there are: a damaged file may speak of thousands
    each = -(-len(rows) * len(totals.zones) // CELLS)
    parts = np.arange(len(rows)) // each
    sums = [np.cumsum(changes, axis=0) for changes in totals.deltas(rows, parts, int(parts[-1]) + 1)]
    rows = rows[np.append(np.flatnonzero(np.diff(parts)), len(rows) - 1)]
    columns = [ZONE_FIGURES.index(name) for name in FIGURES]
    zones = sums[0][:, 1:, columns]
    machine = machine_figures(recording.catalog, *sums)
    if len(start.seqs):
        machine += start.machine[-1]
        zones[:, : start.zones.shape[1]] += start.zones[-1][: zones.shape[1]]
    return start.joined(Points(rows[:, SEQ], rows[:, TIME], machine, zones))
