"""What one window has selected: levels, the newest cleared first, and the stretch of the axis as it was dragged."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from zoneviz.gui.session.selection import NOTHING_THERE, Selection, changed, events_between
from zoneviz.playback.series import Series


class Selecting(QObject):
    """The selection of a window, and ways to change it. `problem(sentence)`: something went wrong, such as damage in the file."""

    selection_changed = Signal()
    problem = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.series = Series()
        self.selection = Selection()
        self._levels: list[str] = []
        self._dragged: tuple[float, float, tuple[int, int]] | None = None
        """Where a stretch was dragged, and the events in it."""

    @property
    def zone(self) -> str:
        """Name of the selected zone, or an empty string."""
        return self.selection.zone

    def select(self, **values: Any) -> None:
        """Replace the named fields of the selection, as `select(zone="ipc ports", task=7)`; an empty value clears a field.

        Errors: TypeError for an unknown field.
        """
        self._select(*changed(self.selection, self._levels, values))

    def select_zone(self, name: str) -> None:
        """Select a zone in all views; an empty name clears it."""
        self.select(zone=name)

    def select_stretch(self, low: float, high: float) -> None:
        """Select the events between two places of the axis, those at the places included; without one, say so and select no stretch."""
        low, high = sorted((self.series.snapped(low), self.series.snapped(high)))
        events = events_between(self.series, low, high)
        self._dragged = (low, high, events) if events else None
        self.select(range=events)
        if events is None and self.series.recording is not None and self.series.recording.event_count:
            self.problem.emit(NOTHING_THERE)

    @property
    def stretch(self) -> tuple[float, float] | None:
        """The selected stretch of the axis: as it was dragged, or from its first to its last event."""
        if self.selection.range is None:
            return None
        if self._dragged is not None and self._dragged[2] == self.selection.range:
            return self._dragged[:2]
        first, last = self.selection.range
        return self.series.x_at(first), self.series.x_at(last)

    def clear_one(self) -> None:
        """Clear the newest level of the selection."""
        if self._levels:
            empty = getattr(Selection(), self._levels[-1])
            self.select(**{self._levels[-1]: empty})

    def clear_all(self) -> None:
        """Clear the selection."""
        self._select(Selection(), [])

    def _forget_stretch(self) -> None:
        """Forget where a stretch was dragged: the axis has changed."""
        self._dragged = None

    def _forget_selection(self) -> None:
        """Select nothing, without a signal: what was selected belongs to a recording no longer on show."""
        self.selection, self._levels, self._dragged = Selection(), [], None

    def _select(self, selection: Selection, levels: list[str]) -> None:
        self._levels = levels
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()
