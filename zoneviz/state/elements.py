"""The live elements of all zones: every address allocated by zalloc and not yet freed."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from zoneviz.events import Kind
from zoneviz.state.merged import Merged
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SUBJECT, TASK, Ints

_KINDS = (int(Kind.ZALLOC), int(Kind.ZFREE))
_MOST_IDS = 1 << 40
_DENSE = 1 << 22


@dataclass(frozen=True, slots=True)
class Counts:
    """How many elements there are of each pair of a zone and another id, in order of both; each column is int64 (k,), no count is 0."""

    zone: Ints
    other: Ints
    count: Ints

    @classmethod
    def of(cls, zone: Ints, other: Ints) -> "Counts":
        """The counts of elements with these ids, (n,) each."""
        if not len(zone):
            return cls(zone, other, zone)
        if min(int(zone.min()), int(other.min())) >= 0 and (int(zone.max()) + 1) * (width := int(other.max()) + 1) < _DENSE:
            counts = np.bincount(zone * width + other)  # without sorting: 2 ms instead of 30 for 200,000 elements
            cells = np.flatnonzero(counts)
            return cls(cells // width, cells % width, counts[cells])
        return cls(zone[:0], zone[:0], zone[:0]).changed(zone, other, np.ones_like(zone))

    def changed(self, zone: Ints, other: Ints, by: Ints) -> "Counts":
        """These counts, with `by` added for each of these pairs, (n,) each. Ids that only a damaged file has are clipped."""
        zones, others = np.clip(zone, 0, _MOST_IDS >> 20), np.clip(other, 0, _MOST_IDS - 1)
        cells = np.concatenate([self.zone * _MOST_IDS + self.other, zones * _MOST_IDS + others])
        found, where = np.unique(cells, return_inverse=True)
        counts = np.bincount(where, np.concatenate([self.count, by]), len(found)).astype(np.int64)
        found, counts = found[counts != 0], counts[counts != 0]
        return Counts(found // _MOST_IDS, found % _MOST_IDS, counts)


@dataclass(frozen=True, slots=True)
class Elements:
    """n elements in order of address; each column is int64 (n,).

    address; zone: its id; seq: number of the ZALLOC event; task, path: ids of the task and call path that allocated it; asked:
    requested bytes. Do not change in place: states share these arrays.
    """

    address: Ints
    zone: Ints
    seq: Ints
    task: Ints
    path: Ints
    asked: Ints
    kept: dict[str, Counts] = field(default_factory=dict, repr=False, compare=False, kw_only=True)
    """What `counts` has counted."""

    def __len__(self) -> int:
        return len(self.address)

    def take(self, index: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "Elements":
        """The elements at these indices, or where a mask is true."""
        return Elements(*(getattr(self, name)[index] for name in COLUMNS))

    def counts(self, by: str) -> Counts:
        """The elements by zone and `by`, "task" or "path". Counted once; `merge` then adds what changed, a tenth of the work."""
        if by not in self.kept:
            self.kept[by] = Counts.of(self.zone, getattr(self, by))
        return self.kept[by]

    def at(self, address: int) -> int | None:
        """Index of the last element that begins at or before `address`, or None."""
        place = int(np.searchsorted(self.address, address, side="right")) - 1
        return place if place >= 0 else None


COLUMNS = tuple(f.name for f in fields(Elements) if f.name != "kept")
NONE = Elements(*(np.zeros(0, np.int64) for _ in COLUMNS))


def merge(old: Elements, rows: Ints) -> Elements:
    """`old` after these ZALLOC and ZFREE events (n, 10), in order. The last event of an address decides whether its element is live."""
    order = np.argsort(rows[:, ADDRESS], kind="stable")
    address = rows[order, ADDRESS]
    last = order[np.append(address[1:] != address[:-1], True)]
    touched = rows[last, ADDRESS]
    place = np.searchsorted(old.address, touched)
    kept = np.ones(len(old) + 1, np.bool_)
    kept[place[np.append(old.address, -1)[place] == touched]] = False
    born = rows[last[rows[last, KIND] == Kind.ZALLOC]]
    new = (born[:, ADDRESS], born[:, SUBJECT], born[:, SEQ], born[:, TASK], born[:, PATH], born[:, EXTRA] >> 1)
    both = Elements(*(np.concatenate([getattr(old, name), column]) for name, column in zip(COLUMNS, new, strict=True)))
    index = np.concatenate([np.flatnonzero(kept[:-1]), np.arange(len(old), len(both))])
    found = both.take(index[np.argsort(both.address[index], kind="stable")])
    if old.kept:
        changed = np.append(np.flatnonzero(~kept[:-1]), np.arange(len(old), len(both)))
        by = np.where(changed < len(old), -1, 1)
        found.kept.update({name: counts.changed(both.zone[changed], getattr(both, name)[changed], by) for name, counts in old.kept.items()})
    return found


def live(table: Callable[[], Elements] = lambda: NONE) -> Merged[Elements]:
    """What `table` returns, ready for further events; see `Merged`."""
    return Merged(table, merge, _KINDS)
