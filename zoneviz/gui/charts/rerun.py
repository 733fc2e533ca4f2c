"""A card that records the run again with one change and compares: a limit this version offers, or any value of the form."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from zoneviz.app.whatif import limits, repeatable
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player

OTHER = "another value, in the form on the left…"


class RunAgain(QWidget):
    """A button with a menu. Hidden if the recorded run cannot be repeated."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        heading = QLabel("RUN AGAIN AND COMPARE", self)
        heading.setProperty("role", "section")
        words = QLabel("Records the run with one change and compares the two.", self)
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        self.menu = QMenu(self)
        self.button = QToolButton(self)
        self.button.setText("Run again with ▾")
        self.button.setAccessibleName("Run again with one change and compare")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setMenu(self.menu)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(7)
        box.addWidget(heading)
        box.addWidget(words)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_recording(self, player: Player) -> None:
        """Offer the limits that the recorded run did not have."""
        recording = player.recording
        able = recording.complete and not self.session.live and repeatable(recording.header)
        self.setVisible(able)
        self.menu.clear()
        if not able:
            return
        for limit in limits(recording.header):
            self._offer(limit.words, {limit.setting: limit.value})
        self.menu.addSeparator()
        self._offer(OTHER, None)

    def _offer(self, words: str, changes: dict[str, str] | None) -> None:
        action = QAction(words.replace("&", "&&"), self.menu)
        action.triggered.connect(lambda _=False: self.session.variant_asked.emit(changes))
        self.menu.addAction(action)
