"""The notes of this recording, the strip where one is written, and their ticks over a chart."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from zoneviz.gui.kit import text
from zoneviz.gui.kit.bar import Bar
from zoneviz.gui.kit.line import Line
from zoneviz.gui.kit.rows import Column, words
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.notebook import Note
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player


class NotesView(View):
    """A table of notes; Enter or a double click goes to one, Delete throws the chosen ones away."""

    title = "Notes"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        columns = (
            Column("event", "The note is at the moment after it", text.number, "99,999,999"),
            Column("time", "Simulated time there", text.time, "9,999.999 ms"),
            words("note", "", "what one thought there"),
        )
        self.table = RowTable("Notes", columns, self)
        self.setFocusProxy(self.table)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.empty = QLabel("N notes the moment; [ and ] go from note to note; M marks a moment to compare with.", self)
        self.empty.setProperty("role", "muted")
        self.away = QPushButton("delete", self)
        self.away.setAccessibleName("Delete the chosen notes")
        self.away.setProperty("role", "flat")
        self.heading = QLabel(self)
        self.heading.setProperty("role", "strong")
        top = QHBoxLayout()
        top.addWidget(self.heading)
        self.empty.setWordWrap(True)
        top.addWidget(self.empty, 1)
        top.addStretch()
        top.addWidget(self.away)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        self.table.opened.connect(lambda row: session.ask_moment(int(row[0])))
        self.away.clicked.connect(self.delete)
        session.notebook.changed.connect(lambda: self._mark("recording"))

    def show_recording(self, player: Player) -> None:
        """All notes anew."""
        book = self.session.notebook
        rows = [(note.seq, self._time(player, note), note.text) for note in book.notes]
        self.table.rows.show_rows(rows)
        self.heading.setText(f"{len(rows)} note{'' if len(rows) == 1 else 's'}" if rows else "No notes yet")
        self.empty.setVisible(not rows)
        self.away.setVisible(bool(rows))

    def delete(self) -> None:
        """Throw the chosen notes away."""
        chosen = [int(self.table.sorted.row_at(index.row())[0]) for index in self.table.selectionModel().selectedRows()]
        for seq in chosen:
            self.session.notebook.remove(seq)

    def _time(self, player: Player, note: Note) -> int:
        rows = player.rows(note.seq, note.seq)
        return int(rows[0, 2]) if len(rows) else 0


class NoteBar(Bar):
    """The strip in which a note is written; hidden until N is pressed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.seq = 0
        self.setObjectName("bar")
        self.label = QLabel(self)
        self.field = Line(self)
        self.field.setAccessibleName("Note")
        self.field.setPlaceholderText("what is to be seen here; Enter keeps it, Esc does not")
        self.label.setBuddy(self.field)
        save, leave = QPushButton("keep", self), QPushButton("cancel", self)
        save.setAccessibleName("Keep the note")
        leave.setAccessibleName("Do not keep the note")
        leave.setProperty("role", "flat")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 8, 5)
        layout.setSpacing(8)
        for widget, stretch in ((self.label, 0), (self.field, 1), (save, 0), (leave, 0)):
            layout.addWidget(widget, stretch)
        self.field.returnPressed.connect(self.save)
        self.field.left.connect(self.hide)
        save.clicked.connect(self.save)
        leave.clicked.connect(self.hide)
        session.recording_changed.connect(self.hide)
        self.hide()

    def open(self) -> None:
        """Write at the moment, or change what was written there."""
        self.seq = self.session.moment
        found = self.session.notebook.at(self.seq)
        self.label.setText(f"Note at event {self.seq:,}")
        self.field.setText(found.text if found else "")
        self.show()
        self.take_keys(self.field)

    def save(self) -> None:
        """Keep it; an empty one is a bookmark."""
        self.session.notebook.put(self.seq, self.field.text().strip())
        self.hide()


class NoteMarks(QWidget):
    """Ticks and first words of the notes over a chart, and the moment marked as A; lets the mouse through."""

    def __init__(self, session: Session, chart: QWidget) -> None:
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
        """As large as the chart."""
        if event.type() == QEvent.Type.Resize:
            self.resize(self.chart.size())
        return False

    def places(self) -> list[tuple[float, str]]:
        """Pixels from the left and words of all that is in sight, from the left."""
        session, box = self.session, self.chart.box.sceneBoundingRect()  # type: ignore[attr-defined]
        low, high = session.range
        marked = [] if session.notebook.mark is None else [Note(session.notebook.mark, "A")]
        out = []
        for note in sorted([*session.notebook.notes, *marked]):
            x = session.series.x_at(note.seq)
            if low <= x <= high and high > low:
                out.append((box.left() + (x - low) / (high - low) * box.width(), note.text))
        return out

    def paintEvent(self, event: QPaintEvent) -> None:
        """A tick each, and words up to the next one."""
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
                shown = metrics.elidedText(text.one_line(said, 80), Qt.TextElideMode.ElideRight, room)
                ground = QRectF(area.left() - 2, 0, metrics.horizontalAdvance(shown) + 4, metrics.height())
                painter.fillRect(ground, QColor(theme.ground))
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
