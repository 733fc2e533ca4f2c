"""Where a recording of a live machine lost events: gaps in which nothing is known."""

import numpy as np

from zoneviz.events import Kind
from zoneviz.recording import Recording
from zoneviz.recording.header import LIVE
from zoneviz.state.rows import SEQ, SIZE, THREAD, TIME, Ints

BACK = 4096
"""A gap begins at the last event of its processor, looked for among this many events."""
MOST = 1000
"""Gaps whose beginnings are looked for; later ones begin at the event before."""


class Losses:
    """The n gaps of a recording in order: `ends` (n,), the numbers of their LOST events; `starts` (n,), of the last event before each
    on its processor; `times` (n, 2) in ns from beginning to end; `counts` (n,) events lost, 0 if unknown.
    """

    def __init__(self) -> None:
        none = np.zeros(0, np.int64)
        self.ends, self.starts, self.counts, self.times = none, none, none, np.zeros((0, 2), np.int64)
        self._done = 0

    def __len__(self) -> int:
        return len(self.ends)

    def update(self, recording: Recording) -> None:
        """Read the events that are new since the last call. Errors: InputError if the recording is damaged."""
        header, last = recording.header, recording.event_count
        none_lost = header.complete and not header.result.get("lost_events")
        if header.kind != LIVE or header.of_readings or last <= self._done or none_lost:
            return
        rows = recording.events_of(Kind.LOST, first=self._done + 1, last=last)
        self._done = last
        if not len(rows):
            return
        begins = np.array([_begin(recording, row, len(self) + i < MOST) for i, row in enumerate(rows)], np.int64)
        self.ends = np.concatenate([self.ends, rows[:, SEQ]])
        self.starts = np.concatenate([self.starts, begins[:, 0]])
        self.counts = np.concatenate([self.counts, rows[:, SIZE]])
        self.times = np.concatenate([self.times, np.stack([begins[:, 1], rows[:, TIME]], axis=1)])

    def before(self, seq: int) -> tuple[int, int]:
        """(gaps, events lost in them) up to event `seq`; gaps of unknown size count no events."""
        gaps = int(np.searchsorted(self.ends, seq, side="right"))
        return gaps, int(self.counts[:gaps].sum())


def _begin(recording: Recording, lost: Ints, looked_for: bool) -> tuple[int, int]:
    """(seq, time) of the last event before a gap on its processor, or of the first of those looked at."""
    seq = int(lost[SEQ])
    rows = recording.events(seq - (BACK if looked_for else 1), seq - 1)
    if not len(rows):
        return seq, int(lost[TIME])
    own = np.flatnonzero(rows[:, THREAD] == lost[THREAD]) if looked_for and lost[THREAD] else np.array([len(rows) - 1])
    row = rows[own[-1]] if len(own) else rows[0]
    return int(row[SEQ]), int(row[TIME])
