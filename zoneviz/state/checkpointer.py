"""Checkpoints: the state of the machine as bytes, at intervals."""

from collections.abc import Collection

import numpy as np

from zoneviz.events import Catalog
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

CHECKPOINT_STEP = 1 << 16
"""There is a checkpoint after each multiple of this."""
FINE_STEP = 1 << 14
"""After multiples of this there may be another, if it is small compared with the events it lets a reader skip."""
_SMALL = 32
_EVENT_BYTES = 36
"""Bytes of an event in a file. A fine checkpoint takes at most 1/_SMALL of the bytes of the events since the last one: a file grows
by 3 % at most."""

_GATHER = 1 << 13


class Checkpointer:
    """Follows the events of a recording and makes its checkpoints, after each `step` events and some in between.

    `base`: the state to begin with, if not before the first event; it is changed. `fine`: events after which to make those
    in between; None: where they are small.
    """

    def __init__(
        self, catalog: Catalog, step: int = CHECKPOINT_STEP, base: MachineState | None = None, fine: Collection[int] | None = None
    ) -> None:
        self.step = step
        self._fine = fine
        self._state = MachineState(catalog) if base is None else base
        self._waiting: list[Ints] = []
        self._fed = self._last = self._state.seq
        self._size = 0

    @property
    def state(self) -> MachineState:
        """The machine after the last event fed."""
        if self._waiting:
            self._state.apply(self._waiting[0] if len(self._waiting) == 1 else np.concatenate(self._waiting))
            self._waiting = []
        return self._state

    def feed(self, rows: Ints) -> list[tuple[int, bytes]]:
        """Take in these events (n, 10) and return the checkpoints due, as (seq, state), ascending."""
        out = []
        while len(rows):
            due = min(self.step - self._fed % self.step, FINE_STEP - self._fed % FINE_STEP)
            now, rows = rows[:due], rows[due:]
            self._fed += len(now)
            # Applying ten events costs as much as a thousand, so small batches are gathered.
            self._waiting.append(now)
            if len(now) == due and self._due():
                out.append((self._fed, self.state.to_bytes()))
                self._last, self._size = self._fed, len(out[-1][1])
            elif self._fed - self._state.seq >= _GATHER:
                _ = self.state
        return out

    def _due(self) -> bool:
        """Whether to make a checkpoint now, at a multiple of one of the steps."""
        if self._fed % self.step == 0:
            return True
        if self._fine is not None:
            return self._fed in self._fine
        return (self._fed - self._last) * _EVENT_BYTES >= _SMALL * self._size
