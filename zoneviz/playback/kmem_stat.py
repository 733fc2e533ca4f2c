"""Allocations and frees of a stretch of events, counted by call path and zone, and by pointer: what `perf kmem stat` counts.

As in perf, a stretch begins with nothing known: frees of elements allocated before it are counted apart. A free counts for the call
path and zone that allocated its element.
"""

import re
from collections.abc import Generator

import numpy as np

from zoneviz.events import Catalog, Kind
from zoneviz.playback.player import Player, at_once
from zoneviz.playback.search import Filter, Mask
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SIZE, SUBJECT, THREAD, ZONE_ID_LIMIT, Ints

HITS, FREES, ASKED, SAID, ALLOCATED, FREED, MOVED = range(7)
"""Rows of sums: allocations and frees; bytes requested; bytes allocated where the request is known; bytes allocated and freed; frees on
another processor than the allocation."""
LAST, OF_PATH, OF_ZONE = range(7, 10)
"""Rows of the last event: its number, and the call path and zone of the allocation."""
_HEIGHT = 10
_ORIGIN = (ADDRESS, SIZE, THREAD, PATH, SUBJECT)
_PROCESSOR = re.compile(r"CPU \d+")
_PENDING = 1 << 18
_MOST_PATHS = 1 << 40

FILTERED = ("zones", "address", "path")
"""The fields of a Filter that apply: to the allocation of an element, and so to its free."""


def processors(catalog: Catalog) -> bool:
    """Whether the column `thread` of events has the processor + 1, as in recordings of a live kernel."""
    return any(_PROCESSOR.fullmatch(thread.name) for thread in catalog.threads)


