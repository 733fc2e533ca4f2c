"""Events as arrays: int64 of shape (n, 10), one row per event, column 0 its number."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zoneviz.events import Kind

Ints = npt.NDArray[np.int64]
Rows = list[list[int]]
"""Rows of a table, as they are written to a file."""

SEQ, KIND, TIME, TASK, THREAD, PATH, SUBJECT, ADDRESS, SIZE, EXTRA = range(10)
"""Columns of an array of events (n, 10): seq, then those of `events.COLUMNS`."""

SIZE_LIMIT = 1 << 48
"""Upper bound of a size in bytes (256 TiB) and of a figure. A larger one means a damaged file, and sums of it would overflow."""

ELEMENT_LIMIT = 1 << 36
"""Upper bound of the size of an element of a zone in bytes (64 GiB): sums over as many elements as memory holds do not overflow."""

SUM_LIMIT = 1 << 62
"""Upper bound of sums over events. Where two numbers below it are added, int64 does not overflow."""

ZONE_ID_LIMIT = 1 << 12
"""Upper bound of the ids of zones, maps and figures. There are few; a larger id means a damaged file and must not allocate memory."""

ZONE_KINDS = tuple(
    int(kind)
    for kind in (
        Kind.ZINIT,
        Kind.ZALLOC,
        Kind.ZFREE,
        Kind.ZCRAM,
        Kind.ZGROW,
        Kind.ZREFUSE,
        Kind.ZEMPTY,
        Kind.ZCOLLECT,
        Kind.ZONE_FIGURE,
    )
)
FIGURE_KINDS = (int(Kind.ZONE_FIGURE), int(Kind.MACHINE_FIGURE))
MAP_KINDS = tuple(int(k) for k in (Kind.KMEM_ALLOC, Kind.KMEM_FREE))


class ByKind:
    """A batch of events (n, 10), sorted by kind once. `columns` (10, n): the same events, each column contiguous."""

    def __init__(self, rows: Ints) -> None:
        self.columns: Ints = np.ascontiguousarray(rows.T)
        kinds = self.columns[KIND]
        self._kinds = np.where((kinds > 0) & (kinds < 255), kinds, 255).astype(np.uint8)
        self._order = np.argsort(self._kinds, kind="stable")
        self._starts = [0, *np.cumsum(np.bincount(self._kinds, minlength=256)).tolist()]

    def __getitem__(self, kind: int) -> npt.NDArray[np.intp]:
        """Indices of the rows of a kind, ascending."""
        return self._order[self._starts[kind] : self._starts[kind + 1]]

    def has(self, kinds: Sequence[int]) -> bool:
        """Whether the batch has a row of any of these kinds."""
        starts = self._starts
        return any(starts[kind] != starts[kind + 1] for kind in kinds)

    def any_of(self, kinds: Sequence[int]) -> npt.NDArray[np.intp]:
        """Indices of the rows of several kinds, ascending."""
        found = [kind for kind in kinds if self._starts[kind] != self._starts[kind + 1]]
        if len(found) < 2:
            return self[found[0]] if found else self._order[:0]
        chosen = np.zeros(256, np.bool_)
        chosen[found] = True
        return np.flatnonzero(chosen[self._kinds])
