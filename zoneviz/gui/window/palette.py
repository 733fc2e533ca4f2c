"""The palette on `/`: finds actions, zones, tasks and moments, and runs SQL queries on the recording, which stays read-only."""

import csv
import io
from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.errors import ZonevizError
from zoneviz.exporters.csv import cell
from zoneviz.gui.kit.bar import Bar
from zoneviz.gui.kit.line import Line
from zoneviz.gui.kit.rows import Column, Rows, Value, text_column
from zoneviz.gui.kit.tables import Table
from zoneviz.gui.session.jobs import Job, Work
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.questions import offered
from zoneviz.gui.window.search import ActionHit, Hit, find
from zoneviz.playback import Player
from zoneviz.recording.answers import Answer, is_sql

ROWS, SECONDS = 10_000, 5.0
"""Limits of one query: rows, wall-clock seconds."""
HITS = tuple(text_column("", "", sample) for sample in ("call path", "non-kernel map entries, or an action", "events on this path"))


class Palette(Bar):
    """Covers part of the window until Esc. `chosen(Hit)`: a result was opened. A row of an answer with a column seq opens that event."""

    chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session, self._over = session, parent
        self.actions_: list[ActionHit] = []
        self.hits: list[Hit] = []
        self.answer: Answer | None = None
        self.job: Job | None = None
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
        self.copy, self.export = QPushButton("copy all", self), QPushButton("save as CSV…", self)
        for button in (self.copy, self.export):
            button.setProperty("role", "flat")
        last = QHBoxLayout()
        last.addWidget(self.words, 1)
        last.addWidget(self.copy)
        last.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addWidget(self.table, 1)
        layout.addLayout(last)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._entered)
        self.field.left.connect(self.leave)
        self.table.doubleClicked.connect(self._opened)
        self.table.activated.connect(self._opened)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.csv(delimiter="\t")))
        self.export.clicked.connect(self._export)
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
        """Hide the palette and cancel its query."""
        if self.job is not None:
            self.job.cancel()
        self.hide()

    # words

    def _typed(self) -> None:
        asked = self.field.text()
        if is_sql(asked):
            if self.answer is None or len(asked.split()) == 1:  # keep an answer while the next query is typed
                self._offer()
            self._say(f"Enter runs the query (at most {SECONDS:g} s and {ROWS:,} rows). Or choose from the list.", False)
            return
        self.answer = None
        player = self.session.player
        problem = ""
        try:
            self.hits = find(asked, player.recording if player is not None else None, self.actions_)
        except ZonevizError as error:
            self.hits, problem = [], str(error)
        self._show(HITS, [(hit.sort, hit.words, hit.hint) for hit in self.hits])
        self._say(problem or ("" if self.hits else "No match."), bool(problem))
        if self.hits:
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _offer(self) -> None:
        """Offer queries to start from."""
        self.answer = None
        self.hits = offered()
        self._show(HITS, [(hit.sort, hit.words, hit.hint) for hit in self.hits])

    def _entered(self) -> None:
        if is_sql(self.field.text()):
            self.ask(self.field.text())
        elif self.table.currentIndex().isValid():
            self._opened(self.table.currentIndex())

    def _opened(self, index: QModelIndex) -> None:
        if self.answer is not None:
            event = self.event_of(index.row())
            if event is not None:
                self.session.ask_moment(event)
        elif index.row() < len(self.hits):
            hit = self.hits[index.row()]
            if hit.do == "sql":
                self.field.setText(str(hit.value))
                self.field.setFocus()
                self.ask(self.field.text())
                return
            self.hide()
            self.chosen.emit(hit)

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

    # SQL

    def ask(self, sql: str) -> None:
        """Run a query on the recording, in a job."""
        player = self.session.player
        if player is None:
            self._say("Open a recording first.", True)
            return
        if self.job is not None:
            self.job.cancel()
        self._say("running the query…", False)
        self.job = Job(player.recording.path, sql_work(sql), self._answered, self)
        self.job.failed.connect(self._failed)

    def _failed(self, sentence: str) -> None:
        self._offer()
        self._say(sentence, True)

    def event_of(self, row: int) -> int | None:
        """The event of a row of the answer; None without a column seq."""
        if self.answer is None or "seq" not in self.answer.columns or row >= len(self.answer.rows):
            return None
        value = self.answer.rows[row][self.answer.columns.index("seq")]
        return value if isinstance(value, int) else None

    def _answered(self, answer: Answer) -> None:
        self.answer = answer
        rows: list[list[Value]] = [[shown(value) for value in row] for row in answer.rows]
        textual = [any(isinstance(row[i], str) for row in rows) for i in range(len(answer.columns))]
        columns = [Column(words.one_line(n, 60), "", _line, "9,999,999", left) for n, left in zip(answer.columns, textual, strict=True)]
        self._show(columns, rows)
        count = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"
        self._say(f"the first {count}; more were cut off" if answer.more else count, False)

    def csv(self, delimiter: str = ",") -> str:
        """The rows shown as CSV, with a header line."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        writer.writerow([cell(column.name) for column in self.model.columns])
        writer.writerows([cell(value) if isinstance(value, str) else value for value in row] for row in self.model.rows)
        return out.getvalue()

    def save(self, path: Path) -> None:
        """Write the rows to a CSV file."""
        try:
            path.write_text(self.csv(), encoding="utf-8", newline="")
            self._say(f"written to {path}", False)
        except OSError as error:
            self._say(f"Cannot write {path}: {error.strerror or error}.", True)

    def _export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save as CSV", "answer.csv", "CSV (*.csv)")
        if path:
            self.save(Path(path))

    def _show(self, columns: object, rows: object) -> None:
        old, self.model = self.model, Rows(columns, self)  # type: ignore[arg-type]
        self.model.show_rows(rows)  # type: ignore[arg-type]
        self.table.setModel(self.model)
        old.deleteLater()
        self.table.horizontalHeader().setVisible(self.answer is not None)
        self.table.horizontalHeader().setStretchLastSection(self.answer is None)
        self.table.widths([column.sample for column in self.model.columns])
        if self.answer is not None and len(self.model.columns) <= 40:
            for column in range(len(self.model.columns)):
                self.table.setColumnWidth(column, min(max(self.table.sizeHintForColumn(column) + 14, self.table.columnWidth(column)), 360))
        for button in (self.copy, self.export):
            button.setVisible(self.answer is not None)

    def _say(self, sentence: str, wrong: bool) -> None:
        self.words.setText(words.one_line(sentence, 400))
        self.words.setProperty("role", "danger" if wrong else "muted")
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)


def _line(value: Value) -> str:
    return words.one_line(str(value), 200)


def shown(value: int | float | str | bytes | None) -> Value:
    """A value of an answer, for a cell of a table."""
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return "" if value is None else value


def sql_work(sql: str) -> Work:
    """Work for a job: runs the user's SQL; returns an Answer.

    Errors of the work: UsageError for invalid or slow SQL, InputError if the recording is damaged.
    """

    def work(player: Player) -> Generator[tuple[int, int], None, Answer]:
        yield 0, 1
        return player.recording.table(sql, most=ROWS, seconds=SECONDS)

    return work
