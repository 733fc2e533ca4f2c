"""The visible range of the charts' axis."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

Range = tuple[float, float]
NARROWEST = 1e-7, 1e-9
"""The narrowest range: a share of the whole axis, and seconds or events."""
MARGIN = 0.1
"""Where a place that is brought into view stands: this share of the range inside the edge it came from."""


class Axis(QObject):
    """A range (low, high) of the axis, in seconds, or numbers of events or readings. `changed`: another range.

    `extent`: returns the whole axis; `moment`: the place of the moment. `fitted`: the whole recording is visible, and stays so while it
    grows.
    """

    changed = Signal()

    def __init__(self, extent: Callable[[], Range], moment: Callable[[], float], parent: QObject) -> None:
        super().__init__(parent)
        self.extent, self._moment = extent, moment
        self._range: Range = (0.0, 1.0)
        self._fitted = True

    @property
    def range(self) -> Range:
        """First and last visible place."""
        return self._range

    @property
    def fitted(self) -> bool:
        """Whether the whole recording is visible."""
        return self._fitted

    def reset(self) -> None:
        """Show the whole recording, without a signal: the caller tells the views."""
        self._range, self._fitted = self.extent(), True

    def set_range(self, low: float, high: float) -> None:
        """Show this stretch, clipped to the recording and to the narrowest that can be drawn."""
        first, last = self.extent()
        whole = last - first
        width = min(max(high - low, whole * NARROWEST[0], NARROWEST[1]), whole)
        low = min(max(low, first), last - width)
        self._fitted = width >= whole * 0.999
        if (low, low + width) != self._range:
            self._range = (low, low + width)
            self.changed.emit()

    def fit(self) -> None:
        """Show the whole recording."""
        self.set_range(*self.extent())

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Make the range `factor` times as wide. The place `around` (default: the moment) keeps its position on the screen."""
        low, high = self.range
        if around is None:
            around = self._moment() if low <= self._moment() <= high else (low + high) / 2
        self.set_range(around - (around - low) * factor, around + (high - around) * factor)

    def pan(self, share: float) -> None:
        """Move the range by a share of its width."""
        low, high = self.range
        self.set_range(low + share * (high - low), high + share * (high - low))

    def reveal(self, x: float) -> None:
        """Move the range, if need be, so that it contains the place `x`."""
        low, high = self.range
        if not low <= x <= high:
            start = x - (high - low) * (MARGIN if x > high else 1 - MARGIN)
            self.set_range(start, start + high - low)
