"""What each task did in each stretch of TASK_STEP events, counted while recording: by the running task, not the owner."""

import numpy as np
import numpy.typing as npt

from zoneviz.events import Kind
from zoneviz.state.figures import TASK_FIGURES, TASK_STEP
from zoneviz.state.rows import KIND, SEQ, SIZE, TASK, Ints

_NEEDED = [SEQ, TASK, KIND, SIZE]
_COUNTED = ((Kind.ZALLOC, 1, 2), (Kind.ZFREE, 3, 4), (Kind.RPC, 5, 0), (Kind.MSG_SEND, 6, 0))
"""A kind, the figure that counts its events, and the figure that adds up their sizes (0: none)."""
_SPAN = 8
"""Task ids are counted by number if their range is at most this many times the number of events; else they are sorted."""

_NOTHING = np.empty((0, 2 + len(TASK_FIGURES)), np.int64)


class TaskSampler:
    """Makes the rows of `task_samples` from all events, fed in order."""

    def __init__(self) -> None:
        self._open: Ints = np.empty((len(_NEEDED), 0), np.int64)
        """The columns _NEEDED of the events of the incomplete stretch."""

    def feed(self, rows: Ints) -> Ints:
        """Rows (n, 9), seq, task and TASK_FIGURES, of the stretches that these events (n, 10) complete."""
        out = [_NOTHING]
        while len(rows):
            due = TASK_STEP - (int(rows[0, SEQ]) - 1) % TASK_STEP
            now, rows = rows[:due], rows[due:]
            self._open = np.concatenate([self._open, now.T[_NEEDED]], axis=1)
            if len(now) == due:
                out.append(self.last())
        return np.concatenate(out)

    def last(self) -> Ints:
        """Rows of the incomplete last stretch; empty if the last stretch is complete."""
        seq, task, kind, size = self._open
        if not len(seq):
            return _NOTHING
        tasks, which = _numbered(task)
        sums = np.zeros((len(TASK_FIGURES), len(tasks)), np.int64)
        sums[0] = np.bincount(which, minlength=len(tasks))
        for one, count, total in _COUNTED:
            at = np.flatnonzero(kind == one)
            if len(at):
                sums[count] = np.bincount(which[at], minlength=len(tasks))
                if total:
                    np.add.at(sums[total], which[at], size[at])
        self._open = self._open[:, :0]
        return np.column_stack([np.full(len(tasks), seq[-1]), tasks, sums.T])


def _numbered(ids: Ints) -> tuple[Ints, npt.NDArray[np.intp]]:
    """The different ids, ascending, and the place of each of `ids` (n,) among them, (n,)."""
    low, span = int(ids.min()), int(ids.max()) - int(ids.min()) + 1
    if span > _SPAN * len(ids):
        return np.unique(ids, return_inverse=True)
    there = np.bincount(ids - low) > 0
    return low + np.flatnonzero(there), (np.cumsum(there) - 1)[ids - low]
