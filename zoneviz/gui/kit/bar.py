"""A strip or sheet that takes the keys for a while, as to search or to write a note, and gives them back."""

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget


class Bar(QFrame):
    """When it hides with the keys in it, they go back to what had them before `take_keys`."""

    _before: QWidget | None = None

    def take_keys(self, field: QWidget) -> None:
        """Let this field of the bar have the keys."""
        now = QApplication.focusWidget()
        if now is not None and not self.isAncestorOf(now):
            self._before = now
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """Give them back, unless something else has them by now or is gone."""
        super().hideEvent(event)
        now, before, self._before = QApplication.focusWidget(), self._before, None
        if before is None or not shiboken6.isValid(before) or not before.isVisible():
            return
        if now is None or self.isAncestorOf(now):
            before.setFocus(Qt.FocusReason.PopupFocusReason)
