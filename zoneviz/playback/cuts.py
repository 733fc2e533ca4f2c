"""How zone memory was cut into elements: the zone of each place, free or not, and the unusable ends of pages.

In the bump region a place belongs permanently to the zone it was first cut for, so one pass over the events serves every moment
of the run. Pages owned by a COLLECTABLE zone are in `ZonePages` instead.
"""

from collections.abc import Generator
from typing import NamedTuple

import numpy as np

from zoneviz.events import COLLECTABLE, Catalog, Kind
from zoneviz.playback.player import Player, at_once
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SIZE, SUBJECT, Ints

LOST = 0
"""In `Places.zone`: the end of the region that became unusable when the region continued elsewhere."""
_MOST_CRAMMED = 1 << 16
"""Upper bound of the elements of one ZCRAM event."""


class Places(NamedTuple):
    """n places in order of address, int64 (n,) each: address, bytes, id of the zone or LOST, seq of the cut."""

    address: Ints
    size: Ints
    zone: Ints
    seq: Ints

    def before(self, seq: int) -> "Places":
        """The places cut up to event `seq`."""
        keep = self.seq <= seq
        return self if keep.all() else Places(*(column[keep] for column in self))


NOWHERE = Places(*(np.zeros(0, np.int64) for _ in range(4)))


class Cuts:
    """Collects places from events fed in order. `seq`: the last event fed."""

    def __init__(self) -> None:
        self.seq = 0
        self._rows: list[Ints] = []
        self._end = 0

    def feed(self, rows: Ints, catalog: Catalog) -> None:
        """Add the next events (n, 10); `catalog`: of the recording they are from."""
        if not len(rows):
            return
        self.seq = int(rows[-1, SEQ])
        kind = rows[:, KIND]
        own = [zone.id for zone in catalog.zones if COLLECTABLE in zone.flags.split()]
        fresh = (kind == Kind.ZALLOC) & (rows[:, EXTRA] & 1 == 1) & ~np.isin(rows[:, SUBJECT], own)
        if fresh.any():
            self._rows.append(rows[fresh][:, [ADDRESS, SIZE, SUBJECT, SEQ]])
        for row in rows[(kind == Kind.ZCRAM) & ~np.isin(rows[:, SUBJECT], own)]:
            count = min(max(int(row[EXTRA]), 1), _MOST_CRAMMED)
            step = int(row[SIZE]) // count
            address = row[ADDRESS] + np.arange(count) * step
            self._rows.append(np.column_stack([address, *(np.full(count, value) for value in (step, row[SUBJECT], row[SEQ]))]))
        cut = rows[fresh]
        ends = np.append(self._end, cut[:, ADDRESS] + cut[:, SIZE])
        for row in rows[(kind == Kind.ZEXTEND) & (rows[:, EXTRA] > 0)]:
            # The unusable end begins where the last cut before the jump ended.
            tail = ends[np.searchsorted(cut[:, SEQ], row[SEQ])]
            self._rows.append(np.array([[tail, row[EXTRA], LOST, row[SEQ]]]))
        self._end = int(ends[-1])

    def places(self) -> Places:
        """All places cut so far; of two cuts at one address, which only a damaged file has, the first."""
        if not self._rows:
            return NOWHERE
        rows = np.concatenate(self._rows)
        self._rows = [rows]
        _, first = np.unique(rows[:, 0], return_index=True)
        return Places(*np.ascontiguousarray(rows[first].T))


def cuts_of(player: Player, cuts: Cuts) -> Generator[tuple[int, int], None, Places]:
    """Feed `cuts` the events of a recording it has not seen, in steps: yields (done, of) in events and returns the Places.

    Errors: InputError if the recording is damaged.
    """
    first, last = max(cuts.seq + 1, player.recording.first_event), player.recording.event_count
    while first <= last:
        past = min(first + at_once(player.recording), last + 1)
        cuts.feed(player.recording.events(first, past - 1), player.recording.catalog)
        first = past
        yield first - 1, last
    return cuts.places()
