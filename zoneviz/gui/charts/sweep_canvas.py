"""What the charts of a sweep share: a point is chosen with the mouse or the arrows; and the shapes of what ended it."""

from collections.abc import Callable, Sequence
from math import hypot

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from zoneviz import words
from zoneviz.app.sweep_chart import OUTLINES, Dot, end_style, figure_text
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.strokes import thick
from zoneviz.gui.kit.theme import Theme

REACH, SIZE = 14, 4.5
"""Pixels around a point in which a click chooses it; half the size of its shape."""
KEYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class SweepCanvas(Canvas):
    """`spots`: the place of each drawn point, by its number. `chosen(point)`; `asked(point)`: double click."""

    chosen = Signal(object)
    asked = Signal(int)

    def __init__(self, name: str, theme: Callable[[], Theme], parent: QWidget) -> None:
        super().__init__(name, parent)
        self.theme = theme
        self.spots: dict[int, QPointF] = {}
        self.dots: dict[int, tuple[str, Dot]] = {}
        """By number of the point: its settings in words, and its figures."""
        self.figure = ""
        self.point: int | None = None
        self.reach = QRectF(-REACH, -REACH, 2 * REACH, 2 * REACH)
        """Where around a spot a click chooses it."""

    def choose(self, point: int | None) -> None:
        """Choose a point, None for none."""
        self.point = point if point in self.dots else None
        self.update()
        self.chosen.emit(self.point)

    def words_of(self, point: int) -> str:
        """What is known of a point, in a line."""
        label, dot = self.dots[point]
        spread = f", {figure_text(self.figure, dot.low)} to {figure_text(self.figure, dot.high)}" if dot.low < dot.high else ""
        seeds = f" over {words.count(dot.seeds, 'seed')}{spread}" if dot.seeds > 1 else ""
        return f"{label}: {figure_text(self.figure, dot.median)} {self.figure}{seeds}; ended by {dot.ended}"

    def at(self, place: QPointF) -> int | None:
        """The point at a place, None for none."""
        near = [(hypot(spot.x() - place.x(), spot.y() - place.y()), point) for point, spot in self.spots.items()
                if self.reach.translated(spot).contains(place)]  # fmt: skip
        return min(near)[1] if near else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the point at the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(self.at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Record the run of the point."""
        point = self.at(event.position())
        if point is not None:
            self.asked.emit(point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose the next point in their direction."""
        step = KEYS.get(Qt.Key(event.key()))
        if step is None or not self.spots:
            super().keyPressEvent(event)
            return
        here = self.spots.get(self.point if self.point is not None else -1)
        self.choose(min(self.spots) if here is None else self._next(here, *step))

    def _next(self, here: QPointF, right: int, down: int) -> int | None:
        """The nearest point in a direction; across it counts double."""
        ahead = []
        for point, spot in self.spots.items():
            dx, dy = spot.x() - here.x(), spot.y() - here.y()
            along, aside = (dx * right, abs(dy)) if right else (dy * down, abs(dx))
            if along > 0.5:
                ahead.append((along + 2 * aside, point))
        return min(ahead)[1] if ahead else self.point

    def event(self, event: QEvent) -> bool:
        """The tool tip says what is known of the point at the pointer."""
        if isinstance(event, QHelpEvent):
            point = self.at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), words.one_line(self.words_of(point)) if point is not None else "", self)
            return True
        return super().event(event)

    def paint_end(self, painter: QPainter, place: QPointF, ended: str, size: float = SIZE) -> None:
        """Paint the shape of what ended a point."""
        colour, shape = end_style(ended)
        painter.setPen(QPen(QColor(self.theme().ground), thick(1.0)))
        painter.setBrush(QColor(colour))
        if shape == "circle":
            painter.drawEllipse(place, size, size)
        else:
            painter.drawPolygon(QPolygonF([place + QPointF(x * size, y * size) for x, y in OUTLINES[shape]]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def paint_legend(self, painter: QPainter, ends: Sequence[str], place: QPointF) -> float:
        """Paint what each shape stands for, from a place on to the right. Returns where the legend ends."""
        metrics, x = painter.fontMetrics(), place.x()
        for name in ends:
            self.paint_end(painter, QPointF(x + SIZE, place.y()), name)
            painter.setPen(QColor(self.theme().text))
            text = words.one_line(name, 30)
            painter.drawText(QPointF(x + 2 * SIZE + 5, place.y() + metrics.ascent() / 2 - 1), text)
            x += 2 * SIZE + 5 + metrics.horizontalAdvance(text) + 16
        return x
