"""Drawing in frames: what asks to be drawn between two frames is drawn once.

What is quickly drawn is drawn in the next frame. What is slow waits its turn if the frame has no time left for it, so a dragged
cursor stays smooth however many views are open: the slow ones follow when no request comes between, and during a drag every LATEST
seconds, one a frame.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter, thread_time

from PySide6.QtCore import QObject, QTimer

FRAME_MS = 33
"""Frame interval in ms; also the minimum gap between redraws of a live run, so that the simulation gets the GIL."""
QUICK = 0.002
"""A drawing that takes up to this many seconds of the processor is quick and never waits."""
BUDGET = 0.004
"""Seconds of a frame for what is slow; longer only for one that would otherwise wait too long."""
LATEST = 0.35
"""What is slow waits this many seconds, then it is drawn, one a frame."""
FULL = 0.01
"""A frame that begins with more seconds of work than this has no time for anything slow, unless that has waited twice as long."""


class Frames(QObject):
    """Calls every `draw` asked for, once a frame. `live`: leave FRAME_MS between two frames; otherwise draw when Qt is idle."""

    clock = staticmethod(perf_counter)
    """Seconds, for what waits and when a frame was drawn."""
    work = staticmethod(thread_time)
    """Seconds this thread has worked: a busy machine, or a run that holds the GIL, makes no drawing slow."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.live = False
        self._asked: dict[Callable[[], object], float] = {}
        """When each was first asked for since it was last drawn, longest waiting first."""
        self._cost: dict[Callable[[], object], float] = {}
        """Seconds of work each took, the last times counting most."""
        self._before = 0.0
        self.drawn = 0.0
        """When the last frame was drawn, by `clock`."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.draw)

    def ask(self, draw: Callable[[], object]) -> None:
        """Call `draw` soon; once, however often it is asked for."""
        self._asked.setdefault(draw, self.clock())
        self._start()

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """Context for work that the next frame waits for, such as a seek."""
        begun = self.work()
        try:
            yield
        finally:
            self._before += self.work() - begun

    @property
    def pending(self) -> bool:
        """Whether something waits to be drawn."""
        return bool(self._asked)

    def draw(self) -> None:
        """Draw the next frame: all that is quick, and of what is slow as much as there is time for."""
        begun, spent = self.clock(), 0.0
        costs = {draw: self._cost.get(draw, 0.0) for draw in self._asked}
        slow = [draw for draw in costs if costs[draw] > QUICK]
        for draw in costs:
            if costs[draw] <= QUICK:
                self._take(draw)
        alone = len(slow) == len(costs)
        latest, budget = (LATEST, BUDGET) if self._before <= FULL else (2 * LATEST, 0.0)
        for draw in slow:
            due = alone or begun - self._asked.get(draw, begun) >= latest
            if spent + costs[draw] <= budget or (due and not spent):
                spent += self._take(draw)
        self._over()

    def flush(self) -> None:
        """Draw everything now, however long it takes: for pictures."""
        for draw in [*self._asked]:
            self._take(draw)
        self._over()

    def clear(self) -> None:
        """Forget what was asked for, and how long it took for another recording."""
        self._asked, self._cost = {}, {}

    def _take(self, draw: Callable[[], object]) -> float:
        """Draw one, unless another has cleared it; the seconds it took."""
        begun = self.work()
        if self._asked.pop(draw, None) is None:
            return 0.0
        draw()
        took = self.work() - begun
        self._cost[draw] = (self._cost.get(draw, took) + took) / 2
        return took

    def _over(self) -> None:
        self._timer.stop()
        self.drawn, self._before = self.clock(), 0.0
        if self._asked:
            self._start()

    def _start(self) -> None:
        if not self._timer.isActive():
            self._timer.start(max(0, FRAME_MS - round((self.clock() - self.drawn) * 1000)) if self.live else 0)
