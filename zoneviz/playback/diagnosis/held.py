"""Bytes by zone, task and call path: what is held at a moment, and by how much it grew between two."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from zoneviz.state.elements import Elements
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints


@dataclass(frozen=True, slots=True)
class Held:
    """n rows, one for each zone (or map), task that ran, and call path; int64 columns (n,). The most bytes first.

    count: elements; bytes: of elements, their size in the zone, not what was asked for. Both can be negative in a difference.
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

    def where(self, mask: npt.NDArray[np.bool_]) -> "Held":
        """Some of the rows."""
        return Held(self.zone[mask], self.task[mask], self.path[mask], self.count[mask], self.bytes[mask])

    def rows(self) -> list[tuple[int, int, int, int, int]]:
        """(zone, task, path, count, bytes) of each row, as plain integers."""
        return list(zip(*(getattr(self, f.name).tolist() for f in fields(self)), strict=True))

    def by(self, column: str) -> list[tuple[int, int, int]]:
        """(id, elements, bytes) for each "zone", "task" or "path", the most bytes first."""
        ids, where = np.unique(getattr(self, column), return_inverse=True)
        count, size = np.zeros(len(ids), np.int64), np.zeros(len(ids), np.int64)
        np.add.at(count, where, self.count)
        np.add.at(size, where, self.bytes)
        order = np.lexsort((ids, -size))
        return [(int(ids[i]), int(count[i]), int(size[i])) for i in order]


def held(state: MachineState, after: int = 0) -> Held:
    """What live elements hold at a state's moment; of those only that were taken after event `after`."""
    elements = state.elements
    if after:
        elements = elements.take(elements.seq > after)
    return summed(elements, sizes(state, elements))


def sizes(state: MachineState, elements: Elements) -> Ints:
    """(n,) bytes that each element takes."""
    zone = elements.zone
    # One more than the size stands there, 0 where a zone is not made yet.
    return np.maximum(state.elem_size[np.where(zone < len(state.elem_size), zone, 0)] - 1, 0)


def summed(elements: Elements, size: Ints) -> Held:
    """Elements of these sizes (n,), as rows by zone, task and path."""
    if not len(elements):
        none = np.zeros(0, np.int64)
        return Held(none, none, none, none, none)
    keys, where = np.unique(np.stack([elements.zone, elements.task, elements.path]), axis=1, return_inverse=True)
    where = where.reshape(-1)
    return _ordered(keys, np.bincount(where, minlength=keys.shape[1]).astype(np.int64), _sums(where, size, keys.shape[1]))


def growth(before: MachineState, after: MachineState) -> Held:
    """What `after` holds more than `before`, row by row; rows that are equal are left out."""
    a, b = held(before), held(after)
    both = np.concatenate([np.stack([b.zone, b.task, b.path]), np.stack([a.zone, a.task, a.path])], axis=1)
    keys, where = np.unique(both, axis=1, return_inverse=True)
    where, n = where.reshape(-1), keys.shape[1]
    count = _sums(where, np.concatenate([b.count, -a.count]), n)
    size = _sums(where, np.concatenate([b.bytes, -a.bytes]), n)
    kept = (count != 0) | (size != 0)
    return _ordered(keys[:, kept], count[kept], size[kept])


def _sums(where: npt.NDArray[np.intp], values: Ints, n: int) -> Ints:
    out = np.zeros(n, np.int64)
    np.add.at(out, where, values)
    return out


def _ordered(keys: Ints, count: Ints, size: Ints) -> Held:
    order = np.lexsort((keys[2], keys[1], keys[0], -size))
    return Held(keys[0, order], keys[1, order], keys[2, order], count[order], size[order])
