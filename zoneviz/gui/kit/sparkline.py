"""A small curve in a cell of a table: each row by its own scale, from 0 to its peak."""

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from zoneviz.gui.kit.rows import COLOUR, CURVE

WIDEST = 260
"""Pixels: a curve that is as wide as a screen is no small one."""


def shape(values: np.ndarray, area: QRectF) -> QPolygonF:
    """The curve in an area; a line at its bottom where there is nothing but 0."""
    top = max(float(values.max(initial=0)), 1.0)
    x = np.linspace(area.left(), area.right(), len(values))
    y = area.bottom() - values / top * area.height()
    return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])


class Sparkline(QStyledItemDelegate):
    """Paints the CURVE of a row in its COLOUR; rows without one stay empty. A curve is painted once, and again when it is another."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: dict[int, tuple[np.ndarray, object, QPixmap]] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """The row's ground, then the curve."""
        super().paint(painter, option, index)
        values = index.data(CURVE)
        if values is None or len(values) < 2:
            return
        colour, ratio = QColor(index.data(COLOUR)), painter.device().devicePixelRatioF()
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:  # a picture for print is drawn with lines, not with pixels
            draw(painter, values, colour, QRectF(option.rect))
            return
        size = QSize(min(option.rect.width(), WIDEST + 14), option.rect.height())
        key = (colour.rgba(), size.width(), size.height(), ratio)
        kept = self._kept.get(index.row())
        if kept is None or kept[0] is not values or kept[1] != key:
            kept = self._kept[index.row()] = (values, key, picture(values, colour, size, ratio))
        painter.drawPixmap(option.rect.topLeft(), kept[2])


def picture(values: np.ndarray, colour: QColor, size: QSize, ratio: float) -> QPixmap:
    """The curve as large as a cell of that size."""
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    draw(painter, values, colour, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return made


def draw(painter: QPainter, values: np.ndarray, colour: QColor, cell: QRectF) -> None:
    """The curve over its own ground, in a cell; nothing where there is nothing but 0."""
    if not values.any():
        return
    area = cell.adjusted(7, 3, -7, -3)
    area.setWidth(min(area.width(), WIDEST))
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
