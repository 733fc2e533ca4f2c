"""Where memory was cut into elements: which zone a place belongs to even while it is free, and which tails were lost.

In the bump region a place belongs to the zone it was first cut for, for ever, so one pass over the events serves every
moment of the run. Pages that a COLLECTABLE zone has for itself are not here: `ZonePages` knows those.
"""

from collections.abc import Generator
from typing import NamedTuple

import numpy as np

from zoneviz.events import COLLECTABLE, Catalog, Kind
from zoneviz.playback.player import Player, at_once
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SIZE, SUBJECT, Ints

LOST = 0
"""In `Places.zone`: the tail of the region that a jump left behind."""
_MOST_CRAMMED = 1 << 16


class Places(NamedTuple):
    """n places in order of address, each int64 (n,): address, bytes, id of the zone (LOST: a lost tail), seq of the cut."""

    address: Ints
    size: Ints
    zone: Ints
    seq: Ints

    def before(self, seq: int) -> "Places":
        """Those cut up to event `seq`."""
        keep = self.seq <= seq
        return self if keep.all() else Places(*(column[keep] for column in self))


NOWHERE = Places(*(np.zeros(0, np.int64) for _ in range(4)))


class Cuts:
    """Gathers places from events fed in order. `seq`: the last event fed."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.seq = 0
        self._rows: list[Ints] = []
        self._end = 0

    def feed(self, rows: Ints) -> None:
        """Take in events (n, 10) that follow those fed before."""
        if not len(rows):
            return
        self.seq = int(rows[-1, SEQ])
        kind = rows[:, KIND]
        own = [zone.id for zone in self.catalog.zones if COLLECTABLE in zone.flags.split()]
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
            # What a jump loses begins where the last cut before it ended.
            tail = ends[np.searchsorted(cut[:, SEQ], row[SEQ])]
            self._rows.append(np.array([[tail, row[EXTRA], LOST, row[SEQ]]]))
        self._end = int(ends[-1])

    def places(self) -> Places:
        """All places cut so far; where one address was cut twice, which no kernel does, the first."""
        if not self._rows:
            return NOWHERE
        rows = np.concatenate(self._rows)
        self._rows = [rows]
        _, first = np.unique(rows[:, 0], return_index=True)
        return Places(*np.ascontiguousarray(rows[first].T))


def cuts_of(player: Player, cuts: Cuts) -> Generator[tuple[int, int], None, Places]:
    """Feed `cuts` all events of a recording that it has not seen, some a step, telling (events done, of how many); returns its Places.

    `cuts` takes zones from the catalog of the player's recording alone, so it can go from thread to thread.
    Errors: InputError if the recording is damaged.
    """
    cuts.catalog = player.recording.catalog
    first, last = max(cuts.seq + 1, player.recording.first_event), player.recording.event_count
    while first <= last:
        past = min(first + at_once(player.recording), last + 1)
        cuts.feed(player.recording.events(first, past - 1))
        first = past
        yield first - 1, last
    return cuts.places()
