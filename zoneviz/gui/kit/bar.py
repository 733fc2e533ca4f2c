"""A strip or sheet that takes the focus while it is open, for example to search, and then returns it."""

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget


class Bar(QFrame):
    """If it has the focus when it hides, the widget that had it before `take_keys` gets it back."""

    _before: QWidget | None = None

    def take_keys(self, field: QWidget) -> None:
        """Give the focus to this field of the bar."""
        now = QApplication.focusWidget()
        if now is not None and not self.isAncestorOf(now):
            self._before = now
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """Return the focus, unless another widget has it or the former one is gone or hidden."""
        super().hideEvent(event)
        now, before, self._before = QApplication.focusWidget(), self._before, None
        if before is None or not shiboken6.isValid(before) or not before.isVisible():
            return
        if now is None or self.isAncestorOf(now):
            before.setFocus(Qt.FocusReason.PopupFocusReason)
