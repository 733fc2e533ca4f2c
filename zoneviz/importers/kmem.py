"""Linux kmem events (kmalloc, kfree, kmem_cache_alloc, kmem_cache_free) to events of a recording, many at a time.

A kfree names no cache, only a pointer: its zone is that of the element. What was allocated before the first event is unknown, so a
free may come without its allocation; and where events were lost, a pointer may be allocated twice without a free in between.
"""

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

_KMALLOC = (8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192)
LARGE = "kmalloc-large"
"""The zone of kmallocs that come from the page allocator, beyond the largest kmalloc cache."""


class KmemRows(NamedTuple):
    """n kmem events in order of time, each column (n,). `alloc`: whether it allocates; `zone`: its id, 0 if unknown (a kfree).

    `size`: bytes allocated, `asked`: bytes requested (0 for a free); `pointer`: the kernel's address, as a signed integer.
    """

    alloc: npt.NDArray[np.bool_]
    time: Ints
    task: Ints
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
    and the figures at the start come from readings: then a free without its allocation lowers the zone, if that is known.
    """

    def __init__(self, *, sized: bool) -> None:
        self.counts = Counts()
        self._sized = sized
        self._known: Ints = np.zeros((0, 5), np.int64)
        """Addresses in ascending order with zone (0: freed), size, bytes requested << 1 and path."""

    @property
    def live(self) -> Ints:
        """(n, 5): address, zone, size, bytes requested << 1 and call path of each live element, in order of address."""
        return self._known[self._known[:, 1] > 0]

    def rows(self, seen: KmemRows) -> Ints:
        """The events of a recording (m, 9) for n kmem events that follow those of earlier calls."""
        null = (seen.pointer >= 0) & (seen.pointer < NULL_END)
        self.counts.null_frees += int((null & ~seen.alloc).sum())
        kept = ~null
        alloc = seen.alloc[kept]
        columns = KmemRows(alloc, *(column[kept] for column in seen[1:]))
        self.counts.allocs += int(alloc.sum())
        self.counts.frees += int((~alloc).sum())
        address = columns.pointer & ADDRESS_MASK
        order = np.argsort(address, kind="stable")
        # Zone, size, requested bytes << 1 and path that each event leaves at its address; a free leaves zone 0.
        left = np.where(alloc, [columns.zone, columns.size, columns.asked << 1, columns.path], 0).T
        before, fresh = np.empty_like(left), np.empty(len(order), np.bool_)
        before[order], fresh[order] = self._before(address[order], left[order])
        self._keep(address[order], left[order])
        return self._out(columns, address, before, fresh)

    def _before(self, address: Ints, left: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """What was at each address (n,), ascending, before its event: (n, 4); and whether the address was never seen, (n,)."""
        known = np.concatenate([self._known, [[-1, 0, 0, 0, 0]]])  # the last row is found for what is beyond all others
        place = np.searchsorted(self._known[:, 0], address)
        met = known[place, 0] == address
        before = np.where(met[:, np.newaxis], known[place, 1:], 0)
        again = np.diff(address, prepend=-1) == 0
        before[again] = left[np.flatnonzero(again) - 1]
        return before, ~met & ~again

    def _keep(self, address: Ints, values: Ints) -> None:
        """Merge the last event of each address into what is known."""
        last = np.diff(address, append=-1) != 0
        new = np.column_stack([address[last], values[last]])
        kept = self._known[~np.isin(self._known[:, 0], new[:, 0])]
        both = np.concatenate([kept, new if self._sized else new[new[:, 1] > 0]])
        self._known = both[np.argsort(both[:, 0], kind="stable")]

    def _out(self, columns: KmemRows, address: Ints, before: Ints, fresh: npt.NDArray[np.bool_]) -> Ints:
        implied, lone = columns.alloc & (before[:, 0] > 0), ~columns.alloc & (before[:, 0] == 0)
        self.counts.implied += int(implied.sum())
        self.counts.unmatched += int(lone.sum())
        out = np.zeros((2, len(address), WIDTH), np.int64)  # an implied free, and the event itself
        out[0, :, 0] = Kind.ZFREE
        out[1, :, 0] = np.where(columns.alloc, Kind.ZALLOC, Kind.ZFREE)
        out[:, :, 1], out[:, :, 2], out[:, :, 4], out[:, :, 6] = columns.time, columns.task, columns.path, address
        out[0, :, 5], out[0, :, 7], out[0, :, 8] = before.T[:3]
        asked = (columns.asked << 1) | (fresh & self._sized)
        out[1, :, 5] = np.where(columns.alloc, columns.zone, np.where(lone, columns.zone, before[:, 0]))
        out[1, :, 7] = np.where(columns.alloc | lone, columns.size, before[:, 1])
        out[1, :, 8] = np.where(columns.alloc, asked, before[:, 2])
        keep = np.stack([implied, ~lone | ((columns.zone > 0) & (not self._sized))])
        return np.ascontiguousarray(out.transpose(1, 0, 2)[keep.T])


def kmalloc_cache(size: int, prefix: str = "kmalloc") -> str:
    """The name of the kmalloc cache with elements of `size` bytes, as Linux has written it since 4.20; LARGE beyond the caches.

    `prefix`: "kmalloc", "kmalloc-cg", "kmalloc-rcl" or "dma-kmalloc".
    """
    if size not in _KMALLOC:
        return LARGE
    return f"{prefix}-{size // 1024}k" if size >= 1024 else f"{prefix}-{size}"
