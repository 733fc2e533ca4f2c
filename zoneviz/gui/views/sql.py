"""SQL on the recording, which stays read-only: a query of several lines, and its answer as a table or a plot."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from zoneviz import words
from zoneviz.app.heads import stem
from zoneviz.gui.charts import answer_plot
from zoneviz.gui.charts.answer_plot import AnswerPlot
from zoneviz.gui.charts.answer_table import AnswerTable
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.editor import Editor
from zoneviz.gui.kit.line import Line
from zoneviz.gui.session import queries
from zoneviz.gui.session.jobs import Task
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.recording.answers import QUESTIONS, Answer, first_rows, tables

TABLE, PLOT = "table", "plot"
_MOST = f"{words.duration(round(queries.SECONDS * 1e9))} and {words.number(queries.ROWS)} rows"
LIMITS = f"Ctrl+Enter runs it. At most {words.number(queries.ROWS)} rows."


class SqlView(View):
    """The query above, its answer below. Queries can be saved under a name; those run before are in the menu."""

    title = "SQL"
    place = 12

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.task: Task | None = None
        self._asked: Player | None = None
        self.editor = Editor("SQL query", self)
        self.editor.setPlaceholderText("SELECT …")
        self.editor.setPlainText(QUESTIONS[0][1])
        self.setFocusProxy(self.editor)
        self.menu = QMenu(self)
        self.chooser = QToolButton(self)
        self.chooser.setText("Queries ▾")
        self.chooser.setAccessibleName("Choose a query")
        self.chooser.setToolTip("Examples, tables, saved queries, and those run before")
        self.chooser.setProperty("role", "flat")
        self.chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.chooser.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.chooser.setMenu(self.menu)
        self.run, self.save = QPushButton("Run", self), QPushButton("Save", self)
        self.run.setToolTip("Run the query (Ctrl+Enter)")
        self.name = Line(self)
        self.name.setAccessibleName("Name of the query")
        self.name.setPlaceholderText("name")
        self.name.setMaxLength(queries.LONGEST)
        self.name.setMinimumWidth(80)
        self.name.setMaximumWidth(150)
        self.says = QLabel(self)
        self.says.setTextFormat(Qt.TextFormat.PlainText)
        self.says.setWordWrap(True)
        self.copy, self.export = QPushButton("Copy", self), QPushButton("Save as CSV…", self)
        self.form = Choice("answer as", (TABLE, PLOT), TABLE, parent=self)
        self.column = QComboBox(self)
        self.column.setAccessibleName("column of the plot")
        self.column.setMinimumWidth(160)
        for button in (self.save, self.copy, self.export):
            button.setProperty("role", "flat")
        self.table, self.plot = AnswerTable(self), AnswerPlot(session, self)
        self.wrong = QLabel(self)
        self.wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.wrong.setWordWrap(True)
        self.wrong.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.wrong.setProperty("role", "danger")
        self.wrong.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.answers = QStackedWidget(self)
        for answer in (self.table, self.plot, self.wrong):
            self.answers.addWidget(answer)
        self._lay_out()
        self.editor.entered.connect(self.ask)
        self.editor.left.connect(self.table.setFocus)
        self.editor.textChanged.connect(self._able)
        self.name.textChanged.connect(self._able)
        self.name.returnPressed.connect(self._save)
        self.name.left.connect(self.editor.setFocus)
        self.run.clicked.connect(self._run_or_stop)
        self.save.clicked.connect(self._save)
        self.menu.aboutToShow.connect(self._fill)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.table.text("\t")))
        self.export.clicked.connect(self._export)
        self.table.opened.connect(self._open)
        self.table.about_values(lambda row: Subject(seq=self.table.event_of(list(row))))
        self.form.changed.connect(self._show)
        self.column.currentIndexChanged.connect(self._show)
        self._say(LIMITS)
        self._show()

    def _lay_out(self) -> None:
        first, last = QHBoxLayout(), QHBoxLayout()
        for widget in (self.run, self.chooser, self.name, self.save):
            first.addWidget(widget)
        first.addWidget(self.says, 1)
        last.addWidget(self.form)
        last.addWidget(self.column)
        last.addStretch()
        for widget in (self.copy, self.export):
            last.addWidget(widget)
        above, below = QWidget(self), QWidget(self)
        for box, parts in ((above, (self.editor, first)), (below, (last, self.answers))):
            layout = QVBoxLayout(box)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(4)
            for part in parts:
                if isinstance(part, QWidget):
                    layout.addWidget(part, 1)
                else:
                    layout.addLayout(part)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(above)
        split.addWidget(below)
        split.setSizes([100, 260])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 4, 0, 0)
        outer.addWidget(split)

    def show_recording(self, player: Player) -> None:
        """Forget the answer of another recording. Another theme: draw the plot again."""
        if player is not self._asked:
            self._asked = player
            self._end()
            self._forget()
            self._say(LIMITS)
        self._show()

    def wait(self) -> None:
        """Block until the query has been answered."""
        if self.task is not None:
            self.task.wait()

    # queries

    def show_query(self, sql: str) -> None:
        """Put a query into the field and run it."""
        self.editor.setPlainText(sql)
        self.ask()

    def ask(self) -> None:
        """Run the query in the field."""
        player, sql = self.session.player, self.editor.toPlainText().strip()
        if player is None or not sql:
            return
        self._end()
        self._asked = player
        self.session.queries.ran(sql)
        self.task = queries.run(player.recording.path, sql, self._answered, self)
        self.task.failed.connect(self._failed)
        self._say("Running the query…")
        self._able()

    def _run_or_stop(self) -> None:
        if self.task is None:
            self.ask()
            return
        self._end()
        self._forget()
        self._say("The query was stopped.")

    def _end(self) -> None:
        if self.task is not None:
            self.task.cancel()
            self.task = None

    def _answered(self, answer: Answer) -> None:
        self.task = None
        self._put(answer)
        rows = words.count(len(answer.rows), "row")
        self._say(f"The first {rows}; there are more." if answer.more else f"{rows}.")
        self._show()

    def _failed(self, sentence: str) -> None:
        self.task = None
        self._say("")
        self._forget(sentence)

    def _forget(self, sentence: str = "") -> None:
        """Take away the answer to another query; `sentence`: shown in its place."""
        self._put(Answer([], [], False), sentence)
        self._show()

    def _put(self, answer: Answer, sentence: str = "") -> None:
        self.wrong.setText(words.one_line(sentence, 400))
        self.table.show_answer(answer)
        self.column.blockSignals(True)
        self.column.clear()
        for name in answer_plot.offered(answer):
            self.column.addItem(words.one_line(name, 40), name)
        self.column.blockSignals(False)

    def _save(self) -> None:
        if self.save.isEnabled():
            self.session.queries.save(self.name.text(), self.editor.toPlainText())
            self._say(f"Saved as {words.one_line(self.name.text(), queries.LONGEST)}. It is in the menu Queries.")

    def _fill(self) -> None:
        """Fill the menu of queries."""
        self.menu.clear()
        kept = self.session.queries
        groups: tuple[tuple[str, list[tuple[str, Callable[[], object]]]], ...] = (
            ("Examples", [(name, partial(self.show_query, sql)) for name, sql in QUESTIONS]),
            ("First rows of", [(name, partial(self.show_query, first_rows(name))) for name in tables()]),
            ("Saved", [(name, partial(self._load, name)) for name in kept.saved]),
            ("Run before", [(words.one_line(sql, 80), partial(self.editor.setPlainText, sql)) for sql in kept.history]),
            ("Delete", [(name, partial(kept.delete, name)) for name in kept.saved]),
        )
        for heading, entries in groups:
            menu = self.menu.addMenu(heading)
            menu.setEnabled(bool(entries))
            for text, do in entries:
                menu.addAction(words.one_line(text, 80).replace("&", "&&")).triggered.connect(lambda _=False, do=do: do())

    def _load(self, name: str) -> None:
        self.name.setText(name)
        self.editor.setPlainText(self.session.queries.saved[name])

    # the answer

    def _show(self) -> None:
        answer, plotted = self.table.answer, self.form.value() == PLOT
        self.answers.setCurrentWidget(self.wrong if self.wrong.text() else self.plot if plotted else self.table)
        self.column.setVisible(plotted and self.column.count() > 1)
        if plotted:
            self.plot.show_answer(answer, self.column.currentData() or "")
            if answer.columns and not len(self.plot.figures):
                self._say("A plot needs a column of numbers.")
        self._able()

    def _able(self) -> None:
        asked = bool(self.editor.toPlainText().strip())
        self.run.setText("Run" if self.task is None else "Stop")
        self.run.setEnabled(asked or self.task is not None)
        self.save.setEnabled(asked and bool(self.name.text().strip()))
        for button in (self.copy, self.export):
            button.setEnabled(bool(self.table.answer.columns))

    def _open(self, values: list[int | float | str]) -> None:
        event = self.table.event_of(values)
        if event is not None:
            self.session.ask_moment(event)

    def _export(self) -> None:
        player = self.session.player
        name = "answer.csv" if player is None else f"{stem(player.recording.path)}-answer.csv"
        path, _ = QFileDialog.getSaveFileName(self, "Save as CSV", name, "CSV (*.csv)")
        if path:
            self.write(Path(path))

    def write(self, path: Path) -> None:
        """Write the answer to a CSV file."""
        try:
            path.write_text(self.table.text(), encoding="utf-8", newline="")
            self._say(f"Written to {path}.")
        except OSError as error:
            self._say(f"Cannot write {path}: {error.strerror or error}.", wrong=True)

    def _say(self, sentence: str, wrong: bool = False) -> None:
        self.says.setText(words.one_line(sentence, 400))
        self.says.setProperty("role", "danger" if wrong else "muted")
        self.says.style().unpolish(self.says)
        self.says.style().polish(self.says)
