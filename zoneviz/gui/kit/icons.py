"""The window's icons, painted as paths: sharp at every scale and in the colours of the theme."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap, QPolygonF

from zoneviz.gui.kit.theme import Theme

POLYGONS: dict[str, tuple[tuple[float, float], ...]] = {
    "finished": ((2, 8.5), (4, 6.5), (6.5, 9), (12, 3.5), (14, 5.5), (6.5, 13)),
    "panic": ((4, 2), (8, 6), (12, 2), (14, 4), (10, 8), (14, 12), (12, 14), (8, 10), (4, 14), (2, 12), (6, 8), (2, 4)),
}
"""Corners of a tick and of a cross."""


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
    else:
        _of_state(name, path)
    return path


def _of_state(name: str, path: QPainterPath) -> None:
    """Add the icon of a state of a run: another shape for each."""
    if name in ("running", "starting"):
        path.addPolygon(QPolygonF([QPointF(4, 2.5), QPointF(13, 8), QPointF(4, 13.5)]))
    elif name == "recording":
        path.addEllipse(QRectF(3, 3, 10, 10))
    elif name == "paused":
        path.addRect(QRectF(4, 3, 3, 10))
        path.addRect(QRectF(9, 3, 3, 10))
    elif name == "stopped":
        path.addRect(QRectF(3.5, 3.5, 9, 9))
    elif name in POLYGONS:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in POLYGONS[name]]))
    elif name in ("error", "hang", "incomplete"):
        path.addPolygon(QPolygonF([QPointF(8, 1.5), QPointF(15, 14), QPointF(1, 14)]))
        path.addRect(QRectF(7.1, 5.5, 1.8, 4.5))
        path.addRect(QRectF(7.1, 11, 1.8, 1.8))
    elif name == "excerpt":
        path.addRect(QRectF(2, 6.5, 2.5, 3))
        path.addRect(QRectF(6.75, 6.5, 2.5, 3))
        path.addRect(QRectF(11.5, 6.5, 2.5, 3))


def _pixmap(name: str, colour: str) -> QPixmap:
    pixmap = QPixmap(64, 64)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(4, 4)
    painter.fillPath(_path(name), QColor(colour))
    painter.end()
    return pixmap


def picture(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon of `size` points in one colour, for a screen with `ratio` pixels per point."""
    side = round(size * ratio)
    out = _pixmap(name, colour).scaled(side, side, mode=Qt.TransformationMode.SmoothTransformation)
    out.setDevicePixelRatio(ratio)
    return out


def icon(name: str, theme: Theme, on_accent: bool = False) -> QIcon:
    """An icon in the colours of the theme, grey while its control is disabled."""
    out = QIcon(_pixmap(name, theme.on_accent if on_accent else theme.text))
    out.addPixmap(_pixmap(name, "#5b626d" if theme.dark else "#a5abb5"), QIcon.Mode.Disabled)
    return out
