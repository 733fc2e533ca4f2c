"""A sweep as lines over one setting: medians, the range over the seeds, what ended each point, and the original report's figures."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.app.sweep_chart import Chart, Line, Mark, figure_text
from zoneviz.gui.charts.sweep_canvas import SIZE, SweepCanvas
from zoneviz.gui.kit.strokes import thick
from zoneviz.gui.kit.theme import Theme
from zoneviz.playback import axes

EDGE, HEAD = 10, 26
"""Pixels of a margin and of the legend."""
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
RIGHT, LEFT, MIDDLE = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
LABEL = 40
"""Characters of the label of a line."""
EMPTY = Chart("", "", [], [], [])


class SweepPlot(SweepCanvas):
    """The lines of a `Chart`. `marks`: figures of the original report, drawn if `reference`."""

    def __init__(self, theme: Callable[[], Theme], parent: QWidget) -> None:
        super().__init__("Results of the sweep as lines", theme, parent)
        self.chart, self.marks, self.reference = EMPTY, list[Mark](), True
        self.setMinimumSize(260, 180)

    def show_chart(self, chart: Chart, marks: Sequence[Mark]) -> None:
        """Draw other results."""
        self.chart, self.marks, self.figure = chart, [*marks], chart.figure
        labels = dict(chart.places)
        self.dots = {
            dot.point: (", ".join(filter(None, (line.label, f"{chart.axis} {labels.get(dot.at, '')}"))), dot)
            for line in chart.lines for dot in line.dots
        }  # fmt: skip
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, lines, points and legend."""
        painter, theme = QPainter(self), self.theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.ground))
        self.spots = {}
        if self.dots:
            self._paint(painter, theme)
        else:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No run has ended yet.")
        painter.end()

    def _paint(self, painter: QPainter, theme: Theme) -> None:
        metrics = self.fontMetrics()
        marks = self.marks if self.reference else []
        top = max([dot.high for _, dot in self.dots.values()] + [mark.value for mark in marks] + [1e-9]) * 1.04
        step = axes.byte_step if self.figure.endswith(("_used", "_bytes")) else axes.round_step
        ticks = axes.places(0.0, top, step(top, max(self.height() / 50, 2)))
        left = max(metrics.horizontalAdvance(figure_text(self.figure, tick)) for tick in ticks) + 2 * EDGE
        named = [words.one_line(line.label, LABEL) for line in self.chart.lines]
        right = max(map(metrics.horizontalAdvance, named)) + 2 * EDGE
        right = min(right, self.width() // 3) if len(named) > 1 else 2 * EDGE
        area = QRectF(left, HEAD, max(self.width() - left - right, 20), max(self.height() - HEAD - 2 * metrics.height() - EDGE, 20))

        def place(at: float, value: float) -> QPointF:
            return QPointF(area.left() + EDGE + at * (area.width() - 2 * EDGE), area.bottom() - value / top * area.height())

        self._axes(painter, theme, area, [(place(0, tick).y(), figure_text(self.figure, tick)) for tick in ticks], place)
        ends = [self._line(painter, theme, line, number, place) for number, line in enumerate(self.chart.lines)]
        if len(named) > 1:
            self._names(painter, theme, area, named, ends)
        for mark in marks:
            self._mark(painter, theme, place(mark.at, mark.value))
        x = self.paint_legend(painter, self.chart.ends, QPointF(left, HEAD / 2))
        if marks:
            self._mark(painter, theme, QPointF(x + 8, HEAD / 2))
            painter.setPen(QColor(theme.text))
            ids = words.listed(list(dict.fromkeys(mark.claim for mark in marks)))
            painter.drawText(QPointF(x + 22, HEAD / 2 + metrics.ascent() / 2 - 1), f"original report ({ids})")

    def _axes(
        self, painter: QPainter, theme: Theme, area: QRectF, ticks: list[tuple[float, str]], place: Callable[[float, float], QPointF]
    ) -> None:
        line = self.fontMetrics().height()
        for y, label in ticks:
            painter.setPen(QPen(QColor(theme.grid), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(0, y - line / 2, area.left() - EDGE / 2, line), RIGHT | MIDDLE, label)
        free = 0.0
        for at, label in self.chart.places:
            x, wide = place(at, 0).x(), self.fontMetrics().horizontalAdvance(label)
            begin = min(max(x - wide / 2, 0.0), self.width() - wide)
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 3))
            if begin >= free:
                painter.drawText(QPointF(begin, area.bottom() + line), label)
                free = begin + wide + 8
        painter.drawText(QRectF(area.left(), self.height() - line - 3, area.width(), line), Qt.AlignmentFlag.AlignCenter, self.chart.axis)

    def _line(self, painter: QPainter, theme: Theme, line: Line, number: int, place: Callable[[float, float], QPointF]) -> float:
        """Paint a line; returns the height at which it ends."""
        spots = [place(dot.at, dot.median) for dot in line.dots]
        painter.setPen(QPen(QColor(theme.muted), thick(1.4), DASHES[number % len(DASHES)]))
        painter.drawPolyline(QPolygonF(spots))
        for dot, spot in zip(line.dots, spots, strict=True):
            self.spots[dot.point] = spot
            painter.setPen(QPen(QColor(theme.text), thick(1.2)))
            if dot.low < dot.high:
                painter.drawLine(place(dot.at, dot.low), place(dot.at, dot.high))
            if dot.point == self.point:
                painter.setPen(QPen(QColor(theme.accent), thick(2.0)))
                painter.drawEllipse(spot, SIZE + 4, SIZE + 4)
            self.paint_end(painter, spot, dot.ended)
        return spots[-1].y() if spots else 0.0

    def _names(self, painter: QPainter, theme: Theme, area: QRectF, named: list[str], ends: list[float]) -> None:
        """Write the names of the lines beside their ends, below each other."""
        line, free = self.fontMetrics().height(), 0.0
        painter.setPen(QColor(theme.text))
        for y, name in sorted(zip(ends, named, strict=True)):
            at = max(y - line / 2, free)
            room = QRectF(area.right() + EDGE / 2, at, self.width() - area.right() - EDGE / 2, line)
            painter.drawText(room, LEFT | MIDDLE, self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width())))
            free = at + line

    def _mark(self, painter: QPainter, theme: Theme, place: QPointF) -> None:
        """A figure of the original report: a bar with two ends."""
        painter.setPen(QPen(QColor(theme.danger), thick(2.0)))
        painter.drawLine(place - QPointF(8, 0), place + QPointF(8, 0))
        for x in (-8, 8):
            painter.drawLine(place + QPointF(x, -3), place + QPointF(x, 3))
