"""A text field that Esc leaves."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from zoneviz.gui.kit.escape import claimed


class Line(QLineEdit):
    """A text field. Esc emits `left`, even where the window uses Esc as a shortcut."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        """Claim Esc before it becomes a shortcut."""
        return claimed(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc emits `left`."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