def summed(keys: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Each key of (n,) once, ascending, with the sums of its values (10, n); path and zone are those of its last one."""
    if not len(keys):
        return keys, values
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    out = np.empty((_HEIGHT, len(begins)), np.int64)
    for row in range(LAST):
        out[row] = np.add.reduceat(values[row, order], begins)
    out[LAST] = np.maximum.reduceat(values[LAST, order], begins)
    out[OF_PATH:] = values[OF_PATH:, order[np.append(begins[1:], len(keys)) - 1]]
    return keys[begins], out


class Tally:
    """Sums by key, 88 bytes per key. Arrays are never changed, so a copy costs nothing."""

    def __init__(self) -> None:
        self._keys: Ints = np.zeros(0, np.int64)
        self._values: Ints = np.zeros((_HEIGHT, 0), np.int64)
        self._pending: tuple[tuple[Ints, Ints], ...] = ()
        self._waiting = 0

    def add(self, keys: Ints, values: Ints) -> None:
        """Add values (10, n) for keys (n,), in order of time for each key."""
        new = summed(keys, values)
        self._pending = (*self._pending, new)
        self._waiting += len(new[0])
        if self._waiting > max(_PENDING, len(self._keys) // 2):  # merging each batch into a large table would copy it each time
            self._merge()

    def sums(self) -> tuple[Ints, Ints]:
        """Keys (k,), ascending, and their values (10, k)."""
        if self._pending:
            self._merge()
        return self._keys, self._values

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return 8 * (_HEIGHT + 1) * (len(self._keys) + self._waiting)

    def copy(self) -> "Tally":
        """Another one with these sums."""
        new = Tally()
        new._keys, new._values, new._pending, new._waiting = self._keys, self._values, self._pending, self._waiting
        return new

    def _merge(self) -> None:
        parts = ((self._keys, self._values), *self._pending)
        keys, values = np.concatenate([keys for keys, _ in parts]), np.concatenate([values for _, values in parts], axis=1)
        (self._keys, self._values), self._pending, self._waiting = summed(keys, values), (), 0


class Live:
    """The live elements: columns (5, n) of _ORIGIN by address. Recent ones are apart, so a batch does not copy all of them."""

    def __init__(self) -> None:
        self._parts = [np.zeros((len(_ORIGIN), 0), np.int64) for _ in range(2)]
        """Recent ones first: they win over older ones of the same address. A freed element keeps its place, with size -1."""

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return sum(part.nbytes for part in self._parts)

    def copy(self) -> "Live":
        """Another one with these elements."""
        new = Live()
        new._parts = [part.copy() for part in self._parts]
        return new

    def find(self, address: Ints) -> tuple[Ints, Mask]:
        """The elements at addresses (n,), ascending: columns (5, n) and whether there is one, (n,)."""
        found, known = np.zeros((len(_ORIGIN), len(address)), np.int64), np.zeros(len(address), np.bool_)
        for part in reversed(self._parts):
            place, met = _places(part, address)
            found[:, met] = part[:, place[met]]
            known |= met
        return found, known & (found[1] >= 0)

    def free(self, address: Ints) -> None:
        """Forget the elements at addresses (n,), ascending."""
        for part in self._parts:
            place, met = _places(part, address)
            part[1, place[met]] = -1

    def add(self, born: Ints) -> None:
        """Add elements (5, n), ascending by address; an older one at the same address is forgotten."""
        recent, old = self._parts
        place, met = _places(recent, born[0])
        recent[:, place[met]] = born[:, met]
        self._parts[0] = np.insert(recent, place[~met], born[:, ~met], axis=1)
        if self._parts[0].shape[1] > max(_PENDING // 4, old.shape[1] // 4):
            recent = self._parts[0]
            kept = (old[1] >= 0) & ~_places(recent, old[0])[1]
            live = recent[:, recent[1] >= 0]
            old = old[:, kept]
            self._parts = [recent[:, :0], np.insert(old, np.searchsorted(old[0], live[0]), live, axis=1)]


def _places(part: Ints, address: Ints) -> tuple[Ints, Mask]:
    """Where each address (n,) is in a part, and whether it is there."""
    place = np.searchsorted(part[0], address)
    met = place < part.shape[1]
    met[met] = part[0, place[met]] == address[met]
    return place, met


class KmemStat:
    """Counts events fed in order. `pointers`: also by pointer, which needs memory for each address; `match`: only these elements.

    `seq`: the last event fed. `older`: frees of elements allocated before the first event fed, if there is no `match`. `unseen` and
    `unseen_bytes`: frees without a processor, among `FREES`; where processors are known, these were not seen, but the address came
    again. `gaps`: places where the recording lost events.
    """

    def __init__(self, seq: int = 0, *, pointers: bool = True, match: Filter | None = None) -> None:
        self.seq = seq
        self.older = self.unseen = self.unseen_bytes = self.gaps = 0
        self.places = Tally()
        """By path and zone: the key is path * ZONE_ID_LIMIT + zone."""
        self.pointers = Tally() if pointers else None
        self._match = match
        self._live = Live()

    def copy(self) -> "KmemStat":
        """Another one with these counts."""
        new = KmemStat(self.seq, match=self._match)
        new.older, new.unseen, new.unseen_bytes, new.gaps = self.older, self.unseen, self.unseen_bytes, self.gaps
        new.places, new._live = self.places.copy(), self._live.copy()
        new.pointers = self.pointers.copy() if self.pointers is not None else None
        return new

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return self.places.size + self._live.size + (self.pointers.size if self.pointers is not None else 0)

    def feed(self, rows: Ints) -> None:
        """Add the next events (n, 10)."""
        if not len(rows):
            return
        self.seq = int(rows[-1, SEQ])
        self.gaps += int((rows[:, KIND] == Kind.LOST).sum())
        taken = rows[(rows[:, KIND] == Kind.ZALLOC) | (rows[:, KIND] == Kind.ZFREE)]
        if not len(taken):
            return
        columns: Ints = np.ascontiguousarray(taken[np.argsort(taken[:, ADDRESS], kind="stable")].T)
        alloc = columns[KIND] == Kind.ZALLOC
        origin, known = self._origins(columns, alloc)
        if self._match is None:
            self.older += int((~known).sum())
            chosen = known
        else:
            chosen = known & _matching(self._match, origin)
        self._count(columns[:, chosen], alloc[chosen], origin[:, chosen])

    def _origins(self, columns: Ints, alloc: Mask) -> tuple[Ints, Mask]:
        """The allocation that each event (10, n), ascending by address, is about: _ORIGIN (5, n); and whether it is known, (n,)."""
        origin, address = columns[_ORIGIN, :], columns[ADDRESS]
        begins = np.append(True, address[1:] != address[:-1])
        again = ~begins & ~alloc & np.append(False, alloc[:-1])
        first = np.flatnonzero(begins & ~alloc)
        origin[:, again] = origin[:, np.flatnonzero(again) - 1]
        found, there = self._live.find(address[first])
        origin[:, first[there]] = found[:, there]
        known = alloc | again
        known[first[there]] = True
        ends = np.append(begins[1:], True)  # the last event of an address decides whether it is live
        self._live.free(address[ends & ~alloc])
        self._live.add(columns[_ORIGIN, :][:, ends & alloc])
        return origin, known

    def _count(self, columns: Ints, alloc: Mask, origin: Ints) -> None:
        values = np.empty((_HEIGHT, len(alloc)), np.int64)
        asked, size, thread = columns[EXTRA] >> 1, origin[1], columns[THREAD]
        values[HITS], values[FREES] = alloc, ~alloc
        values[ASKED], values[SAID] = asked * alloc, size * (alloc & (asked > 0))
        values[ALLOCATED], values[FREED] = size * alloc, size * ~alloc
        values[MOVED] = ~alloc & (thread > 0) & (origin[2] > 0) & (thread != origin[2])
        unseen = ~alloc & (thread == 0)
        self.unseen += int(unseen.sum())
        self.unseen_bytes += int(size[unseen].sum())
        values[LAST], values[OF_PATH:] = columns[SEQ], origin[3:]
        if self.pointers is not None:
            self.pointers.add(columns[ADDRESS], values)
        self.places.add(np.clip(origin[3], 0, _MOST_PATHS) * ZONE_ID_LIMIT + np.clip(origin[4], 0, ZONE_ID_LIMIT - 1), values)


def _matching(match: Filter, origin: Ints) -> Mask:
    keep = np.ones(origin.shape[1], np.bool_)
    for values, column in ((match.zones, 4), (match.path, 3)):
        if values is not None:
            keep &= np.isin(origin[column], list(values))
    return keep if match.address is None else keep & (origin[0] == match.address)


def kmem_stat(player: Player, stat: KmemStat, last: int) -> Generator[tuple[int, int], None, KmemStat]:
    """Feed `stat` the events it has not seen, up to event `last`, in steps: yields (done, of) in events and returns it.

    Numbers outside the recording are ignored; before an excerpt `stat.seq` moves on without events.
    Errors: InputError if the recording is damaged.
    """
    recording = player.recording
    begin, last = stat.seq, min(last, recording.event_count)
    stat.seq = max(begin, min(last, recording.first_event - 1))
    step = 4 * at_once(recording)
    while stat.seq < last:
        stat.feed(recording.events(stat.seq + 1, min(stat.seq + step, last)))
        yield stat.seq - begin, last - begin
    return stat
