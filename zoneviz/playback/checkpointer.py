"""Keeps a state beside the recorder and gives a checkpoint of it now and then."""

import numpy as np

from zoneviz.events import Catalog
from zoneviz.playback.state import MachineState
from zoneviz.recording.totals import Ints

CHECKPOINT_STEP = 1 << 16
"""Events between two checkpoints."""


_GATHER = 1 << 13


class Checkpointer:
    """For `Recorder(..., checkpointer=Checkpointer(catalog))`. `base`: where it begins, if not before the first event."""

    def __init__(self, catalog: Catalog, step: int = CHECKPOINT_STEP, base: MachineState | None = None) -> None:
        self.step = step
        self._state = MachineState(catalog) if base is None else base
        self._waiting: list[Ints] = []
        self._fed = self._state.seq

    @property
    def state(self) -> MachineState:
        """The machine after the last event fed."""
        if self._waiting:
            self._state.apply(np.concatenate(self._waiting))
            self._waiting = []
        return self._state

    def feed(self, rows: Ints) -> list[tuple[int, bytes]]:
        """Take these events (n, 10) and give the checkpoints due: (seq, state) at each multiple of `step`."""
        out = []
        while len(rows):
            due = self.step - self._fed % self.step
            now, rows = rows[:due], rows[due:]
            self._fed += len(now)
            # Small batches are gathered: applying one costs the same for ten events as for a thousand.
            self._waiting.append(now)
            if len(now) == due:
                out.append((self._fed, self.state.to_bytes()))
            elif self._fed - self._state.seq >= _GATHER:
                _ = self.state
        return out
