"""A painted widget that the keyboard can reach."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class Canvas(QWidget):
    """A widget that paints itself and takes the focus. `opened`: Enter, which asks for the table behind the picture."""

    opened = Signal()

    def __init__(self, name: str, parent: QWidget, text_scale: float = 1.0) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if text_scale != 1.0:
            font = self.font()
            font.setPointSizeF(font.pointSizeF() * text_scale)
            self.setFont(font)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
