"""The curves of a recording of readings: read in one pass, and continued while the recording grows."""

import numpy as np

from zoneviz.events import Kind
from zoneviz.playback.player import Player
from zoneviz.playback.points import Points, of_sums, of_totals
from zoneviz.playback.readings import Readings
from zoneviz.recording import Recording
from zoneviz.state.rows import KIND, SEQ, SUBJECT, TIME, Ints

_AT_ONCE = 1 << 15
"""Events read at once."""


class ReadingPoints:
    """The readings of a recording so far, and points at the ends of some: of every `step`-th, a power of two, and of the last.

    `most`: upper bound of points times zones, about.
    """

    def __init__(self, recording: Recording, most: int) -> None:
        self.recording, self.most, self.step = recording, most, 1
        self.readings = Readings()
        self.points = Points.none()
        self._totals = Player(recording).seek(recording.first_event - 1).totals.copy()
        self._done = recording.first_event - 1
        self._kept = Points.none()
        self._begins: list[Ints] = []
        self._times: list[Ints] = []
        self._count = 0
        self._made: list[Ints] = []

    def load(self) -> None:
        """Read the new events. Errors: InputError if the recording is damaged."""
        recording = self.recording
        if not self._count:
            last = recording.events_of(Kind.READING, first=recording.first_event, backwards=True, most=1)
            self._thin(int(last[0, SUBJECT]) if len(last) else 0)
        found = list[Points]()
        while self._done < recording.event_count:
            found.append(self._read(recording.events(self._done + 1, self._done + _AT_ONCE)))
        if not self._count:
            return
        begins, times, made = (np.concatenate(parts) for parts in (self._begins, self._times, self._made))
        self._begins, self._times, self._made = [begins], [times], [made]
        self.readings = Readings.beginning(begins, times, self._done, made)
        tip = of_totals(recording.catalog, self._totals, self._done, int(times[-1]))
        self.points = self._kept.joined(*found, tip)
        self._kept = self.points.at(slice(-1))
        if self._thin(len(self._kept.seqs) * self.step):
            self.points = self._kept.joined(tip)

    def _read(self, rows: Ints) -> Points:
        """Take in some events. Returns the points at the ends of readings before that of the last event."""
        at = np.flatnonzero(rows[:, KIND] == Kind.READING)
        # The reading before each of these ends there; the first one of all ends nothing.
        ended = self._count + np.arange(len(at))
        kept = (ended % self.step == 0) & (ended > 0)
        before = self._times[-1][-1:] if self._count else np.zeros(1, np.int64)
        times = np.concatenate([before, rows[at, TIME]])[:-1][kept] if len(at) else before[:0]
        ends = rows[at[kept], SEQ] - 1
        sums = self._totals.run(rows, np.searchsorted(ends, rows[:, SEQ]), len(ends) + 1)
        if len(at):
            self._begins.append(rows[at, SEQ])
            self._times.append(rows[at, TIME])
            self._count += len(at)
        self._made.append(rows[rows[:, KIND] == Kind.ZINIT][:, [SUBJECT, SEQ]])
        self._done = int(rows[-1, SEQ])
        return of_sums(self.recording.catalog, sums, ends, times)

    def _thin(self, readings: int) -> bool:
        """Keep fewer points if there would be too many of this number of readings. Returns whether it does."""
        before, zones = self.step, len(self.recording.catalog.zones)
        while readings // self.step * zones > self.most:
            self.step *= 2
            self._kept = self._kept.at(slice(1, None, 2))
        return self.step > before
