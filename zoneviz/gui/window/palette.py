"""The palette on `/`: finds actions, zones, tasks and moments, and offers SQL queries, which the view SQL runs."""

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.errors import ZonevizError
from zoneviz.events import Kind
from zoneviz.gui.charts.asked import asked
from zoneviz.gui.kit.bar import Bar
from zoneviz.gui.kit.line import Line
from zoneviz.gui.kit.rows import Rows, text_column
from zoneviz.gui.kit.tables import Table
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Act, Subject
from zoneviz.gui.window.questions import offered
from zoneviz.gui.window.search import ActionHit, Hit, find
from zoneviz.recording.answers import is_sql

HITS = tuple(text_column("", "", sample) for sample in ("call path", "non-kernel map entries, or an action", "events on this path"))


class Palette(Bar):
    """Covers part of the window until Esc. `chosen(Hit)`: a result was opened; SQL is a hit with `do` "sql"."""

    chosen = Signal(object)
    menu_asked = Signal(object, QPoint)
    """As of a view (`views.base`)."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session, self._over = session, parent
        self.actions_: list[ActionHit] = []
        self.hits: list[Hit] = []
        self.setObjectName("palette")
        self.setAccessibleName("Search")
        self.field = Line(self)
        self.field.setAccessibleName("Search or SQL")
        self.field.setPlaceholderText("name, event number, time, filter or condition; or SELECT …")
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.table = Table("Search results", self)
        self.table.setSelectionMode(Table.SelectionMode.ExtendedSelection)
        self.model = Rows(HITS, self)
        self.table.setModel(self.model)
        self.table.about = lambda row: self._about(self.hits[row])
        self.table.horizontalHeader().hide()
        self.table.widths([column.sample for column in HITS])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.words)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._entered)
        self.field.left.connect(self.leave)
        self.table.doubleClicked.connect(self._opened)
        self.table.activated.connect(self._opened)
        session.recording_changed.connect(self.leave)
        self.hide()

    def open(self, actions: list[ActionHit]) -> None:
        """Show the palette, ready to type. `actions`: those that are enabled now."""
        self.actions_ = actions
        self.place()
        self.show()
        self.raise_()
        self.take_keys(self.field)
        self.field.selectAll()
        self._typed()

    def place(self) -> None:
        """Center the palette at the top, as large as the window allows."""
        room = self._over.rect()
        width, height = min(860, room.width() - 40), min(460, room.height() - 120)
        self.setGeometry((room.width() - width) // 2, 76, width, height)

    def leave(self) -> None:
        """Hide the palette."""
        self.hide()

    # words

    def _typed(self) -> None:
        asked = self.field.text()
        if is_sql(asked):
            self.hits = offered()
            self._show()
            self._say("Enter runs the query in the tab SQL. Or choose from the list.", False)
            return
        player = self.session.player
        problem = ""
        try:
            self.hits = find(asked, player.recording if player is not None else None, self.actions_)
        except ZonevizError as error:
            self.hits, problem = [], str(error)
        self._show()
        self._say(problem or ("" if self.hits else "No match."), bool(problem))
        if self.hits:
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _entered(self) -> None:
        asked = self.field.text()
        if is_sql(asked) and self.session.player is None:
            self._say("Open a recording first.", True)
        elif is_sql(asked):
            self._choose(Hit("query", asked, "", "sql", asked))
        elif self.table.currentIndex().isValid():
            self._opened(self.table.currentIndex())

    def _opened(self, index: QModelIndex) -> None:
        if index.row() < len(self.hits):
            self._choose(self.hits[index.row()])

    def _choose(self, hit: Hit) -> None:
        self.hide()
        self.chosen.emit(hit)

    def _about(self, hit: Hit) -> Subject:
        """What a result is about, for its menu."""
        act, text = Act("Choose this result", lambda: self._choose(hit)), f"{hit.sort} {hit.words}"
        if hit.do == "select" and isinstance(hit.value, dict):
            return Subject(**hit.value, text=text, acts=(act,))
        if hit.do == "moment" and isinstance(hit.value, int):
            return Subject(seq=hit.value, text=text, acts=(act,))
        kind = hit.words if hit.sort == "events" and hit.words in Kind.__members__ else ""
        return Subject(kind=kind, frame=hit.words if hit.sort == "call path" else "", text=text, acts=(act,))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a result."""
        self.menu_asked.emit(*asked(self, event, self.session))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down: go to the results; Esc: leave."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() == Qt.Key.Key_Down and self.field.hasFocus():
            row = self.table.currentIndex().row() + 1  # the first result of a search is selected already
            self.table.setFocus()
            self.table.selectRow(min(row, self.model.rowCount() - 1))
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        self.model.show_rows([(hit.sort, hit.words, hit.hint) for hit in self.hits])

    def _say(self, sentence: str, wrong: bool) -> None:
        self.words.setText(words.one_line(sentence, 400))
        self.words.setProperty("role", "danger" if wrong else "muted")
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

