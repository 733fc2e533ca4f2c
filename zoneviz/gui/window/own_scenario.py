"""The question before a scenario file is loaded: it is a program, so only the user can say whether to run it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.errors import ZonevizError
from zoneviz.scenarios import Scenario, load


class LoadScenario(QDialog):
    """Not modal. `loaded(Scenario)` after the user agreed; a file that does not load is reported here."""

    loaded = Signal(object)

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Load a scenario")
        self._path = path
        what = f"{words.middle(path.name, 80)} is a program in Python. Loading it runs it, and it can do all that you can. Load it?"
        self.words, self.where = QLabel(what, self), QLabel(words.middle(str(path.parent), 120), self)
        self.where.setProperty("role", "muted")
        for label in (self.words, self.where):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setMinimumWidth(420)
        self.leave, self.load = QPushButton("Cancel", self), QPushButton("Load", self)
        self.load.setProperty("role", "primary")
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.leave)
        row.addWidget(self.load)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(self.words)
        layout.addWidget(self.where)
        layout.addLayout(row)
        self.leave.clicked.connect(self.reject)
        self.load.clicked.connect(self._load)

    def _load(self) -> None:
        found: Scenario
        try:
            found = load(self._path)
        except ZonevizError as error:
            self.words.setText(words.one_line(str(error), 600))
            self.load.hide()
            self.leave.setText("Close")
            return
        self.accept()
        self.loaded.emit(found)
