"""Linux kmem events (kmalloc, kfree, kmem_cache_alloc, kmem_cache_free) to events of a recording, many at a time.

A kfree names no cache, only a pointer: its zone is that of the element. What was allocated before the first event is unknown, so a
free may come without its allocation; and where events were lost, a pointer may be allocated twice without a free in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.events import WIDTH, Kind
from zoneviz.state.rows import Ints

ADDRESS_MASK = (1 << 48) - 1
"""A kernel address is recorded by these bits: the others are copies of the highest one."""
NULL_END = 1 << 12
"""Pointers below it are NULL or ZERO_SIZE_PTR, which kfree ignores."""

_INDEX_BITS = 18
"""Bits for the place of an event in a batch beside its address without the lowest three, which elements have in common."""
_RECENT = 1 << 14
"""Addresses that gather before they are merged into the large table."""
_KMALLOC = (8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192)
LARGE = "kmalloc-large"
"""The zone of kmallocs that come from the page allocator, beyond the largest kmalloc cache."""


class KmemRows(NamedTuple):
    """n kmem events in order of time, each column (n,). `alloc`: whether it allocates; `zone`: its id, 0 if unknown (a kfree).

    `thread`: the processor + 1, 0 if unknown; `size`: bytes allocated, `asked`: bytes requested (0 for a free); `pointer`: the kernel's
    address, as a signed integer.
    """

    alloc: npt.NDArray[np.bool_]
    time: Ints
    task: Ints
    thread: Ints
    path: Ints
    zone: Ints
    pointer: Ints
    size: Ints
    asked: Ints


@dataclass(slots=True)
class Counts:
    """What was seen. `null_frees`: of NULL; `unmatched`: frees of pointers that were never seen allocated; `implied`: frees that were
    missing before a pointer was allocated again."""

    allocs: int = 0
    frees: int = 0
    null_frees: int = 0
    unmatched: int = 0
    implied: int = 0


class Kmem:
    """The live elements between batches. Memory grows with live elements, and with `sized` with every address seen.

    `sized`: zones get their size from the elements seen: the first allocation of an address counts as fresh memory. Without it, sizes
    and the figures at the start come from readings: then a free without its allocation lowers the zone, if that is known. `partial`:
    only some allocations are seen, so other frees mean nothing. `learned`: zones that frees have named, by the zone of the allocation.
    """

    def __init__(self, *, sized: bool, partial: bool = False) -> None:
        self.counts = Counts()
        self.learned: dict[int, int] = {}
        self._sized, self._partial = sized, partial
        # Addresses in ascending order with zone (0: freed), size, bytes requested << 1 and path. New ones gather in a short table.
        self._known: Ints = np.zeros((0, 5), np.int64)
        self._recent: Ints = np.zeros((0, 5), np.int64)

    @property
    def live(self) -> Ints:
        """(n, 5): address, zone, size, bytes requested << 1 and call path of each live element, in order of address."""
        self._settle()
        return self._known[self._known[:, 1] > 0]

    def rows(self, seen: KmemRows) -> Ints:
        """The events of a recording (m, 9) for n kmem events that follow those of earlier calls."""
        null = (seen.pointer >= 0) & (seen.pointer < NULL_END)
        if null.any():
            self.counts.null_frees += int((null & ~seen.alloc).sum())
            seen = _picked(seen, ~null)
        address = seen.pointer & ADDRESS_MASK
        order = _order(address)
        ordered = address[order]
        # Zone, size, requested bytes << 1 and path that each event leaves at its address; a free leaves zone 0.
        left = np.stack([seen.zone, seen.size, seen.asked << 1, seen.path], axis=1)
        left[~seen.alloc] = 0
        left = left[order]
        first = np.flatnonzero(np.diff(ordered, prepend=-1))
        last = np.flatnonzero(np.diff(ordered, append=-1))
        earlier, met = self._find(ordered[first])
        before, fresh = np.empty_like(left), np.zeros(len(order), np.bool_)
        before[order[1:]] = left[:-1]
        before[order[first]] = earlier
        fresh[order[first]] = ~met
        self._keep(np.column_stack([ordered[last], left[last]]))
        return self._out(seen, address, before, fresh)

    def _find(self, address: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """What is at each address (n,), ascending: (n, 4); and whether it is known, (n,)."""
        found, met = np.zeros((len(address), 4), np.int64), np.zeros(len(address), np.bool_)
        for table in (self._known, self._recent):
            if len(table):
                place = np.minimum(np.searchsorted(table[:, 0], address), len(table) - 1)
                here = np.flatnonzero(table[place, 0] == address)
                found[here] = table[place[here], 1:]
                met[here] = True
        return found, met

    def _keep(self, new: Ints) -> None:
        """Take in the last event of each address (n, 5), in order of address."""
        self._recent = _merged(self._recent, new)
        if len(self._recent) > max(_RECENT, len(self._known) // 4):
            self._settle()

    def _settle(self) -> None:
        self._known = _merged(self._known, self._recent)
        self._recent = self._recent[:0]
        if not self._sized:
            self._known = self._known[self._known[:, 1] > 0]

    def _out(self, seen: KmemRows, address: Ints, before: Ints, fresh: npt.NDArray[np.bool_]) -> Ints:
        alloc, free = seen.alloc, ~seen.alloc
        implied, lone = alloc & (before[:, 0] > 0), free & (before[:, 0] == 0)
        self.counts.allocs += int(alloc.sum())
        self.counts.frees += int(free.sum())
        self.counts.implied += int(implied.sum())
        self.counts.unmatched += 0 if self._partial else int(lone.sum())
        otherwise = free & (before[:, 0] > 0) & (seen.zone > 0) & (seen.zone != before[:, 0])
        if otherwise.any():
            for zone, named in np.unique(np.stack([before[otherwise, 0], seen.zone[otherwise]], axis=1), axis=0).tolist():
                self.learned.setdefault(zone, named)
        kept = ~lone | ((seen.zone > 0) & (not self._sized) & (not self._partial))
        place = np.cumsum(kept.astype(np.int64) + implied) - 1  # of each event; an implied free comes before it
        out = np.zeros((int(place[-1]) + 1 if len(place) else 0, WIDTH), np.int64)
        lone = lone[kept]
        main = seen if kept.all() else _picked(seen, kept)
        at, old = place[kept], before[kept]
        own = main.alloc | lone
        zone, size = np.where(own, main.zone, old[:, 0]), np.where(own, main.size, old[:, 1])
        extra = np.where(main.alloc, main.asked << 1 | (fresh[kept] & self._sized), old[:, 2])
        kind = np.where(main.alloc, int(Kind.ZALLOC), int(Kind.ZFREE))
        whole = (kind, main.time, main.task, main.thread, main.path, zone, address[kept], size, extra)
        _put(out, at, whole)
        if implied.any():
            was = before[implied]
            time, task, path = (column[implied] for column in (seen.time, seen.task, seen.path))
            # its processor is unknown
            _put(out, place[implied] - 1, (int(Kind.ZFREE), time, task, 0, path, was[:, 0], address[implied], was[:, 1], was[:, 2]))
        return out


def _picked(seen: KmemRows, which: npt.NDArray[np.bool_]) -> KmemRows:
    return KmemRows(seen.alloc[which], *(column[which] for column in seen[1:]))


def _put(out: Ints, rows: Ints, columns: Iterable[Ints | int]) -> None:
    """Set these rows of events, column by column."""
    for i, column in enumerate(columns):
        out[rows, i] = column


def _order(address: Ints) -> Ints:
    """What sorts addresses (n,), equal ones as they come."""
    bits = len(address).bit_length()
    if bits > _INDEX_BITS or (address & 7).any():
        return np.argsort(address, kind="stable")
    packed = address >> 3 << _INDEX_BITS | np.arange(len(address))
    packed.sort()
    order: Ints = packed & ((1 << _INDEX_BITS) - 1)
    return order


def _merged(table: Ints, new: Ints) -> Ints:
    """Two tables in order of address as one. Rows of the second replace those of the first, which may change."""
    if not len(table):
        return new
    place = np.searchsorted(table[:, 0], new[:, 0])
    met = table[np.minimum(place, len(table) - 1), 0] == new[:, 0]
    table[place[met]] = new[met]
    return np.insert(table, place[~met], new[~met], axis=0)


def kmalloc_cache(size: int, prefix: str = "kmalloc") -> str:
    """The name of the kmalloc cache with elements of `size` bytes, as Linux has written it since 4.20; LARGE beyond the caches.

    `prefix`: "kmalloc", "kmalloc-cg", "kmalloc-rcl" or "dma-kmalloc".
    """
    if size not in _KMALLOC:
        return LARGE
    return f"{prefix}-{size // 1024}k" if size >= 1024 else f"{prefix}-{size}"
