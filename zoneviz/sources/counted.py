"""Elements of each zone counted from events between readings, which allocations need fresh memory, and what the machine itself counts."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.captures.capture import UNKNOWN
from zoneviz.events import Kind
from zoneviz.state.rows import ZONE_ID_LIMIT, Ints

IN_USE, FREE = 2, 3
"""Columns of a reading's rows (`ZoneNames.rows`): elements in use and free."""
_FAR = 1 << 40
"""More than the events of a batch: the levels of one zone lie below those of the one before."""


class Difference(NamedTuple):
    """Elements in use of a zone: counted from events, and reported by the machine."""

    zone: int
    counted: int
    reported: int


class Counted:
    """Elements `in_use` and `free` by id of a zone, (ids,).

    `in_use` is set by the first reading of a zone, and from then on only counted: it drifts where the kernel frees without an event.
    `free` is set by each reading. `known`: zones that a reading has set.
    """

    def __init__(self) -> None:
        self.in_use: Ints = np.zeros(1, np.int64)
        self.free: Ints = np.zeros(1, np.int64)
        self.known: npt.NDArray[np.bool_] = np.zeros(1, np.bool_)

    def grow(self, ids: int) -> None:
        """Hold zones with ids below `ids`."""
        more = max(0, min(ids, ZONE_ID_LIMIT) - len(self.free))
        if more:
            self.in_use, self.free = (np.append(column, np.zeros(more, np.int64)) for column in (self.in_use, self.free))
            self.known = np.append(self.known, np.zeros(more, np.bool_))

    def differences(self, rows: Ints, ids: Ints) -> list[Difference]:
        """The zones (`ids`) of a reading whose count differs, the one with most bytes first."""
        self.grow(int(ids.max(initial=0)) + 1)
        both = self.known[ids] & (rows[:, IN_USE] != UNKNOWN)
        ids, rows = ids[both], rows[both]
        apart = np.abs(self.in_use[ids] - rows[:, IN_USE])
        order = np.argsort(-apart * np.maximum(rows[:, 1], 1), kind="stable")
        order = order[apart[order] > 0]
        return [Difference(*row) for row in np.column_stack([ids, self.in_use[ids], rows[:, IN_USE]])[order].tolist()]

    def set(self, rows: Ints, ids: Ints) -> None:
        """Take the figures of a reading: the first of each zone is what its elements in use are counted from."""
        self.grow(int(ids.max(initial=0)) + 1)
        for column, place, wanted in ((self.in_use, IN_USE, ~self.known[ids]), (self.free, FREE, True)):
            reported = (rows[:, place] != UNKNOWN) & wanted
            column[ids[reported]] = rows[reported, place]
        self.known[ids] = True

    def take(self, rows: Ints) -> Ints:
        """Count events (n, 9). Returns the ids of their zones.

        An allocation from a zone without a free element is marked as fresh memory, in `extra`: the kernel has taken a slab for it, of
        which only the next reading knows the size.
        """
        at = np.flatnonzero((rows[:, 0] == Kind.ZALLOC) | (rows[:, 0] == Kind.ZFREE))
        if not len(at):
            return at
        zone = rows[at, 5]
        self.grow(int(zone.max()) + 1)
        order = np.argsort(zone.astype(np.uint16) if len(self.free) <= 1 << 16 else zone, kind="stable")
        at, zone = at[order], zone[order]
        step = np.where(rows[at, 0] == Kind.ZALLOC, 1, -1)
        first = np.flatnonzero(np.diff(zone, prepend=-1))
        length = np.diff(first, append=len(zone))
        total = np.cumsum(step)
        before = np.repeat(total[first] - step[first], length)
        # Free elements after each event if no memory were added, and their lowest number so far in the zone.
        level = self.free[zone] - (total - before)
        apart = np.repeat(np.arange(len(first)) * _FAR, length)
        missing = np.maximum(-(np.minimum.accumulate(level - apart) + apart), 0)
        fresh = np.diff(missing, prepend=0) > 0
        fresh[first] = missing[first] > 0
        rows[at[fresh], 8] |= 1
        last = first + length - 1
        ids = zone[first]
        self.in_use[ids] += total[last] - before[last]
        self.free[ids] = level[last] + missing[last]
        out: Ints = ids
        return out
