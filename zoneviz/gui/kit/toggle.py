"""A button that is on or off, and looks so: a box with a tick beside its word."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QPushButton, QWidget

LEFT, SIDE = 0.25, 0.9
"""Space left of the box and its size, in em; the style sheet leaves room for both."""
TICK = ((0.2, 0.52), (0.42, 0.74), (0.8, 0.28))
"""Corners of the tick in shares of the box."""


def paint_box(button: QPushButton) -> None:
    """Paint the box of a toggle on it, in the colours of the application's palette: those of the theme."""
    roles, palette = QPalette.ColorRole, QGuiApplication.palette()
    em = button.fontInfo().pixelSize()
    side = round(SIDE * em)
    box = QRectF(round(LEFT * em) + 0.5, (button.height() - side) // 2 + 0.5, side, side)
    edge = palette.color(roles.Mid if not button.isEnabled() else roles.Highlight if button.isChecked() else roles.PlaceholderText)
    painter = QPainter(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(edge if button.isChecked() else QColor(Qt.GlobalColor.transparent))
    painter.drawRoundedRect(box, 2.5, 2.5)
    if button.isChecked():
        painter.setPen(QPen(palette.color(roles.HighlightedText), max(side / 7, 1.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(box.x() + x * side, box.y() + y * side) for x, y in TICK]))
    painter.end()


class Toggle(QPushButton):
    """A word that is on or off."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setProperty("role", "toggle")
        self.setCheckable(True)
        self.setAutoDefault(False)  # in a dialog, Enter is for the default button

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the word and the box before it."""
        super().paintEvent(event)
        paint_box(self)
