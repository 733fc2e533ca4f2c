"""The live ports: who receives from each, and how many messages wait there."""

from dataclasses import dataclass, fields

import numpy as np

from zoneviz.events import Kind
from zoneviz.recording.totals import ADDRESS, KIND, SEQ, SUBJECT, ByKind, Ints

_PATIENCE = 1 << 16
_KINDS = tuple(int(k) for k in (Kind.PORT_CREATE, Kind.PORT_DESTROY, Kind.RIGHT_MOVE, Kind.MSG_QUEUE, Kind.MSG_UNQUEUE))


@dataclass(frozen=True, slots=True)
class Ports:
    """n ports in order of address; each column is int64 (n,).

    address; receiver: task that receives, 0: the kernel; seq: number of the PORT_CREATE event; queued: messages.
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
    """`old` after these events (n, 10), in order. What is told of a port that was never made is left aside."""
    rows = rows[np.argsort(rows[:, ADDRESS], kind="stable")]
    address, kind = rows[:, ADDRESS], rows[:, KIND]
    starts = np.flatnonzero(np.append(True, address[1:] != address[:-1]))
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(rows))))
    index = np.arange(len(rows))
    # Of each port its last making or end; only what comes after counts.
    makes = (kind == Kind.PORT_CREATE) | (kind == Kind.PORT_DESTROY)
    turn = np.maximum.reduceat(np.where(makes, index, -1), starts)
    after = index >= turn[group]
    queued = np.add.reduceat(after * ((kind == Kind.MSG_QUEUE).astype(np.int64) - (kind == Kind.MSG_UNQUEUE)), starts)
    moves = after & ((kind == Kind.PORT_CREATE) | (kind == Kind.RIGHT_MOVE))
    moved = np.maximum.reduceat(np.where(moves, index, -1), starts)

    touched = address[starts]
    place = np.searchsorted(old.address, touched)
    known = np.append(old.address, -1)[place] == touched
    place = np.where(known, place, len(old))
    column = {name: np.append(getattr(old, name), 0)[place] for name in COLUMNS}
    remade = turn >= 0
    new = (
        touched,
        np.where(moved >= 0, rows[moved, SUBJECT], column["receiver"]),
        np.where(remade, rows[turn, SEQ], column["seq"]),
        queued + np.where(remade, 0, column["queued"]),
    )
    lives = np.where(remade, kind[turn] == Kind.PORT_CREATE, known)
    kept = np.ones(len(old) + 1, np.bool_)
    kept[place] = False
    both = [np.concatenate([getattr(old, name)[kept[:-1]], values[lives]]) for name, values in zip(COLUMNS, new, strict=True)]
    into = np.argsort(both[0], kind="stable")
    return Ports(*(values[into] for values in both))
