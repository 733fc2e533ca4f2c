"""The rights of each task: what each of its names refers to, from RIGHT_*, PORT_* and PSET_CREATE events.

A right to a dead port counts as a dead name at once. The kernel itself notices at the next lookup (ipc_right_check), and
records nothing then.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.events import DEAD_NAME, PORT_SET, RECEIVE, SEND, SEND_ONCE, Kind
from zoneviz.state.merged import Merged
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SIZE, SUBJECT, Ints

_INSERTS = (Kind.RIGHT_INSERT, Kind.RIGHT_MOVE, Kind.PORT_CREATE, Kind.PSET_CREATE)
_KINDS = tuple(int(k) for k in (*_INSERTS, Kind.RIGHT_DELETE, Kind.PORT_DESTROY))
_ALL = SEND | RECEIVE | SEND_ONCE | PORT_SET | DEAD_NAME
_NAME = (1 << 32) - 1
_TASK = (1 << 30) - 1


class RightsCount(NamedTuple):
    """Numbers of names: all of them, and those with each type of right."""

    names: int
    receive: int
    send: int
    send_once: int
    port_sets: int
    dead: int


@dataclass(frozen=True, slots=True)
class Rights:
    """n names in order of task and name; each column is int64 (n,).

    key: task << 32 | name; address: of the port or port set, 0 for a dead name; bits: `events.SEND` and the others.
    Do not change in place: states share these arrays.
    """

    key: Ints
    address: Ints
    bits: Ints

    def __len__(self) -> int:
        return len(self.key)

    @property
    def task(self) -> Ints:
        """(n,) ids of tasks."""
        return self.key >> 32

    @property
    def name(self) -> Ints:
        """(n,) names."""
        return self.key & _NAME

    def of(self, task: int) -> "Rights":
        """The names of one task."""
        part = slice(*np.searchsorted(self.key, (task << 32, (task + 1) << 32)).tolist())
        return Rights(self.key[part], self.address[part], self.bits[part])

    def holders(self, address: int) -> "Rights":
        """The names, in all tasks, of one port or port set."""
        at = np.flatnonzero(self.address == address)
        return Rights(self.key[at], self.address[at], self.bits[at])

    def count(self) -> RightsCount:
        """Counts over all tasks; `rights.of(task).count()` for one task."""
        kinds = (int(np.count_nonzero(self.bits & bit)) for bit in (RECEIVE, SEND, SEND_ONCE, PORT_SET, DEAD_NAME))
        return RightsCount(len(self), *kinds)

    def by_task(self) -> dict[int, RightsCount]:
        """Counts for each task with at least one name."""
        starts = np.flatnonzero(np.diff(self.task, prepend=-1))
        if not len(starts):
            return {}
        types = (RECEIVE, SEND, SEND_ONCE, PORT_SET, DEAD_NAME)
        each = [np.add.reduceat(self.bits & bit != 0, starts, dtype=np.int64).tolist() for bit in types]
        names = np.diff(starts, append=len(self)).tolist()
        return {task: RightsCount(*counts) for task, *counts in zip(self.task[starts].tolist(), names, *each, strict=True)}


COLUMNS = tuple(f.name for f in fields(Rights))
NONE = Rights(*(np.zeros(0, np.int64) for _ in COLUMNS))


def merge(old: Rights, rows: Ints) -> Rights:
    """`old` after these events (n, 10), in order. Events with an invalid task or no name are ignored."""
    destroyed, order = _deaths(rows)
    ops, key, index, gives, takes = _operations(rows)
    by_key = np.argsort(key, kind="stable")
    key, index, gives, takes, address = key[by_key], index[by_key], gives[by_key], takes[by_key], ops[by_key, ADDRESS]
    touched = np.unique(key)
    starts = np.searchsorted(key, touched)

    place = np.searchsorted(old.key, touched)
    known = np.append(old.key, -1)[place] == touched
    place = np.where(known, place, len(old))
    bits, port = np.append(old.bits, 0)[place], np.append(old.address, 0)[place]
    last = np.full(len(touched), -1)  # row of the last insert; -1: unchanged
    at = np.arange(len(key))
    if len(key):
        for bit in (SEND, RECEIVE, SEND_ONCE, PORT_SET, DEAD_NAME):
            turn = np.maximum.reduceat(np.where((gives | takes) & bit != 0, at, -1), starts)
            bits = np.where(turn < 0, bits, bits & ~bit | gives[turn] & bit)
        given = np.maximum.reduceat(np.where(gives != 0, at, -1), starts)
        last = np.where(given < 0, -1, index[given])
        port = np.where(given < 0, port, address[given])
    kept = np.ones(len(old) + 1, np.bool_)
    kept[place] = False
    kept = kept[:-1]
    all_keys = np.concatenate([old.key[kept], touched])
    all_ports = np.concatenate([old.address[kept], port])
    all_bits = np.concatenate([old.bits[kept], bits])
    since = np.concatenate([np.full(int(kept.sum()), -1), last])
    if len(destroyed):
        # The port died after the name got its right: a receive right is gone, other rights are dead names now.
        found = np.minimum(np.searchsorted(destroyed, all_ports), len(destroyed) - 1)
        died = (destroyed[found] == all_ports) & (order[found] > since) & (all_bits & (SEND | RECEIVE | SEND_ONCE) != 0)
        left = all_bits & ~(SEND | RECEIVE | SEND_ONCE)
        all_bits = np.where(died, np.where(all_bits & (SEND | SEND_ONCE) != 0, left | DEAD_NAME, left), all_bits)
        all_ports = np.where(died, 0, all_ports)
    lives = all_bits != 0
    into = np.argsort(all_keys[lives], kind="stable")
    return Rights(all_keys[lives][into], all_ports[lives][into], all_bits[lives][into])


def _deaths(rows: Ints) -> tuple[Ints, Ints]:
    """Addresses of the ports destroyed in these rows, ascending, and the index of the last PORT_DESTROY of each."""
    at = np.flatnonzero(rows[:, KIND] == Kind.PORT_DESTROY)
    at = at[np.argsort(rows[at, ADDRESS], kind="stable")]
    address = rows[at, ADDRESS]
    last = np.append(address[1:] != address[:-1], True)[: len(at)]
    return address[last], at[last]


def _operations(rows: Ints) -> tuple[Ints, Ints, npt.NDArray[np.intp], Ints, Ints]:
    """The rows that insert or delete a right: rows, keys, indices, bits inserted and bits deleted."""
    kind, bits = rows[:, KIND], rows[:, EXTRA] & _ALL
    gives = np.select(
        [kind == Kind.RIGHT_INSERT, kind == Kind.PSET_CREATE, (kind == Kind.PORT_CREATE) | (kind == Kind.RIGHT_MOVE)],
        [bits, np.full(len(rows), PORT_SET), np.full(len(rows), RECEIVE)],
        0,
    )
    # Deleting a dead name deletes whatever the name holds; deleting a right deletes what became of it.
    takes = np.where(kind == Kind.RIGHT_DELETE, np.where(bits & DEAD_NAME != 0, _ALL, bits | DEAD_NAME), 0)
    task, name = rows[:, SUBJECT], rows[:, SIZE]
    at = np.flatnonzero((gives | takes != 0) & (task > 0) & (task <= _TASK) & (name > 0) & (name <= _NAME))
    return rows[at], task[at] << 32 | name[at], at, gives[at], takes[at]


def live(table: Callable[[], Rights] = lambda: NONE) -> Merged[Rights]:
    """What `table` returns, ready for further events; see `Merged`."""
    return Merged(table, merge, _KINDS)
