"""The axis of one view: the one that all views share, until its lock is lifted."""

from PySide6.QtCore import QObject, Signal

from zoneviz.gui.session.axis import Axis, Range
from zoneviz.gui.session.session import Session


class ViewAxis(Axis):
    """While locked, the session's range; afterwards a separate range. `changed`: another range; `lock_changed`: locked or lifted."""

    lock_changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session.axis.extent, lambda: session.moment_x, parent)
        self.session, self.locked = session, True
        self._of: object = None
        """The recording and the unit of a separate range."""
        session.range_changed.connect(self._shared_changed)
        session.grown.connect(self._grown)
        session.recording_changed.connect(self._recording_changed)

    @property
    def range(self) -> Range:
        """First and last visible place."""
        return self.session.range if self.locked else self._range

    @property
    def fitted(self) -> bool:
        """Whether the whole recording is visible."""
        return self.session.axis.fitted if self.locked else self._fitted

    def set_range(self, low: float, high: float) -> None:
        """As `Axis.set_range`; while locked, in all views that share the range."""
        if self.locked:
            self.session.axis.set_range(low, high)
        else:
            super().set_range(low, high)

    def set_locked(self, locked: bool) -> None:
        """Share the range of all views, or keep the present one for this view alone."""
        if locked != self.locked:
            self._range, self._fitted, self._of = self.range, self.fitted, self._shown
            self.locked = locked
            self.lock_changed.emit()
            if self.range != self._range:
                self.changed.emit()

    def _shared_changed(self) -> None:
        if self.locked:
            self.changed.emit()

    def _grown(self) -> None:
        if not self.locked and self._fitted:
            self.fit()

    @property
    def _shown(self) -> object:
        return self.session.series.recording, self.session.series.by_event

    def _recording_changed(self) -> None:
        """Another recording, or another unit of the axis: show all of it. A run that has only ended keeps its range."""
        if not self.locked and (self._fitted or self._of != self._shown):
            self._of = self._shown
            self.fit()
