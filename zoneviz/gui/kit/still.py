"""A cached picture of the parts of a widget that do not depend on the moment. Long curves are half the cost of a frame."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class Still:
    """A cached picture, painted again when `key`, the widget's size or its pixel ratio changes."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._key: object = None
        self._picture = QPixmap()
        self.paints = 0
        """The number of times it was painted."""

    def draw(self, painter: QPainter, key: object, paint: Callable[[QPainter], None]) -> None:
        """Draw the picture on the widget; `paint` is called, antialiased, if it must be painted."""
        ratio, size = self._widget.devicePixelRatioF(), self._widget.size()
        if self._key != (key, size, ratio):
            self._key = (key, size, ratio)
            self.paints += 1
            self._picture = QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            own = QPainter(self._picture)
            own.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(own)
            own.end()
        painter.drawPixmap(0, 0, self._picture)
