"""The live ports: the receiver and the queue length of each."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from zoneviz.events import RECEIVE, Kind
from zoneviz.state.merged import Merged
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SUBJECT, Ints

_RIGHTS = (int(Kind.RIGHT_INSERT), int(Kind.RIGHT_DELETE))
_KINDS = tuple(int(k) for k in (Kind.PORT_CREATE, Kind.PORT_DESTROY, Kind.RIGHT_MOVE, Kind.MSG_QUEUE, Kind.MSG_UNQUEUE)) + _RIGHTS

_RECEIVERS = (int(Kind.PORT_CREATE), int(Kind.RIGHT_MOVE), *_RIGHTS)


@dataclass(frozen=True, slots=True)
class Ports:
    """n ports in order of address; each column is int64 (n,).

    address; receiver: id of the receiving task, 0 for the kernel and while the receive right is in a message; seq: number
    of the event that created the port; queued: messages in its queue.
    Do not change in place: states share these arrays.
    """

    address: Ints
    receiver: Ints
    seq: Ints
    queued: Ints

    def __len__(self) -> int:
        return len(self.address)


COLUMNS = tuple(f.name for f in fields(Ports))
NONE = Ports(*(np.zeros(0, np.int64) for _ in COLUMNS))


def merge(old: Ports, rows: Ints) -> Ports:
    """`old` after these events (n, 10), in order. Events of a port that was never created are ignored.

    PORT_CREATE creates a port; with MACH_IPC_COMPAT, so does its first receive right.
    """
    rows = rows[np.argsort(rows[:, ADDRESS], kind="stable")]
    address, kind = rows[:, ADDRESS], rows[:, KIND]
    starts = np.flatnonzero(np.append(True, address[1:] != address[:-1]))
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(rows))))
    index = np.arange(len(rows))
    touched = address[starts]
    place = np.searchsorted(old.address, touched)
    known = np.append(old.address, -1)[place] == touched
    place = np.where(known, place, len(old))
    column = {name: np.append(getattr(old, name), 0)[place] for name in COLUMNS}
    # The last creation or destruction of each port: only what comes after it counts.
    makes = (kind == Kind.PORT_CREATE) | (kind == Kind.PORT_DESTROY)
    turn = np.maximum.reduceat(np.where(makes, index, -1), starts)
    alive = np.where(turn >= 0, kind[turn] == Kind.PORT_CREATE, known)
    given = (kind == Kind.RIGHT_INSERT) & (index > turn[group])
    first = np.minimum.reduceat(np.where(given, index, len(rows)), starts)
    born = ~alive & (first < len(rows))
    turn = np.where(born, first, turn)
    after = index >= turn[group]
    queued = np.add.reduceat(after * ((kind == Kind.MSG_QUEUE).astype(np.int64) - (kind == Kind.MSG_UNQUEUE)), starts)
    moves = after & np.isin(kind, _RECEIVERS)
    moved = np.maximum.reduceat(np.where(moves, index, -1), starts)
    remade = turn >= 0
    receiver = np.where(kind[moved] == Kind.RIGHT_DELETE, 0, rows[moved, SUBJECT])
    new = (
        touched,
        np.where(moved >= 0, receiver, column["receiver"]),
        np.where(remade, rows[turn, SEQ], column["seq"]),
        queued + np.where(remade, 0, column["queued"]),
    )
    lives = alive | born
    kept = np.ones(len(old) + 1, np.bool_)
    kept[place] = False
    both = [np.concatenate([getattr(old, name)[kept[:-1]], values[lives]]) for name, values in zip(COLUMNS, new, strict=True)]
    into = np.argsort(both[0], kind="stable")
    return Ports(*(values[into] for values in both))


def live(table: Callable[[], Ports] = lambda: NONE) -> Merged[Ports]:
    """What `table` returns, ready for further events; see `Merged`."""
    return Merged(table, merge, _KINDS, _of_ports)


def _of_ports(rows: Ints) -> Ints:
    """Rows without the rights that do not concern the receiver."""
    kind = rows[:, KIND]
    kept: Ints = rows[((kind != Kind.RIGHT_INSERT) & (kind != Kind.RIGHT_DELETE)) | (rows[:, EXTRA] & RECEIVE != 0)]
    return kept
