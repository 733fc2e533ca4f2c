"""The window's icons, painted as paths: sharp at every scale and in the colours of the theme."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap, QPolygonF

from zoneviz.gui.kit.theme import Theme


def _path(name: str) -> QPainterPath:
    """The shape of an icon in a square of 16 units; empty for an unknown name."""
    path = QPainterPath()
    if name == "run":
        path.addEllipse(QRectF(3.5, 3.5, 9, 9))
    elif name == "pause":
        path.addRect(QRectF(4, 3, 3, 10))
        path.addRect(QRectF(9, 3, 3, 10))
    elif name == "stop":
        path.addRect(QRectF(4, 4, 8, 8))
    elif name == "play":
        path.addPolygon(QPolygonF([QPointF(4, 2.5), QPointF(13, 8), QPointF(4, 13.5)]))
    elif name == "next":
        path.addPolygon(QPolygonF([QPointF(5, 4), QPointF(9.5, 8), QPointF(5, 12), QPointF(6.7, 12), QPointF(11.2, 8), QPointF(6.7, 4)]))
    elif name == "back":
        path.addPolygon(QPolygonF([QPointF(11, 4), QPointF(6.5, 8), QPointF(11, 12), QPointF(9.3, 12), QPointF(4.8, 8), QPointF(9.3, 4)]))
    elif name == "last":
        path.addPolygon(QPolygonF([QPointF(3, 3.5), QPointF(10, 8), QPointF(3, 12.5)]))
        path.addRect(QRectF(11, 3.5, 1.8, 9))
    elif name == "first":
        path.addPolygon(QPolygonF([QPointF(13, 3.5), QPointF(6, 8), QPointF(13, 12.5)]))
        path.addRect(QRectF(3.2, 3.5, 1.8, 9))
    elif name == "step":
        path.addRect(QRectF(3.5, 3.5, 2, 9))
        path.addPolygon(QPolygonF([QPointF(7, 3.5), QPointF(13, 8), QPointF(7, 12.5)]))
    return path


def _pixmap(name: str, colour: str) -> QPixmap:
    pixmap = QPixmap(64, 64)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(4, 4)
    painter.fillPath(_path(name), QColor(colour))
    painter.end()
    return pixmap


def icon(name: str, theme: Theme, on_accent: bool = False) -> QIcon:
    """An icon in the colours of the theme, grey while its control is disabled."""
    out = QIcon(_pixmap(name, theme.on_accent if on_accent else theme.text))
    out.addPixmap(_pixmap(name, "#5b626d" if theme.dark else "#a5abb5"), QIcon.Mode.Disabled)
    return out
