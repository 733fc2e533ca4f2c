"""The page "What this file cannot show": what its import left out or assumed, and what follows from what it has data on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.shown import cannot_show

MOST = 200
"""Upper bound of the sentences shown."""


class NotShownView(View):
    """A heading, and one line per sentence. The text can be selected with mouse and keys."""

    title = "Not shown"
    place = 11

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        heading = QLabel("What this file cannot show", self)
        heading.setProperty("role", "strong")
        self.text = QLabel(self)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.text.setAccessibleName("What this file cannot show")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.text)
        for widget in (area.viewport(), self.text):
            widget.setAutoFillBackground(False)
        self.setFocusProxy(self.text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(heading)
        layout.addWidget(area, 1)

    def show_recording(self, player: Player) -> None:
        """List the sentences."""
        found = [words.one_line(sentence) for sentence in cannot_show(player.recording.header)[:MOST]]
        self.text.setText("\n".join(f"• {sentence}" for sentence in found) or "Nothing is missing: it has every event of the kernel.")
