"""The live ports: who receives from each, and how many messages wait there."""

from dataclasses import dataclass, fields

import numpy as np

from zoneviz.events import RECEIVE, Kind
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SUBJECT, ByKind, Ints

_PATIENCE = 1 << 16
_RIGHTS = (int(Kind.RIGHT_INSERT), int(Kind.RIGHT_DELETE))
_KINDS = tuple(int(k) for k in (Kind.PORT_CREATE, Kind.PORT_DESTROY, Kind.RIGHT_MOVE, Kind.MSG_QUEUE, Kind.MSG_UNQUEUE)) + _RIGHTS

_RECEIVERS = (int(Kind.PORT_CREATE), int(Kind.RIGHT_MOVE), *_RIGHTS)


@dataclass(frozen=True, slots=True)
class Ports:
    """n ports in order of address; each column is int64 (n,).

    address; receiver: task that receives, 0: the kernel, or nobody while the right is in a message; seq: number
    of the event that made it; queued: messages.
    Not to be changed in place: states share these arrays.
    """

    address: Ints
    receiver: Ints
    seq: Ints
    queued: Ints

    def __len__(self) -> int:
        return len(self.address)


COLUMNS = tuple(f.name for f in fields(Ports))
NONE = Ports(*(np.zeros(0, np.int64) for _ in COLUMNS))


class LivePorts:
    """Keeps Ports up to date; events are put aside and merged when someone looks."""

    def __init__(self, ports: Ports = NONE) -> None:
        self._merged = ports
        self._aside: list[Ints] = []
        self._waiting = 0

    def apply(self, rows: Ints, kinds: ByKind) -> None:
        """Take in the port events of a batch (n, 10)."""
        at = kinds.any_of(_KINDS)
        if len(at) and kinds.has(_RIGHTS):
            # Of the rights only the right to receive says something of the port.
            kind = rows[at, KIND]
            at = at[((kind != Kind.RIGHT_INSERT) & (kind != Kind.RIGHT_DELETE)) | (rows[at, EXTRA] & RECEIVE != 0)]
        if len(at):
            self._aside.append(rows[at])
            self._waiting += len(at)
            if self._waiting > _PATIENCE:
                self.now()

    def now(self) -> Ports:
        """The ports after all events applied so far."""
        if self._aside:
            self._merged = merge(self._merged, np.concatenate(self._aside))
            self._aside, self._waiting = [], 0
        return self._merged

    def copy(self) -> "LivePorts":
        """Another that goes its own way from here."""
        other = LivePorts(self._merged)
        other._aside, other._waiting = list(self._aside), self._waiting
        return other


def merge(old: Ports, rows: Ints) -> Ports:
    """`old` after these events (n, 10), in order. What is told of a port that was never made is left aside.

    A port is made by PORT_CREATE, or (those of MACH_IPC_COMPAT) by the first right to receive from it.
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
    # Of each port its last making or end; only what comes after counts.
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
