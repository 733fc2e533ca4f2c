"""A small curve in a table cell, scaled from 0 to its peak."""

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from zoneviz.gui.kit.rows import COLOUR, CURVE

WIDEST = 260
"""Maximum width of a curve in pixels."""


def shape(values: np.ndarray, area: QRectF) -> QPolygonF:
    """The curve of `values` (n,) in an area; a line at the bottom if all are 0."""
    top = max(float(values.max(initial=0)), 1.0)
    x = np.linspace(area.left(), area.right(), len(values))
    y = area.bottom() - values / top * area.height()
    return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])


def inside(cell: QRectF) -> QRectF:
    """The part of a cell that its curve fills."""
    area = cell.adjusted(7, 3, -7, -3)
    area.setWidth(min(area.width(), WIDEST))
    return area


class Sparkline(QStyledItemDelegate):
    """Paints the CURVE of a row in its COLOUR, if it has one. Painted curves are cached until they change."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: dict[int, tuple[np.ndarray, object, QPixmap]] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Paint the background, then the curve."""
        super().paint(painter, option, index)
        values = index.data(CURVE)
        if values is None or len(values) < 2:
            return
        colour, ratio = QColor(index.data(COLOUR)), painter.device().devicePixelRatioF()
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:  # SVG and PDF get lines, not pixels
            draw(painter, values, colour, QRectF(option.rect))
            return
        size = QSize(min(option.rect.width(), WIDEST + 14), option.rect.height())
        key = (colour.rgba(), size.width(), size.height(), ratio)
        kept = self._kept.get(index.row())
        if kept is None or kept[0] is not values or kept[1] != key:
            kept = self._kept[index.row()] = (values, key, picture(values, colour, size, ratio))
        painter.drawPixmap(option.rect.topLeft(), kept[2])


def picture(values: np.ndarray, colour: QColor, size: QSize, ratio: float) -> QPixmap:
    """The curve as an image of a cell of this size; `ratio`: physical pixels per point."""
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    draw(painter, values, colour, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return made


def draw(painter: QPainter, values: np.ndarray, colour: QColor, cell: QRectF) -> None:
    """Draw curve and filled area in a cell; nothing if all values are 0."""
    if not values.any():
        return
    area = inside(cell)
    ground = QColor(colour)
    ground.setAlpha(70)
    line = shape(values, area)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawPolygon(QPolygonF([area.bottomLeft(), *line.toList(), area.bottomRight()]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.3))
    painter.drawPolyline(line)
    painter.restore()
