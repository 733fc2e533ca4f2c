"""The sheet shown when there is nothing to draw: why, and what to do next."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class Welcome(QWidget):
    """A headline, a few sentences and three buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("centre")
        sheet = QFrame(self)
        sheet.setObjectName("sheet")
        sheet.setMaximumWidth(620)
        self.headline = QLabel(sheet)
        self.headline.setProperty("role", "headline")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setWordWrap(True)
        self.words = QLabel(sheet)
        self.words.setProperty("role", "muted")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.run = QPushButton("Run the fork bomb", sheet)
        self.run.setProperty("role", "primary")
        self.record = QPushButton("Record this machine…", sheet)
        self.open = QPushButton("Open files…", sheet)
        self.repair = QPushButton("Repair…", sheet)
        self.repair.setToolTip("Save what is readable of the damaged recording in a new file")
        buttons = QHBoxLayout()
        for button in (self.repair, self.run, self.record, self.open):
            buttons.addWidget(button)
        buttons.addStretch()
        box = QVBoxLayout(sheet)
        box.setContentsMargins(28, 24, 28, 24)
        box.setSpacing(12)
        for widget in (self.headline, self.words):
            box.addWidget(widget)
        box.addSpacing(6)
        box.addLayout(buttons)
        across = QHBoxLayout()
        across.addStretch()
        across.addWidget(sheet, 10)
        across.addStretch()
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(across)
        layout.addStretch(3)
        self.show_empty()

    def show_empty(self) -> None:
        """No recording is open."""
        self.repair.hide()
        self.headline.setText("See why a kernel ran out of memory")
        self.words.setText(
            "Drop what a machine reported on this window: panic reports and JetsamEvents of macOS, listings and logs of Linux, FreeBSD "
            "or the Hurd; files, folders or archives. A copied text opens with Ctrl+V. Help > What to capture has the commands.\n\n"
            "Or watch GNU Mach fill its zone map until it panics: a simulated kernel runs an experiment and records every event.\n\n"
            "Or record the kernel of this machine while it runs: its caches, and on Linux every allocation."
        )

    def show_problem(self, words: str, repairable: bool = False) -> None:
        """A file or a run could not be shown; `words`: why. `repairable`: offer to repair it."""
        self.repair.setVisible(repairable)
        self.headline.setText("Could not show this")
        self.words.setText(words)

    def show_waiting(self) -> None:
        """The recording has no events."""
        self.repair.hide()
        self.headline.setText("No events")
        self.words.setText("This recording is empty. Open another one, or run an experiment.")
