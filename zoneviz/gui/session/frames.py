"""Drawing in frames: what asks to be drawn between two frames is drawn once, all of it together."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, QTimer

FRAME_MS = 33
"""Frame interval in ms; also the minimum gap between redraws of a live run, so that the simulation gets the GIL."""


class Frames(QObject):
    """Calls every `draw` asked for, once a frame. `live`: leave FRAME_MS between two frames; otherwise draw when Qt is idle."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.live = False
        self._asked: dict[Callable[[], object], None] = {}
        self.drawn = 0.0
        """When the last frame was drawn, as `time.monotonic()`."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)

    def ask(self, draw: Callable[[], object]) -> None:
        """Call `draw` with the next frame; once, however often it is asked for."""
        self._asked[draw] = None
        if not self._timer.isActive():
            self._timer.start(max(0, FRAME_MS - round((monotonic() - self.drawn) * 1000)) if self.live else 0)

    @property
    def pending(self) -> bool:
        """Whether something waits for the next frame."""
        return bool(self._asked)

    def flush(self) -> None:
        """Draw the next frame now."""
        self._timer.stop()
        asked, self._asked = [*self._asked], {}
        for draw in asked:
            draw()
        self.drawn = monotonic()

    def clear(self) -> None:
        """Forget what was asked for."""
        self._asked = {}
