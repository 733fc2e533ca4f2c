"""Keeps a state beside the recorder and gives a checkpoint of it now and then."""

from collections.abc import Collection

import numpy as np

from zoneviz.events import Catalog
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

CHECKPOINT_STEP = 1 << 16
"""Events from one checkpoint to the next, at most: after each multiple there is one."""
FINE_STEP = 1 << 14
"""After multiples of this there may be one too, where it is small beside the events it spares a reader."""
_SMALL = 32
_EVENT_BYTES = 36
"""A fine checkpoint takes at most 1/32 of the bytes of the events since the last, so that a file grows by 3 % at most."""

_GATHER = 1 << 13


class Checkpointer:
    """For `Recorder(..., checkpointer=Checkpointer(catalog))`. `base`: where it begins, if not before the first event.

    `fine`: the events after which there are checkpoints between the multiples of `step`; None: where they are small.
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
            self._state.apply(np.concatenate(self._waiting))
            self._waiting = []
        return self._state

    def feed(self, rows: Ints) -> list[tuple[int, bytes]]:
        """Take these events (n, 10) and give the checkpoints due: (seq, state), ascending."""
        out = []
        while len(rows):
            due = min(self.step - self._fed % self.step, FINE_STEP - self._fed % FINE_STEP)
            now, rows = rows[:due], rows[due:]
            self._fed += len(now)
            # Small batches are gathered: applying one costs the same for ten events as for a thousand.
            self._waiting.append(now)
            if len(now) == due and self._wanted():
                out.append((self._fed, self.state.to_bytes()))
                self._last, self._size = self._fed, len(out[-1][1])
            elif self._fed - self._state.seq >= _GATHER:
                _ = self.state
        return out

    def _wanted(self) -> bool:
        """Whether there is a checkpoint after what was fed, which is a multiple of one of the steps."""
        if self._fed % self.step == 0:
            return True
        if self._fine is not None:
            return self._fed in self._fine
        return (self._fed - self._last) * _EVENT_BYTES >= _SMALL * self._size
