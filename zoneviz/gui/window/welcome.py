"""What stands in the middle when there is nothing to draw: why, and one next step."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class Welcome(QWidget):
    """A sheet with a headline, a few words and at most two buttons."""

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
        self.open = QPushButton("Open a recording…", sheet)
        buttons = QHBoxLayout()
        buttons.addWidget(self.run)
        buttons.addWidget(self.open)
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
        """Nothing was recorded yet."""
        self.headline.setText("Watch GNU Mach fill its zone map until it panics")
        self.words.setText(
            "A simulated kernel runs an experiment and every event is recorded. Drag back from the panic to see which zones grew, "
            "since when, and who asked last. Recordings (.zvz) can also be dropped on this window."
        )

    def show_problem(self, words: str) -> None:
        """A file or run that could not be shown."""
        self.headline.setText("That could not be shown")
        self.words.setText(words)

    def show_waiting(self) -> None:
        """A recording without events yet."""
        self.headline.setText("Nothing has happened yet")
        self.words.setText("This recording holds no events.")
