"""What stays the same while the moment moves, painted once: long lines and areas cost as much as all the rest of a frame."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class Still:
    """A picture of a widget's lasting part. It is painted anew where `key` is another, or the widget has other pixels."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._key: object = None
        self._picture = QPixmap()
        self.paints = 0
        """How often it was painted."""

    def draw(self, painter: QPainter, key: object, paint: Callable[[QPainter], None]) -> None:
        """Put it on the widget by way of `painter`; `paint` paints it, antialiased, where it has to be made."""
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
