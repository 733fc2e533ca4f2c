"""The dialog that opens captures: it reads them, says what was recognised, and makes recordings of them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from zoneviz import words
from zoneviz.app.shelving import Importing, shelve
from zoneviz.captures.refusals import FORMATS
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.session.jobs import Task

if TYPE_CHECKING:
    from zoneviz.app.imports import OnProgress

_PROGRESS_SECONDS = 0.1
"""Shortest time between two updates of the progress bar."""
_LISTED = 6
"""Recordings shown without scrolling."""


class ImportDialog(QDialog):
    """Reads `source`, files and folders or a pasted text, in a thread. Open makes recordings in `folder`; closing stops and leaves nothing.

    `made(path of the chosen recording, paths of the others)` when they are complete; `help_asked()`: how to make a readable capture.
    """

    made = Signal(object, object)
    help_asked = Signal()

    def __init__(self, parent: QWidget, source: Sequence[Path] | str, folder: Path) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Open captures")
        self._source, self._folder = source, folder
        self.task: Task | None = None
        self.headline = self._label("headline")
        self.about = self._label("strong")
        self.choice, self.said, self.bar = QListWidget(self), QPlainTextEdit(self), QProgressBar(self)
        self.choice.setAccessibleName("Recording to open first")
        self.said.setAccessibleName("What must be said about the files")
        self.choice.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.choice.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.said.setReadOnly(True)
        self.said.setTabChangesFocus(True)
        self.bar.setTextVisible(False)
        self.file_times = Toggle("Files without a date get the time of the file", self)
        self.help = QPushButton("What to capture…", self)
        self.cancel, self.begin = QPushButton("Cancel", self), QPushButton("Open", self)
        self.begin.setProperty("role", "primary")
        self.begin.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        for widget in (self.headline, self.about, self.choice, self.said, self.bar, self.file_times):
            layout.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.help)
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.begin)
        layout.addLayout(row)
        self.help.clicked.connect(self.help_asked)
        self.cancel.clicked.connect(self.reject)
        self.begin.clicked.connect(self.record)
        self.choice.itemActivated.connect(self.record)
        self.file_times.toggled.connect(self.look)
        self.setMinimumWidth(520)
        self.resize(760, 440)
        self.file_times.hide()
        self.look()

    def look(self) -> None:
        """Read the files without recording, and say what they hold."""
        self._begin("Reading…", lambda advance, stopped: self._import()(None, on_progress=advance, should_stop=stopped), self._show)

    def record(self) -> None:
        """Make the recordings."""
        if not self.begin.isEnabled():
            return
        folder, read = self._folder, self._import()
        self._begin("Recording…", lambda advance, stopped: shelve(read, folder, on_progress=advance, should_stop=stopped), self._finished)

    def done(self, result: int) -> None:
        """Stop the thread when the dialog closes."""
        if self.task is not None:
            self.task.cancel()
        super().done(result)

    def _import(self) -> Importing:
        from zoneviz.app.captures import import_files, import_text  # here, so that the window opens sooner

        if isinstance(self._source, str):
            return partial(import_text, self._source)
        return partial(import_files, list(self._source), file_times=self.file_times.isChecked())

    def _begin(
        self, doing: str, work: Callable[["OnProgress", Callable[[], bool]], dict[str, Any]], take: Callable[[dict[str, Any]], object]
    ) -> None:
        if self.task is not None:
            self.task.cancel()
        self.headline.setText(doing)
        self.begin.setEnabled(False)
        self.file_times.setEnabled(False)
        for widget in (self.about, self.choice, self.said):
            widget.hide()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.task = Task(lambda advance, stopped: work(_rarely(advance), stopped), take, self)
        self.task.advanced.connect(self._advanced)
        self.task.failed.connect(self._failed)

    def _advanced(self, _: int, share: float) -> None:
        if share > 0:
            self.bar.setRange(0, 100)
            self.bar.setValue(round(100 * share))

    def _show(self, result: dict[str, Any]) -> None:
        recordings = result["recordings"]
        self._ready(result["summary"])
        one = len(recordings) == 1
        self.about.setText(_described(recordings[0]) if one else "Each boot, machine or stream becomes a recording. Open first:")
        self.about.show()
        self.choice.clear()
        self.choice.addItems([_described(made) for made in recordings])
        self.choice.setCurrentRow(0)
        self.choice.setVisible(not one)
        self.choice.setMaximumHeight((self.choice.sizeHintForRow(0) + 2) * min(len(recordings), _LISTED) + 8)
        self.said.setPlainText("\n".join(f"• {words.plain(sentence)}" for sentence in result["sentences"]))
        self.said.setVisible(bool(result["sentences"]))
        self.file_times.setVisible(
            self.file_times.isChecked()
            or (not isinstance(self._source, str) and len(recordings) > 1 and any(made.get("clock") == "order" for made in recordings))
        )
        self.begin.setEnabled(True)
        self.begin.setFocus()

    def _finished(self, result: dict[str, Any]) -> None:
        paths = [Path(made["file"]) for made in result["recordings"]]
        chosen = paths.pop(max(self.choice.currentRow(), 0))
        self.accept()
        self.made.emit(chosen, paths)

    def _failed(self, sentence: str) -> None:
        self._ready("Nothing can be opened")
        why, reads, formats = sentence.partition(FORMATS)
        lines = [words.plain(why + reads.rstrip()), *(f"• {words.plain(one)}" for one in formats.removesuffix(".").split("; ") if one)]
        self.said.setPlainText("\n".join(lines))
        self.said.show()
        self.cancel.setText("Close")

    def _ready(self, headline: str) -> None:
        self.bar.hide()
        self.headline.setText(words.one_line(headline))
        self.file_times.setEnabled(True)

    def _label(self, role: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("role", role)
        return label


def _described(made: dict[str, Any]) -> str:
    """One line on a recording: its system, readings, time 0 and files."""
    names, clock = made["captures"], made.get("clock")
    since = {None: "", "order": "no times", "uptime": "times since boot", "first reading": "times since the first reading"}
    parts = [made["system"] or "unknown system", words.count(made["readings"], "reading") if made["readings"] else "event stream"]
    parts.append(since.get(clock, f"from {clock}"))
    if names:
        parts.append(words.middle(names[0], 40) + (f" and {words.number(len(names) - 1)} more" if len(names) > 1 else ""))
    return " · ".join(words.plain(part) for part in parts if part)


def _rarely(advance: "OnProgress") -> "OnProgress":
    """`advance`, called at most once in _PROGRESS_SECONDS."""
    last = 0.0

    def act(events: int, share: float) -> None:
        nonlocal last
        if monotonic() - last >= _PROGRESS_SECONDS:
            last = monotonic()
            advance(events, share)

    return act
