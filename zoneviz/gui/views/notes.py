"""The notes of a recording as a table."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.app.notes import Note
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Act, Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player


class NotesView(View):
    """A table of notes. Enter or a double click goes to a note; a button deletes the chosen ones."""

    title = "Notes"
    place = 10

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        columns = (
            Column("event", tip("moment", "The note is at the moment after this event"), words.number, "99,999,999"),
            Column("time", "Simulated time", words.time, "9,999.999 ms"),
            text_column("note", "", "what was written there"),
        )
        self.table = RowTable("Notes", columns, self)
        self.setFocusProxy(self.table)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.empty = QLabel("N: add a note · [ and ]: previous and next note · M: mark a moment to compare with", self)
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
        self.table.about_values(lambda row: self._about(int(row[0]), str(row[2])))
        self.away.clicked.connect(self.delete)
        session.notebook.changed.connect(lambda: self._mark("recording"))

    def show_recording(self, player: Player) -> None:
        """List all notes."""
        book = self.session.notebook
        rows = [(note.seq, self._time(player, note), note.text) for note in book.notes]
        self.table.rows.show_rows(rows)
        self.heading.setText(f"{len(rows)} note{'' if len(rows) == 1 else 's'}" if rows else "No notes yet")
        self.empty.setVisible(not rows)
        self.away.setVisible(bool(rows))

    def _about(self, seq: int, said: str) -> Subject:
        return Subject(seq=seq, text=said, acts=(Act("Delete this note", lambda: self.session.notebook.remove(seq)),))

    def delete(self) -> None:
        """Delete the chosen notes."""
        chosen = self.table.selectionModel().selectedRows()
        self.session.notebook.remove(*(int(self.table.sorted.row_at(index.row())[0]) for index in chosen))

    def _time(self, player: Player, note: Note) -> int:
        rows = player.rows(note.seq, note.seq)
        return int(rows[0, 2]) if len(rows) else 0
