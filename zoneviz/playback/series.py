"""Zones over time as curves, from the recording's samples, thinned to the pixels of a chart.

Samples are 256 events apart or more. A range of at most FINE events is summed from the events themselves, so a chart can zoom in
to single events. A recording of readings has a point at each reading instead.
"""

import math

import numpy as np

from zoneviz import words
from zoneviz.playback import points as pointing
from zoneviz.playback.growing import Growth
from zoneviz.playback.limits import Limits
from zoneviz.playback.losses import Losses
from zoneviz.playback.places import Places
from zoneviz.playback.points import Points
from zoneviz.playback.reading_points import ReadingPoints
from zoneviz.playback.readings import Readings
from zoneviz.playback.stacks import Floats, Stack, between, stacked, thin
from zoneviz.playback.zone_families import grouped
from zoneviz.recording import Recording
from zoneviz.state.figures import LEVELS, SAMPLE_STEP
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import TIME, Ints

BAR, DOT = 0.12, 6
"""Width of a single reading as a share of the axis, and the least distance of dots in pixels."""
REST = "other zones"
FINE = 2048
"""Ranges of fewer events are summed event by event."""
MOST = 8192
"""Samples kept; longer runs use a coarser level."""
COARSE = 100
"""Samples that a first look at a recording needs."""
POINT_CELLS = 1 << 20
"""Upper bound of readings times zones kept, about; of more readings every second is kept, or every fourth and so on."""


