"""Until when each limit would still have helped: a line for each, below the chart of the timeline and on its axis."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.app.noreturn import NoReturn
from zoneviz.gui.charts.gutter import gutter
from zoneviz.gui.charts.pointer import Pointer
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.strokes import thick
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.session.turning import Turning, brief, until

NAME = "When each limit would have helped"
LINE, BETWEEN = 4, 4
"""Pixels: height of a line, and space below it."""
COLUMNS = (
    text_column("limit", "What is switched on while the run is in progress", "at most 1,000 threads per task"),
    Column("from event", "The first event of a stretch in which switching it on avoids the end", words.number, "99,999,999"),
    Column("to event", "The last event of the stretch", words.number, "99,999,999"),
)


class TurnLanes(Canvas):
    """Hidden without results that have a line. Enter opens all stretches as a table."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(NAME, parent, 0.87)
        self.session, self.turning = session, Turning.of(session)
        self.shown: Sequence[NoReturn] = ()
        self.pointer = Pointer(session, self, session.axis, lambda: self.area, self.words_at)
        self.opened.connect(self.show_table)
        self.hide()

    @property
    def area(self) -> QRectF:
        """The area of the lines, right of the gutter."""
        left = gutter(self.width())
        return QRectF(left, 0, max(self.width() - left, 1), max(self.height(), 1))

    @property
    def row(self) -> int:
        """Height of a row in pixels."""
        return QFontMetrics(self.font()).height() + LINE + BETWEEN

    @property
    def room(self) -> int:
        """Height of the lines on show, in pixels."""
        return len(self.shown) * self.row

    def fit(self, room: int) -> None:
        """Show the results in at most `room` pixels, those that help longest first. The card lists all."""
        lines = [result for result in self.turning.found if result.last and not result.at_boot]
        lines.sort(key=lambda result: -(result.last or 0))
        self.shown = lines[: max(room // self.row, 1)] if lines else ()
        self.setVisible(bool(self.shown))
        if self.shown:
            self.setFixedHeight(self.room)
            self.setAccessibleDescription("; ".join(self.said(result) for result in self.shown))
            self.update()

    def said(self, result: NoReturn) -> str:
        """`until 1.831 s: at most 64 threads per task`; the time first, because the end may be cut."""
        return f"{until(result)}: {brief(result, 100)}"

    def spans(self, result: NoReturn) -> list[QRectF]:
        """The stretches in which the limit helps, as rectangles, left to right."""
        place, series, row = self.pointer.to_pixel, self.session.series, self.shown.index(result)
        top = (row + 1) * self.row - LINE - BETWEEN / 2
        ends = ((place(series.x_at(first)), place(series.x_at(last))) for first, last in result.helps)
        return [QRectF(left, top, max(right - left, 1.5), LINE) for left, right in ends]

    def words_at(self, place: QPointF) -> str:
        """The sentence of the line at a place."""
        row = int(place.y() // self.row)
        return words.one_line(self.shown[row].sentence, 600) if 0 <= row < len(self.shown) else ""

    def subject_at(self, place: QPoint) -> Subject:
        """What is at a place, for its menu: the moment there."""
        return self.pointer.subject(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        """For each limit its words and a line as long as it helps, with a mark at its end; then the moment."""
        theme, area, metrics = self.session.theme, self.area, QFontMetrics(self.font())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        gap = QRectF(0, 0, area.left() - 8, metrics.height())
        painter.drawText(gap, right, metrics.elidedText("would have helped", Qt.TextElideMode.ElideRight, int(gap.width())))
        for row, result in enumerate(self.shown):
            spans, top = self.spans(result), row * self.row
            track = QRectF(area.left(), spans[0].top() + LINE / 2 - 0.5, area.width(), 1)
            painter.setClipRect(area)
            painter.fillRect(track, QColor(theme.line))
            for span in spans:
                painter.fillRect(span, QColor(theme.accent))
            end = spans[-1].right()
            painter.fillRect(QRectF(end - 1.5, track.top() - LINE / 2 - 3, 3, LINE + 5), QColor(theme.accent))
            shown = metrics.elidedText(self.said(result), Qt.TextElideMode.ElideRight, int(area.width()) - 8)
            width = metrics.horizontalAdvance(shown) + 4
            # Left of the mark where it fits, since that is where it helps.
            left = end - 6 - width if end - 6 - width >= area.left() else min(end + 6, area.right() - width)
            box = QRectF(max(left, area.left() + 2), top, width, metrics.height())
            painter.setPen(QColor(theme.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        self._paint_moment(painter, area)
        painter.end()

    def _paint_moment(self, painter: QPainter, area: QRectF) -> None:
        low, high = self.session.range
        if low <= self.session.moment_x <= high:
            pixel = self.pointer.to_pixel(self.session.moment_x)
            painter.setPen(QPen(QColor(self.session.theme.moment), thick(1.4)))
            painter.drawLine(QPointF(pixel, 0), QPointF(pixel, area.height()))

    def show_table(self) -> None:
        """Open the stretches of all results as a table."""
        rows = [(result.limit.words, first, last) for result in self.turning.found for first, last in result.helps]
        Twin(NAME, f"Each stretch is exact to {words.count(self.turning.within, 'event')}.", COLUMNS, rows, self).show()
