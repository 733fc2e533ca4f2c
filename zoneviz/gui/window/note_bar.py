"""The strip in which a note is written."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from zoneviz.gui.kit.bar import Bar
from zoneviz.gui.kit.line import Line
from zoneviz.gui.session.session import Session


class NoteBar(Bar):
    """Edits the note of one event. Hidden until N is pressed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.seq = 0
        self.setObjectName("floating")
        self.label = QLabel(self)
        self.field = Line(self)
        self.field.setAccessibleName("Note")
        self.field.setPlaceholderText("What happens here. Enter saves, Esc cancels.")
        self.label.setBuddy(self.field)
        save, leave = QPushButton("save", self), QPushButton("cancel", self)
        save.setAccessibleName("Save the note")
        leave.setAccessibleName("Discard the note")
        leave.setProperty("role", "flat")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 8, 5)
        layout.setSpacing(8)
        for widget, stretch in ((self.label, 0), (self.field, 1), (save, 0), (leave, 0)):
            layout.addWidget(widget, stretch)
        self.field.returnPressed.connect(self.save)
        self.field.left.connect(self.hide)
        save.clicked.connect(self.save)
        leave.clicked.connect(self.hide)
        session.recording_changed.connect(self.hide)
        self.hide()

    def open(self) -> None:
        """Edit the note at the moment, or start one."""
        self.seq = self.session.moment
        found = self.session.notebook.at(self.seq)
        self.label.setText(f"Note at {self.session.numbered(self.seq)}")
        self.field.setText(found.text if found else "")
        self.show()
        self.take_keys(self.field)

    def save(self) -> None:
        """Save the note; an empty one is a bookmark."""
        self.session.notebook.put(self.seq, self.field.text().strip())
        self.hide()
