"""Where the events of a recording are in time: the exact time of an event, and the last event at or before a time.

Where events cannot be read, because they are damaged or `record --keep` has dropped them, both are estimated from the samples.
"""

import numpy as np

from zoneviz.errors import InputError
from zoneviz.playback.points import Points
from zoneviz.recording import Recording
from zoneviz.state.rows import TIME, Ints

KEPT = 4096
"""Places kept, at most: notes, marks and the ends of ranges are asked for in every frame."""


class Places:
    """Times and events of one recording, read from its events and kept. `points`: its samples; `begin`: ns of its first event."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._times: dict[int, int | None] = {}
        self._seqs: dict[int, int | None] = {}
        self._bounds = (0, 0)

    def time_of(self, seq: int, points: Points, begin: int) -> float:
        """The time of an event in ns."""
        if seq not in self._times:
            self._times[seq] = self._read_time(seq)
            _shorten(self._times)
        found = self._times[seq]
        if found is not None:
            return found
        seqs, times = self._knots(points, begin)
        return float(np.interp(seq, seqs, times))

    def seq_at(self, time: int, points: Points, begin: int) -> int:
        """Number of the last event at or before a time in ns, 0 before the first."""
        recording = self.recording
        if time >= recording.last_time:
            return recording.event_count
        if (recording.first_event, recording.event_count) != self._bounds:
            self._seqs, self._bounds = {}, (recording.first_event, recording.event_count)
        if time not in self._seqs:
            self._seqs[time] = self._read_seq(time)
            _shorten(self._seqs)
        found = self._seqs[time]
        return _between(time, *self._knots(points, begin)) if found is None else found

    def _read_time(self, seq: int) -> int | None:
        try:
            rows = self.recording.events(seq, seq)
        except InputError:
            return None
        return int(rows[0, TIME]) if len(rows) else None

    def _read_seq(self, time: int) -> int | None:
        try:
            found = self.recording.seq_at(time)
        except InputError:
            return None
        return found if found >= self.recording.first_event else None

    def _knots(self, points: Points, begin: int) -> tuple[Ints, Ints]:
        """Numbers and times of the samples, and of the beginning and the end of the recording."""
        # `record --keep` keeps samples of events that it drops.
        before = min([self.recording.first_event - 1, *points.seqs[:1].tolist()])
        seqs = np.concatenate([[before], points.seqs, [self.recording.event_count]])
        return seqs, np.concatenate([[max(begin, 0)], points.times, [self.recording.last_time]])


def _between(time: int, seqs: Ints, times: Ints) -> int:
    """The last event at or before a time, interpolated between samples; 0 before the first."""
    after = int(np.searchsorted(times, time, side="right"))
    if after == 0 or after == len(times):
        return 0 if after == 0 else int(seqs[-1])
    share = (time - times[after - 1]) / (times[after] - times[after - 1])
    return int(seqs[after - 1] + max(share * (seqs[after] - seqs[after - 1]) - 1e-6, 0))


def _shorten(kept: dict[int, int | None]) -> None:
    """Forget what was asked for first."""
    if len(kept) > KEPT:
        del kept[next(iter(kept))]
