"""A small curve in a cell of a table: each row by its own scale, from 0 to its peak."""

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from zoneviz.gui.models.zones import COLOUR, CURVE

WIDEST = 260
"""Pixels: a curve that is as wide as a screen is no small one."""


def shape(values: np.ndarray, area: QRectF) -> QPolygonF:
    """The curve in an area; a line at its bottom where there is nothing but 0."""
    top = max(float(values.max(initial=0)), 1.0)
    x = np.linspace(area.left(), area.right(), len(values))
    y = area.bottom() - values / top * area.height()
    return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])


class Sparkline(QStyledItemDelegate):
    """Paints the CURVE of a row in its COLOUR; rows without one stay empty."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """The row's ground, then the curve."""
        super().paint(painter, option, index)
        values = index.data(CURVE)
        if values is None or len(values) < 2 or not values.any():
            return
        area = QRectF(option.rect).adjusted(7, 3, -7, -3)
        area.setWidth(min(area.width(), WIDEST))
        colour = QColor(index.data(COLOUR))
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
