"""Bytes by zone, task and call path: in use at a moment, and the difference between two moments."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints


@dataclass(frozen=True, slots=True)
class Usage:
    """n rows, one per zone (or map), task that ran, and call path; int64 columns (n,), most bytes first.

    count: elements; bytes: their size in the zone, not what was requested. Both can be negative in a difference.
    """

    zone: Ints
    task: Ints
    path: Ints
    count: Ints
    bytes: Ints

    def __len__(self) -> int:
        return len(self.zone)

    @property
    def total(self) -> int:
        """Bytes of all rows."""
        return int(self.bytes.sum())

    def rows(self) -> list[tuple[int, int, int, int, int]]:
        """(zone, task, path, count, bytes) of each row, as plain integers."""
        return list(zip(*(getattr(self, f.name).tolist() for f in fields(self)), strict=True))

    def by(self, column: str) -> list[tuple[int, int, int]]:
        """(id, elements, bytes) per "zone", "task" or "path", most bytes first."""
        ids, where = np.unique(getattr(self, column), return_inverse=True)
        count, size = _sums(where, self.count, len(ids)), _sums(where, self.bytes, len(ids))
        order = np.lexsort((ids, -size))
        return [(int(ids[i]), int(count[i]), int(size[i])) for i in order]


def usage_of(state: MachineState, after: int = 0) -> Usage:
    """Usage by the live elements of a state; only those allocated after event `after`."""
    elements, sizes = state.elements, state.element_sizes()
    keep = elements.seq > after
    return summed(elements.zone[keep], elements.task[keep], elements.path[keep], sizes[keep])


def summed(zone: Ints, task: Ints, path: Ints, size: Ints) -> Usage:
    """Elements or regions of `size` bytes as usage; all columns (n,)."""
    if not len(zone):
        empty = np.zeros(0, np.int64)
        return Usage(empty, empty, empty, empty, empty)
    keys, where = np.unique(np.stack([zone, task, path]), axis=1, return_inverse=True)
    where = where.reshape(-1)
    return _ordered(keys, np.bincount(where, minlength=keys.shape[1]).astype(np.int64), _sums(where, size, keys.shape[1]))


def growth(before: MachineState, after: MachineState) -> Usage:
    """The usage of `after` minus that of `before`, row by row; equal rows are left out."""
    a, b = usage_of(before), usage_of(after)
    both = np.concatenate([np.stack([b.zone, b.task, b.path]), np.stack([a.zone, a.task, a.path])], axis=1)
    keys, where = np.unique(both, axis=1, return_inverse=True)
    where, n = where.reshape(-1), keys.shape[1]
    count = _sums(where, np.concatenate([b.count, -a.count]), n)
    size = _sums(where, np.concatenate([b.bytes, -a.bytes]), n)
    changed = (count != 0) | (size != 0)
    return _ordered(keys[:, changed], count[changed], size[changed])


def _sums(where: npt.NDArray[np.intp], values: Ints, n: int) -> Ints:
    out = np.zeros(n, np.int64)
    np.add.at(out, where, values)
    return out


def _ordered(keys: Ints, count: Ints, size: Ints) -> Usage:
    order = np.lexsort((keys[2], keys[1], keys[0], -size))
    return Usage(keys[0, order], keys[1, order], keys[2, order], count[order], size[order])
