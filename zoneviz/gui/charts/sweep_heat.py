"""A sweep of two settings as a heatmap: a cell for each combination, with its figure and what ended it."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.app.sweep_chart import Heat, figure_text
from zoneviz.gui.charts.sweep_canvas import SIZE, SweepCanvas
from zoneviz.gui.kit.colours import amount_colours, contrast
from zoneviz.gui.kit.strokes import thick
from zoneviz.gui.kit.theme import Theme

EDGE, HEAD = 10, 26
LABEL = 24
"""Characters of a row's label."""
INKS = QColor("#ffffff"), QColor("#14161a")


class SweepHeat(SweepCanvas):
    """The cells of a `Heat`; the colour is the median of the figure over the seeds."""

    def __init__(self, theme: Callable[[], Theme], parent: QWidget) -> None:
        super().__init__("Results of the sweep as a heatmap", theme, parent)
        self.heat: Heat | None = None
        self.setMinimumSize(260, 180)

    def show_heat(self, heat: Heat | None) -> None:
        """Draw other results; None if not exactly two settings vary."""
        self.heat, self.figure, self.dots = heat, heat.figure if heat is not None else "", {}
        if heat is not None:
            (across, columns), (down, rows) = heat.across, heat.down
            for (row, column), dot in heat.cells.items():
                self.dots[dot.point] = f"{across} {columns[column]}, {down} {rows[row]}", dot
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells, labels and legend."""
        painter, theme = QPainter(self), self.theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.ground))
        self.spots = {}
        if self.heat is None or not self.heat.cells:
            painter.setPen(QColor(theme.muted))
            said = "No run has ended yet." if self.heat is not None else "A heatmap shows two settings; this sweep varies another number."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, said)
        else:
            self._paint(painter, theme, self.heat)
        painter.end()

    def _paint(self, painter: QPainter, theme: Theme, heat: Heat) -> None:
        metrics = self.fontMetrics()
        line, (across, columns), (down, rows) = metrics.height(), heat.across, heat.down
        names = [words.one_line(label, LABEL) for label in rows]
        left = max(map(metrics.horizontalAdvance, [down, *names])) + 2 * EDGE
        area = QRectF(left, HEAD + line, max(self.width() - left - EDGE, 20), max(self.height() - HEAD - 3 * line - EDGE, 20))
        wide, high = area.width() / len(columns), area.height() / len(rows)
        self.reach = QRectF(-wide / 2, -high / 2, wide, high)
        low, most = (f(dot.median for dot in heat.cells.values()) for f in (min, max))
        colours = [QColor(*map(int, colour)) for colour in amount_colours()]
        for (row, column), dot in heat.cells.items():
            cell = QRectF(area.left() + column * wide, area.top() + row * high, wide - 1, high - 1)
            colour = colours[round(255 * (dot.median - low) / ((most - low) or 1))]
            painter.fillRect(cell, colour)
            self.spots[dot.point] = cell.center()
            text = figure_text(heat.figure, dot.median)
            if metrics.horizontalAdvance(text) < wide - 4 and line < high:
                painter.setPen(max(INKS, key=lambda ink, under=colour: contrast(ink, under)))  # type: ignore[misc]
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
                if high > 3 * line and wide > 6 * SIZE:
                    self.paint_end(painter, cell.center() + QPointF(0, line), dot.ended)
            if dot.point == self.point:
                painter.setPen(QPen(QColor(theme.accent), thick(3.0)))
                painter.drawRect(cell.adjusted(1, 1, -1, -1))
        painter.setPen(QColor(theme.muted))
        painter.drawText(QPointF(EDGE, HEAD + line - 4), down)
        for number, name in enumerate(names):
            room = QRectF(0, area.top() + number * high, left - EDGE, high)
            if high >= line or number % int(line / high + 1) == 0:
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
        free = 0.0
        for number, label in enumerate(columns):
            begin = area.left() + (number + 0.5) * wide - metrics.horizontalAdvance(label) / 2
            if begin >= free:
                painter.drawText(QPointF(begin, area.bottom() + line), label)
                free = begin + metrics.horizontalAdvance(label) + 8
        painter.drawText(QRectF(area.left(), self.height() - line - 3, area.width(), line), Qt.AlignmentFlag.AlignCenter, across)
        self.paint_legend(painter, heat.ends, QPointF(left, HEAD / 2))
