"""The live elements of all zones: every address allocated by zalloc and not yet freed."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from zoneviz.events import Kind
from zoneviz.state.merged import Merged
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SUBJECT, TASK, Ints

_KINDS = (int(Kind.ZALLOC), int(Kind.ZFREE))


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

    def __len__(self) -> int:
        return len(self.address)

    def take(self, index: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "Elements":
        """The elements at these indices, or where a mask is true."""
        return Elements(*(getattr(self, name)[index] for name in COLUMNS))

    def at(self, address: int) -> int | None:
        """Index of the last element that begins at or before `address`, or None."""
        place = int(np.searchsorted(self.address, address, side="right")) - 1
        return place if place >= 0 else None


COLUMNS = tuple(f.name for f in fields(Elements))
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
    return both.take(index[np.argsort(both.address[index], kind="stable")])


def live(table: Callable[[], Elements] = lambda: NONE) -> Merged[Elements]:
    """What `table` returns, ready for further events; see `Merged`."""
    return Merged(table, merge, _KINDS)
