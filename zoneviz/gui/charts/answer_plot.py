"""The answer to an SQL query as a plot: figures over a column of numbers, or a bar for each text."""

import re

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.strokes import thick
from zoneviz.gui.session.session import Session
from zoneviz.playback import axes
from zoneviz.recording.answers import Answer

ROW, LABEL, EDGE, DOTS = 18, 90, 6, 200
"""Pixels of a bar, of a label on the horizontal axis and of a margin; points that are also drawn as dots."""
_NAME = 36
"""Characters of the name of a bar."""
_BYTES, _TIME = re.compile(r"bytes|size|used|memory"), re.compile(r"(^|_)time$")
RIGHT, MIDDLE = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
Floats = npt.NDArray[np.float64]


def numeric(answer: Answer) -> list[int]:
    """The columns that hold a number in some row and nothing else but NULL."""
    return [
        i for i in range(len(answer.columns))
        if any(row[i] is not None for row in answer.rows) and all(row[i] is None or isinstance(row[i], int | float) for row in answer.rows)
    ]  # fmt: skip


def across(answer: Answer) -> int | None:
    """The column that a plot has on its horizontal axis: time, seq, or the first one if it is numeric. None: a bar for each row."""
    figures = numeric(answer)
    for name in ("time", "seq"):
        if name in answer.columns and (found := answer.columns.index(name)) in figures:
            return found
    return 0 if 0 in figures and len(figures) > 1 else None


def offered(answer: Answer) -> list[str]:
    """Names of the columns that can be plotted, each once, in their order."""
    return list(dict.fromkeys(answer.columns[i] for i in numeric(answer) if i != across(answer)))


def floats(answer: Answer, column: int) -> Floats:
    """A numeric column (n,); NaN where it is NULL."""
    return np.array([np.nan if row[column] is None else row[column] for row in answer.rows], dtype=float)


def ticks(name: str, low: float, high: float, most: float) -> list[tuple[float, str]]:
    """(place, label) of an axis for the column `name`, with at most `most` parts. The name says whether it holds bytes or nanoseconds."""
    if _TIME.search(name):
        return [(place * 1e9, label) for place, label in axes.moment_ticks(low / 1e9, high / 1e9, most, False)]
    if _BYTES.search(name):
        step = axes.byte_step(high - low, most)
        places = axes.places(low, high, step)
        return list(zip(places, axes.byte_labels(places), strict=True))
    step = axes.round_step(high - low, most)
    return [(place, f"{place:,.10g}") for place in axes.places(low, high, step)]


class AnswerPlot(Canvas):
    """One column as a line in the order of the horizontal axis, or as bars, the first row on top."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Plot of the answer", parent)
        self.session = session
        self.across = self.column = ""
        self.names: list[str] = []
        """Of the bars; none for a line."""
        self.at, self.figures = np.zeros(0), np.zeros(0)
        """(n,) each, without NaN: places on the horizontal axis, for a bar its row; and what is drawn there."""

    def show_answer(self, answer: Answer, column: str) -> None:
        """Draw one of the columns `offered`; anything else draws nothing."""
        self.at, self.figures, self.column, self.across, self.names = np.zeros(0), np.zeros(0), column, "", []
        if column in offered(answer):
            y, over = floats(answer, answer.columns.index(column)), across(answer)
            x = np.arange(len(y), dtype=float) if over is None else floats(answer, over)
            known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
            order = known[np.argsort(x[known], kind="stable")]
            self.at, self.figures = x[order], y[order]
            if over is None:
                textual = next((i for i in range(len(answer.columns)) if i not in numeric(answer)), None)
                of_rows = [str(row[textual]) if textual is not None else f"row {i + 1}" for i, row in enumerate(answer.rows)]
                self.names = [words.middle(words.one_line(of_rows[i]), _NAME) for i in order]
            else:
                self.across = answer.columns[over]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars, or axes and line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self.session.theme.ground))
        if len(self.figures):
            (self._bars if self.names else self._line)(painter)
        painter.end()

    def _bars(self, painter: QPainter) -> None:
        theme, metrics = self.session.theme, self.fontMetrics()
        fit = max(self.height() // ROW, 1)
        names, values = self.names[:fit], self.figures[:fit]
        low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
        left = max(map(metrics.horizontalAdvance, names)) + 2 * EDGE
        labels = [words.size(round(v)) if _BYTES.search(self.column) else f"{v:,.10g}" for v in values]
        room = max(self.width() - left - max(map(metrics.horizontalAdvance, labels)) - 3 * EDGE, 1)
        for i, (name, value, label) in enumerate(zip(names, values, labels, strict=True)):
            begin, end = (left + (v - low) / ((high - low) or 1.0) * room for v in (min(value, 0.0), max(value, 0.0)))
            painter.fillRect(QRectF(begin, i * ROW + 3, max(end - begin, 1.0), ROW - 6), QColor(theme.accent))
            painter.setPen(QColor(theme.text))
            painter.drawText(QRectF(0, i * ROW, left - EDGE, ROW), RIGHT | MIDDLE, name)
            painter.drawText(QRectF(end + EDGE, i * ROW, self.width(), ROW), MIDDLE, label)
        if len(self.names) > fit:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), RIGHT | Qt.AlignmentFlag.AlignBottom, f"{words.number(len(self.names) - fit)} more rows")

    def _line(self, painter: QPainter) -> None:
        theme, metrics = self.session.theme, self.fontMetrics()
        low, high = min(float(self.figures.min()), 0.0), float(self.figures.max())
        high = high if high > low else low + 1.0
        begin, end = float(self.at[0]), float(self.at[-1])
        end = end if end > begin else begin + 1.0
        line = metrics.height()
        upright = ticks(self.column, low, high, max((self.height() - line) / 45, 2))
        left = max((metrics.horizontalAdvance(label) for _, label in upright), default=0) + 2 * EDGE
        plot = QRectF(left, EDGE, max(self.width() - left - 2 * EDGE, 1), max(self.height() - 2 * line - 2 * EDGE, 1))
        x = plot.left() + (self.at - begin) / (end - begin) * plot.width()
        y = plot.bottom() - (self.figures - low) / (high - low) * plot.height()
        for place, label in upright:
            at = plot.bottom() - (place - low) / (high - low) * plot.height()
            painter.setPen(QColor(theme.grid))
            painter.drawLine(QPointF(plot.left(), at), QPointF(plot.right(), at))
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(0, at - line / 2, left - EDGE, line), RIGHT | MIDDLE, label)
        for place, label in ticks(self.across, begin, end, max(plot.width() / LABEL, 2)):
            at = plot.left() + (place - begin) / (end - begin) * plot.width()
            wide = metrics.horizontalAdvance(label)
            at = min(max(at - wide / 2, 0.0), self.width() - wide)
            painter.drawText(QRectF(at, plot.bottom() + 2, wide + 1, line), Qt.AlignmentFlag.AlignLeft, label)
        below = QRectF(plot.left(), self.height() - line, plot.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, words.one_line(f"{self.column} over {self.across}", 120))
        pen = painter.pen()
        pen.setColor(QColor(theme.accent))
        pen.setWidthF(thick(1.6))
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]))
        if len(x) <= DOTS:
            painter.setBrush(QColor(theme.accent))
            for point in zip(x.tolist(), y.tolist(), strict=True):
                painter.drawEllipse(QPointF(*point), 2.2, 2.2)
