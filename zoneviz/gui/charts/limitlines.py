"""Use of the other limits as lines in the timeline, each on its own scale: 100 % is at the dashed line."""

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.gui.charts import plotting
from zoneviz.gui.kit.still import Still
from zoneviz.gui.kit.strokes import thick
from zoneviz.gui.session.session import Session
from zoneviz.playback.limits import ZONE_MAP, LimitCurve
from zoneviz.playback.stacks import Floats, thin
from zoneviz.state.figures import MACHINE_FIGURES

PATTERNS: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 2), (8, 2, 2, 2), (1, 3))
MOST = len(PATTERNS)


class LimitLines(QWidget):
    """An overlay that paints lines from 0 % at the axis to 100 % at `top`. Mouse events pass through to the chart."""

    def __init__(self, session: Session, chart: plotting.Chart) -> None:
        super().__init__(chart)
        self.session, self.chart = session, chart
        self.limits: list[LimitCurve] = []
        self.places: Floats = np.zeros(0)
        self.top = 0.0
        self.kept = QRectF()
        """The area of another label, which no name may cover."""
        self.covered = QRectF()
        """What the readout covers where it has no other place."""
        self._still, self._loaded = Still(self), 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.87)
        self.setFont(font)

    def load(self, width: int) -> None:
        """Compute the lines of the visible range for `width` pixels. The zone map has no line: the bands show it."""
        series = self.session.series
        self._loaded += 1
        self.limits = []
        if series.limits is None:
            return
        points = series.window(*self.session.range)
        machine = {name: points.count(name) for name in MACHINE_FIGURES}
        curves = series.limits.curves(machine, points.figure("in_use"))
        found = [curve for curve in curves if curve.limit.name != ZONE_MAP][:MOST]
        x = series.axis(points)
        highest = np.max([curve.share for curve in found], axis=0) if found and len(x) else np.zeros(len(x))
        keep = thin(x, (highest * 1e6).astype(np.int64), *self.session.range, width)
        self.places = x[keep]
        self.limits = [LimitCurve(curve.limit, curve.share[keep]) for curve in found]

    def at(self, x: float) -> list[tuple[LimitCurve, float]]:
        """Each limit and the share of it used since boot at a place on the axis, 0 to 1."""
        place = int(np.searchsorted(self.places, x, side="right")) - 1
        return [(curve, float(curve.share[place]) if place >= 0 else 0.0) for curve in self.limits]

    def place(self, top: float, kept: QRectF) -> None:
        """Cover the chart's area. `top`: pixels from its bottom to 100 %; `kept`: the area of another label."""
        box: Any = self.chart.box.sceneBoundingRect()
        self.setGeometry(int(box.left()), int(box.top()), max(int(box.width()), 1), max(int(box.height()), 1))
        self.top, self.kept = top, kept.translated(-self.pos().toPointF())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, and their names where they fit."""
        if not len(self.places) or self.top <= 0:
            return
        theme = self.session.theme
        painter = QPainter(self)
        self._still.draw(painter, (self._loaded, self.top, self.session.range, theme), self._paint_lines)
        ground = QColor(theme.ground)
        ground.setAlpha(215)
        painter.setPen(QColor(theme.strong))
        for box, label in self.names():
            painter.fillRect(box, ground)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
        painter.end()

    def _paint_lines(self, painter: QPainter) -> None:
        theme = self.session.theme
        low, high = self.session.range
        pixels = (self.places - low) / max(high - low, 1e-12) * self.width()
        for curve, pattern in zip(self.limits, PATTERNS, strict=False):
            heights = self.height() - curve.share * self.top
            for colour, width in ((theme.ground, 3.0), (theme.strong, 1.3)):
                pen = QPen(QColor(colour), thick(width))
                if pattern and width < 2:
                    pen.setDashPattern(pattern)
                painter.setPen(pen)
                painter.drawPolyline(plotting.points(pixels, heights))

    def names(self) -> list[tuple[QRectF, str]]:
        """(rectangle, `ipc spaces 100 % of 68 KiB`) at the end of each line, moved so that no two overlap; left out where none fits."""
        out: list[tuple[QRectF, str]] = []
        metrics = QFontMetrics(self.font())
        for curve in self.limits if len(self.places) and self.top > 0 else ():
            sentence = f"{words.one_line(curve.limit.label, 30)} {words.share(curve.share[-1], 1)} of {words.size(curve.limit.room)}"
            box = QRectF(0, 0, metrics.horizontalAdvance(sentence) + 8, metrics.height() + 1)
            box.moveRight(self.width() - 4)
            end = float(self.height() - curve.share[-1] * self.top)
            ideal = min(max(end - box.height() - 2, 0), self.height() - box.height())
            for step in (0, 1, -1, 2, -2, 3, -3, 4, -4):
                box.moveTop(ideal + step * (box.height() + 1))
                taken = any(box.intersects(other) for other in (*(known for known, _ in out), self.kept, self.covered))
                if box.top() >= 0 and box.bottom() <= self.height() and not taken:
                    out.append((QRectF(box), sentence))
                    break
        return out
