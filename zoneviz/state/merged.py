"""A table told from events, kept up to date lazily: events are put aside and merged when someone looks, so that replay stays cheap."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np

from zoneviz.state.rows import ByKind, Ints

T = TypeVar("T")
_PATIENCE = 1 << 16
"""So many rows may wait: enough that a seek merges once, few enough that they take no memory to speak of."""


class Merged(Generic[T]):
    """A table of type T, never changed in place, that `merge(table, rows)` brings up to date with the events of `kinds`."""

    def __init__(self, table: T, merge: Callable[[T, Ints], T], kinds: Sequence[int]) -> None:
        self._table, self._merge, self._kinds = table, merge, tuple(kinds)
        self._aside: list[Ints] = []
        self._waiting = 0

    def apply(self, rows: Ints, kinds: ByKind) -> None:
        """Take in a batch of events (n, 10); those of other kinds are passed over."""
        at = kinds.any_of(self._kinds)
        if len(at):
            self._aside.append(rows[at])
            self._waiting += len(at)
            if self._waiting > _PATIENCE:
                self.now()

    def now(self) -> T:
        """The table after all events applied so far."""
        if self._aside:
            self._table = self._merge(self._table, np.concatenate(self._aside))
            self._aside, self._waiting = [], 0
        return self._table

    def copy(self) -> "Merged[T]":
        """Another that goes its own way from here."""
        other = Merged(self._table, self._merge, self._kinds)
        other._aside, other._waiting = list(self._aside), self._waiting
        return other
