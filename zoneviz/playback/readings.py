"""The readings of a recording: where each ends, when it was taken, and where none was taken for long."""

import numpy as np

from zoneviz.events import Kind
from zoneviz.recording import Recording
from zoneviz.state.rows import KIND, SEQ, SUBJECT, TIME, Ints

GAP = 3
"""Readings further apart than this many times their median distance have a gap between them."""
FEW = 8
"""Fewer readings than these have no usual distance, and so no gaps: a median of three distances is one of them."""


class Readings:
    """The n readings of a recording; none if it consists of events.

    `ends`, `times` (n,): number of the last event of each, and its time in ns. `born`: by id of a zone, the reading that first had it,
    counted from 0.
    """

    def __init__(self, recording: Recording | None = None, *, between_events: bool = False) -> None:
        """`between_events`: also those of a recording with events; each then lasts until the next begins."""
        self.ends = self.times = np.zeros(0, np.int64)
        self.born: dict[int, int] = {}
        if recording is None or not (recording.header.has_readings if between_events else recording.header.of_readings):
            return
        rows = recording.events_of(Kind.READING, Kind.ZINIT, first=recording.first_event)
        begins, made = (rows[rows[:, KIND] == kind] for kind in (Kind.READING, Kind.ZINIT))
        self._set(begins[:, SEQ], begins[:, TIME], recording.event_count, made[:, [SUBJECT, SEQ]])

    @classmethod
    def beginning(cls, begins: Ints, times: Ints, last: int, made: Ints) -> "Readings":
        """The readings that begin at the events `begins` (n,) at `times` (n,) in ns. `last`: the last event; `made` (m, 2): zones, and
        the events that first had them."""
        out = cls()
        out._set(begins, times, last, made)
        return out

    def _set(self, begins: Ints, times: Ints, last: int, made: Ints) -> None:
        self.times = times
        self.ends = np.append(begins[1:] - 1, last)[: len(begins)]
        self.born = dict(zip(made[:, 0].tolist(), np.searchsorted(self.ends, made[:, 1]).tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.ends)

    def number(self, seq: int) -> int:
        """The reading that event `seq` belongs to, counted from 0; the first one before it."""
        return min(int(np.searchsorted(self.ends, seq)), len(self.ends) - 1)

    def whole(self, seq: int) -> int:
        """The moment when the reading of event `seq` is whole; `seq` itself in a recording of events."""
        return int(self.ends[self.number(seq)]) if len(self.ends) else seq

    def step(self, seq: int, count: int) -> int:
        """The moment `count` readings after that of event `seq`, before it if negative; events in a recording of events."""
        if not len(self.ends):
            return seq + count
        return int(self.ends[max(0, min(self.number(seq) + count, len(self.ends) - 1))])

    def nearest(self, time: int) -> int:
        """The moment of the reading nearest to a time in ns."""
        after = int(np.searchsorted(self.times, time))
        near = [i for i in (after - 1, after) if 0 <= i < len(self.times)]
        return int(self.ends[min(near, key=lambda i: abs(int(self.times[i]) - time))])

    def gaps(self) -> Ints:
        """The readings, counted from 0, that are followed by a gap (m,)."""
        distances = np.diff(self.times)
        return np.flatnonzero(distances > GAP * np.median(distances)) if len(self) >= FEW else np.zeros(0, np.int64)
