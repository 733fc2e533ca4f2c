"""What each task did in each stretch of TASK_STEP events, counted while recording: by the running task, not the owner."""

import numpy as np

from zoneviz.events import Kind
from zoneviz.state.figures import TASK_FIGURES, TASK_STEP
from zoneviz.state.rows import KIND, SEQ, SIZE, TASK, Ints, Rows

_COUNTED = ((Kind.ZALLOC, 1), (Kind.ZFREE, 3), (Kind.RPC, 5), (Kind.MSG_SEND, 6))
_BYTES = ((Kind.ZALLOC, 2), (Kind.ZFREE, 4))


class TaskSampler:
    """Makes the rows of `task_samples` from all events, fed in order."""

    def __init__(self) -> None:
        self._last = 0
        self._open: dict[int, Ints] = {}

    def feed(self, rows: Ints) -> Rows:
        """Rows (seq, task, TASK_FIGURES) of the stretches that these events (n, 10) complete."""
        out: Rows = []
        while len(rows):
            due = TASK_STEP - self._last % TASK_STEP
            now, rows = rows[:due], rows[due:]
            self._last = int(now[-1, SEQ])
            tasks, where = np.unique(now[:, TASK], return_inverse=True)
            sums = np.zeros((len(tasks), len(TASK_FIGURES)), np.int64)
            sums[:, 0] = np.bincount(where, minlength=len(tasks))
            for kind, figure in _COUNTED:
                sums[:, figure] = np.bincount(where[now[:, KIND] == kind], minlength=len(tasks))
            for kind, figure in _BYTES:
                at = now[:, KIND] == kind
                np.add.at(sums[:, figure], where[at], now[at, SIZE])
            for task, more in zip(tasks.tolist(), sums, strict=True):
                self._open[task] = self._open[task] + more if task in self._open else more
            if len(now) == due:
                out += self.last()
        return out

    def last(self) -> Rows:
        """Rows of the incomplete last stretch; empty if the last stretch is complete."""
        out = [[self._last, task, *figures.tolist()] for task, figures in sorted(self._open.items())]
        self._open = {}
        return out
