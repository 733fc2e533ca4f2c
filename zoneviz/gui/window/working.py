"""The dialog of one piece of work on a file: its progress, its result in sentences, and what to do with the file it made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.session.jobs import Advance, Task
from zoneviz.gui.window.filing import show_folder

Work = Callable[[Advance, Callable[[], bool]], dict[str, Any]]
"""As the work of a `Task`; returns what a function of `app` returns, with `file` if it made one."""


class Working(QDialog):
    """Not modal. `say(result)`: sentences about the result. Closing stops the work. `opened(path)`: the user wants to see the new file."""

    opened = Signal(object)

    def __init__(self, parent: QWidget, title: str, work: Work, say: Callable[[dict[str, Any]], list[str]]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._say = say
        self.made: Path | None = None
        self.words, self.bar = QLabel("Working…", self), QProgressBar(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setMinimumWidth(420)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.folder, self.show_it, self.leave = (QPushButton(text, self) for text in ("Show in folder", "Open", "Cancel"))
        self.folder.hide()
        self.show_it.hide()
        self.show_it.setProperty("role", "primary")
        row = QHBoxLayout()
        row.addStretch()
        for button in (self.folder, self.show_it, self.leave):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(self.words)
        layout.addWidget(self.bar)
        layout.addLayout(row)
        self.leave.clicked.connect(self.reject)
        self.folder.clicked.connect(lambda: show_folder(self.made) if self.made is not None else None)
        self.show_it.clicked.connect(self._open)
        self.task = Task(work, self._finished, self)
        self.task.advanced.connect(self._advanced)
        self.task.failed.connect(self._failed)

    def _advanced(self, done: int, of: int) -> None:
        if not self.task.running:  # the last report may arrive after the result
            return
        if of:
            self.bar.setRange(0, 100)
            self.bar.setValue(round(100 * done / of))
        else:
            self.words.setText(f"Working… {words.count(done, 'event')}")

    def _finished(self, result: dict[str, Any]) -> None:
        self._over("\n".join(words.one_line(sentence, 400) for sentence in self._say(result)))
        if result.get("made"):
            self.made = Path(result["made"])
            self.folder.show()
            self.show_it.setVisible(self.made.name.endswith((".zvz", ".zvz.zst")))

    def _failed(self, sentence: str) -> None:
        self.words.setProperty("role", "danger")
        self.words.style().polish(self.words)
        self._over(words.one_line(sentence, 600))

    def _over(self, text: str) -> None:
        self.bar.hide()
        self.words.setText(text)
        self.leave.setText("Close")
        self.adjustSize()

    def _open(self) -> None:
        if self.made is not None:
            self.opened.emit(self.made)
            self.accept()

    def done(self, result: int) -> None:
        """Stop the work when the dialog closes."""
        self.task.cancel()
        super().done(result)