class Series:
    """The curves of one recording; empty until `load`."""

    def __init__(self) -> None:
        self.recording: Recording | None = None
        self.points = Points.none()
        self.by_event = False
        self.forced_by_event = False
        self.step = SAMPLE_STEP
        self.coarse = False
        """Whether there are finer samples, which `refine` reads."""
        self.readings = Readings()
        self.losses = Losses()
        self._reading: ReadingPoints | None = None
        self._begin = 0
        self._tip: Points | None = None
        self._limits: Limits | None = None
        self._events: Places | None = None
        self._window: tuple[tuple[int, int, int], Points] | None = None

    def load(self, recording: Recording, by_event: bool = False, live: bool = False, coarse: bool = False) -> None:
        """Read the new samples of the recording; all of them if it is another one, and while `live` only once 1 % is new.

        `by_event`: the axis counts events; it always does if the recording has no times. `coarse`: of another recording, the coarsest
        samples of which there are COARSE; a file of any length takes as long.
        """
        if recording is not self.recording:
            self.recording, self.points, self._window = recording, Points.none(), None
            self._tip = self._limits = self._reading = None
            self._begin, self.readings, self.losses, self._events = -1, Readings(), Losses(), Places(recording)
            count = recording.event_count
            full = next((level for level in LEVELS if count // level <= MOST), LEVELS[-1])
            first = max(full, *(level for level in LEVELS if count // level >= COARSE), 0)
            self.step, self.coarse = (first, first > full) if coarse and not recording.header.of_readings else (full, False)
        if self._begin < 0 and recording.event_count:
            self._begin = int(recording.events(recording.first_event, recording.first_event)[0, TIME])
        self.forced_by_event = recording.header.time_kind == "events" or (recording.last_time == 0 and recording.event_count > 0)
        self.by_event = by_event or self.forced_by_event
        done = int(self.points.seqs[-1]) if len(self.points.seqs) else 0
        if recording.header.of_readings:
            self._reading = self._reading or ReadingPoints(recording, POINT_CELLS)
            if recording.event_count > done:
                self._reading.load()
                self.readings, self.points, self.step, self._window = self._reading.readings, self._reading.points, self._reading.step, None
            return
        self.losses.update(recording)
        if recording.event_count - done > (done // 100 if live else 0):
            self.points = self.points.joined(pointing.sampled(recording, done + 1, recording.event_count, self.step))
            self._window = None
            if len(self.points.seqs) and self.points.seqs[0] < recording.first_event - 1:
                self._begin = min(self._begin, int(self.points.times[0]))  # samples of events that `record --keep` has dropped
        if len(self.points.seqs) > MOST and self.step < LEVELS[-1]:
            self.step *= 16
            self.points = self.points.every(self.step)

    def refine(self) -> None:
        """Read the finer samples that a coarse load has left out, if any."""
        if self.coarse and self.recording is not None:
            recording, self.recording = self.recording, None
            self.load(recording, self.by_event)

    def set_tip(self, state: MachineState | None) -> None:
        """Add the state at the end of a live run as the last point, so the curves reach it; None removes it."""
        self._tip = self._window = None
        if state is None or self.recording is None or state.seq <= (int(self.points.seqs[-1]) if len(self.points.seqs) else 0):
            return
        self._tip = pointing.of_state(state)

    # the axis

    @property
    def extent(self) -> tuple[float, float]:
        """First and last place of the axis: seconds, event numbers, or numbers of readings."""
        if self.recording is None or not self.recording.event_count:
            return 0.0, 1.0
        if len(self.readings):
            first, last = (float(self._places[i]) for i in (0, -1))
            return (first, last) if last > first else (first - 0.5, first + 0.5)
        if self.by_event:
            return 0.0, float(self.recording.event_count)
        first, last = self._begin / 1e9, self.recording.last_time / 1e9
        return first, last if last > first else first + 1e-6

    @property
    def counted(self) -> str:
        """What the axis counts: "event" or "reading"; "" for time."""
        return "" if not self.by_event else "reading" if len(self.readings) else "event"

    @property
    def _places(self) -> Floats:
        """The places of all readings on the axis, (n,)."""
        return np.arange(1.0, len(self.readings) + 1) if self.by_event else self.readings.times / 1e9

    def axis(self, points: Points) -> Floats:
        """The places of points on the axis, (n,)."""
        if len(self.readings):
            return self._places[np.searchsorted(self.readings.ends, points.seqs)]
        return points.seqs.astype(float) if self.by_event else points.times / 1e9

    def seq_at(self, x: float) -> int:
        """The last event at or before a place on the axis, 0 before the first; the last one of a whole reading.

        Where events cannot be read it is estimated from the samples.
        """
        if self.recording is None:
            return 0
        if len(self.readings):
            before = int(np.searchsorted(self._places, x, side="right"))
            return int(self.readings.ends[before - 1]) if before else 0
        if self.by_event:
            return max(0, min(math.floor(x), self.recording.event_count))
        assert self._events is not None
        return self._events.seq_at(round(x * 1e9), self.points, self._begin)

    def x_at(self, seq: int) -> float:
        """The place of an event on the axis: its own time, or that of its reading.

        Where the event cannot be read it is estimated from the samples.
        """
        if len(self.readings):
            return float(self._places[self.readings.number(seq)])
        if self.recording is None or self.by_event:
            return float(seq)
        assert self._events is not None
        return self._events.time_of(seq, self.points, self._begin) / 1e9

    def snapped(self, x: float, near: float = 0.0) -> float:
        """A place within the axis: that of the nearest reading if it is at most `near` away, or else `x`."""
        low, high = self.extent
        if len(self.readings):
            places = self._places
            nearest = float(places[np.argmin(np.abs(places - x))])
            x = nearest if abs(nearest - x) <= near else x
        return min(max(x, low), high)

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
    def of_zones(self) -> bool:
        """Whether the sum of the zones stands for the use of zone_map, which a recording of a real system does not report."""
        real = self.recording is not None and not self.recording.header.can_run_again
        return real and not self.ceiling and not self.points.count("zone_map_used").any()

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
        if len(self.readings):
            return self._readings_window(low, high)
        count = self.recording.event_count
        first, last = max(self.seq_at(low) - 1, 1), min(self.seq_at(high) + 1, count)
        key = (first, last, count)
        if self._window is not None and self._window[0] == key:
            return self._window[1]
        if last - first < FINE:
            points = pointing.summed(self.recording, first, last)
        elif (last - first) // self.step < 256 and self.step > SAMPLE_STEP and not self.coarse:
            finer = next(step for step in LEVELS if (last - first) // step < MOST)
            points = pointing.sampled(self.recording, max(first - finer, 1), last + finer, finer)
        else:
            at = np.searchsorted(self.points.seqs, [first, last])
            cut = slice(max(int(at[0]) - 1, 0), int(at[1]) + 1)
            points = self.points.at(cut)
        if self._tip is not None and last >= self._tip.seqs[0] > (points.seqs[-1] if len(points.seqs) else 0):
            points = points.joined(self._tip)
        self._window = (key, points)
        return points

    def _readings_window(self, low: float, high: float) -> Points:
        """The readings between two places, and one on either side."""
        assert self.recording is not None
        places = self._places
        first, past = int(np.searchsorted(places, low)), int(np.searchsorted(places, high, side="right"))
        ends = self.readings.ends[max(first - 1, 0) : past + 1]
        if self.step == 1 or len(ends) * len(self.zone_names) > POINT_CELLS:
            at = np.searchsorted(self.points.seqs, [ends[0], ends[-1]])
            return self.points.at(slice(int(at[0]), int(at[1]) + 1))
        key = (int(ends[0]), int(ends[-1]), len(ends))
        if self._window is None or self._window[0] != key:
            self._window = (key, pointing.at_ends(self.recording, ends))
        return self._window[1]

    @property
    def rest(self) -> str:
        """The name of the band that several zones share: REST, in the words of the system."""
        return REST if self.recording is None else f"other {words.one_line(self.recording.header.zone_noun, 40)}s"

    def gaps(self) -> list[tuple[float, float]]:
        """The stretches of the axis without a reading; an axis of numbers has no gaps."""
        places = self._places
        return [] if self.by_event else [(float(places[i]), float(places[i + 1])) for i in self.readings.gaps().tolist()]

    def lost(self) -> Floats:
        """The stretches of the axis in which events were lost, (n, 2)."""
        losses = self.losses
        return np.stack([losses.starts, losses.ends], axis=1).astype(float) if self.by_event else losses.times / 1e9

    def ranked(self) -> list[int]:
        """Indices of the zones that were ever used, largest peak first."""
        return pointing.ranked(self._whole.figure("cur_size"))

    @property
    def _whole(self) -> Points:
        """Points of the whole run; a run too short for a sample has those of its events."""
        return self.points if len(self.points.seqs) else self.window(*self.extent)

    def stack(self, low: float, high: float, width: int, families: bool = False, growth: Growth | None = None) -> Stack:
        """Bytes by zone, or by family of zones, from `low` to `high`, thinned to about two points per pixel of `width`.

        Largest peak of the whole run first. `growth`: the growth since a moment instead of all bytes.
        """
        points, whole = self.window(low, high), self._whole
        sizes, all_sizes = (growth.of(p, whole) if growth else p.figure("cur_size") for p in (points, whole))
        names, x = self.zone_names[: sizes.shape[1]], self.axis(points)
        if families:
            all_sizes = grouped(names, all_sizes[:, : len(names)])[1]
            names, sizes = grouped(names, sizes)
        order = [i for i in pointing.ranked(all_sizes) if i < len(names)]
        names, sizes = [names[i] for i in order], sizes[:, order]
        found = stacked(names, x, sizes, (low, high), width, self.rest)
        if len(self.readings):
            if len(x) * DOT <= width and len(found.tops):  # few enough that none was thinned out
                found.dots = np.array([x, found.tops[-1]])
            found.x, found.tops = self._interrupted(found.x, found.tops)
        return found

    def _interrupted(self, x: Floats, tops: Floats) -> tuple[Floats, Floats]:
        """Curves of readings (m, n) at places `x` (n,): at 0 in gaps; a single reading is a bar."""
        if len(self.readings) == 1 and len(x) == 1:
            low, high = self.extent
            half = (high - low) * BAR / 2
            return np.array([x[0] - half, x[0] + half]), np.repeat(tops, 2, axis=1)
        for before, after in self.gaps():
            at = int(np.searchsorted(x, before, side="right"))
            if 0 < at < len(x):
                x, tops = np.insert(x, at, [before, after]), np.insert(tops, [at, at], 0.0, axis=1)
        return x, tops

    def thinned(self, width: int) -> Points:
        """The whole run thinned to `width` columns, keeping every low and peak of all zones together."""
        points = self.window(*self.extent)
        return points.at(thin(self.axis(points), points.figure("cur_size").sum(axis=1), *self.extent, width))

    def fill(self, width: int) -> tuple[Floats, Floats]:
        """Use of zone_map over the whole run: places on the axis and bytes, thinned to `width` columns.

        In a recording of readings that do not report it, the sum of the zones.
        """
        points = self.window(*self.extent)
        x = self.axis(points)
        used = points.figure("cur_size").sum(axis=1) if self.of_zones else points.count("zone_map_used")
        keep = thin(x, used, *self.extent, width)
        x, tops = x[keep], used[keep].astype(float)[np.newaxis]
        if len(self.readings):
            x, tops = self._interrupted(x, tops)
        return x, tops[0]

    def at_columns(self, low: float, high: float, columns: int) -> tuple[Floats, Floats]:
        """The zones' figures at the edges of even columns: edges (columns + 1,) and values (columns + 1, z, FIGURES).

        Values between samples are interpolated; otherwise narrow columns show artificial stripes. Failures, and values between
        single events, are steps.
        """
        points = self.window(low, high)
        edges = np.linspace(low, high, columns + 1)
        x = np.concatenate([[min(self.extent[0], low)], self.axis(points)])
        values = np.concatenate([np.zeros((1, *points.zones.shape[1:])), points.zones])
        for zone, born in self.readings.born.items():
            if 0 < zone <= values.shape[1]:  # the first reading of a zone says nothing about its growth
                first = 1 + int(np.searchsorted(points.seqs, self.readings.ends[born]))
                values[:first, zone - 1] = values[min(first, len(values) - 1), zone - 1]
        single = len(points.seqs) < 2 or points.seqs[-1] - points.seqs[0] < len(points.seqs)
        return edges, between(x, values, edges, single)
