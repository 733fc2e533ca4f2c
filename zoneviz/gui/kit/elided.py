"""A label that may have any width: it ends in dots where its words do not fit, and its tool tip has all of them."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QStyle, QStyleOption, QWidget

LEAST = 24
"""The smallest width in pixels."""


class Elided(QLabel):
    """One line of plain text. `inset`: pixels between the edge and the words where they are shortened."""

    def __init__(self, parent: QWidget | None = None, inset: int = 0) -> None:
        super().__init__(parent)
        self._inset = inset
        self.setTextFormat(Qt.TextFormat.PlainText)

    @property
    def shown(self) -> str:
        """The words as painted."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - 2 * self._inset)

    def minimumSizeHint(self) -> QSize:
        """A few pixels wide."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), LEAST), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as tool tip if it is shortened."""
        super().resizeEvent(event)
        self.setToolTip(self.text() if self.shown != self.text() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, shortened if they do not fit."""
        if self.shown == self.text():
            super().paintEvent(event)
            return
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        room = self.rect().adjusted(self._inset, 0, -self._inset, 0)
        painter.drawText(room, self.alignment() | Qt.AlignmentFlag.AlignVCenter, self.shown)
        painter.end()
