"""Notes as ticks over a chart."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.app.notes import Note
from zoneviz.gui.charts.plotting import Chart
from zoneviz.gui.session.session import Session

TICK, LEFT = 4, 9
"""Pixels: half the width of a tick, and the distance from its middle to the end of the text beyond the text's own width."""


class NoteMarks(QWidget):
    """A tick and the first words of each note, and of mark A. Mouse events pass through to the chart."""

    def __init__(self, session: Session, chart: Chart) -> None:
        super().__init__(chart)
        self.session, self.chart = session, chart
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.87)
        self.setFont(font)
        chart.installEventFilter(self)
        for signal in (session.notebook.changed, session.range_changed, session.recording_changed, session.theme_changed):
            signal.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the chart."""
        if event.type() == QEvent.Type.Resize:
            self.resize(self.chart.size())
        return False

    def places(self) -> list[tuple[float, str]]:
        """(x in pixels, text) of each note in the visible range, left to right."""
        session, box = self.session, self.chart.box.sceneBoundingRect()
        low, high = session.range
        marked = [] if session.notebook.mark is None else [Note(session.notebook.mark, "A")]
        out = []
        for note in sorted([*session.notebook.notes, *marked]):
            x = session.series.x_at(note.seq)
            if low <= x <= high and high > low:
                out.append((box.left() + (x - low) / (high - low) * box.width(), note.text))
        return out

    def note_at(self, place: QPointF) -> Note | None:
        """The note, or mark A, whose tick or text is at a place of the chart."""
        session, past = self.session, None
        if place.y() > QFontMetrics(self.font()).height():
            return None
        marked = [] if session.notebook.mark is None else [Note(session.notebook.mark, "A")]
        for note in sorted([*session.notebook.notes, *marked]):
            x = self.chart.pointer.to_pixel(session.series.x_at(note.seq))
            wide = QFontMetrics(self.font()).horizontalAdvance(words.one_line(note.text, 80)) + LEFT
            past = note if x - TICK <= place.x() <= x + wide else past
        return past

    def paintEvent(self, event: QPaintEvent) -> None:
        """A tick for each note; its text, cut at the next tick."""
        places = self.places()
        if not places:
            return
        theme, metrics = self.session.theme, QFontMetrics(self.font())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.warning))
        painter.setBrush(QColor(theme.warning))
        for (x, said), (after, _) in zip(places, [*places[1:], (float(self.width()), "")], strict=True):
            painter.drawPolygon(QPolygonF([QPointF(x - 4, 1), QPointF(x + 4, 1), QPointF(x, 8)]))
            room = int(after - x - 14)
            if said and room > 24:
                area = QRectF(x + 7, -2, room, metrics.height() + 2)
                shown = metrics.elidedText(words.one_line(said, 80), Qt.TextElideMode.ElideRight, room)
                ground = QRectF(area.left() - 2, 0, metrics.horizontalAdvance(shown) + 4, metrics.height())
                painter.fillRect(ground, QColor(theme.ground))
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
