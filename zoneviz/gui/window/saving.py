"""The dialog that saves or copies a picture of one view or of the window."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QIntValidator
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from zoneviz.app.heads import stem
from zoneviz.app.pictures import FORMATS, MOST
from zoneviz.errors import ZonevizError
from zoneviz.gui.charts.figure import MARGIN, Figure, caption
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.session.session import Session

Parts = dict[str, QWidget]
"""Widgets by title."""


def figure(title: str, widget: QWidget, session: Session, with_caption: bool = True) -> Figure:
    """A part of the window as a picture. The window needs no margin."""
    return Figure(widget, session.theme, caption(title, session) if with_caption else "", 0 if widget.isWindow() else MARGIN)


class SavePicture(QDialog):
    """Asks for part, width and caption; saves to a file or copies to the clipboard. `saved(path)` after writing."""

    saved = Signal(object)

    def __init__(self, parent: QWidget, parts: Parts, chosen: str, session: Session, folder: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save picture")
        self._parts, self._session, self._folder = parts, session, folder
        self.what, self.width_, self.caption = QComboBox(self), QLineEdit(self), Toggle("with a caption", self)
        self.what.addItems([*parts])
        self.what.setCurrentText(chosen)
        self.width_.setValidator(QIntValidator(100, MOST, self))
        self.caption.setChecked(True)
        self.words = QLabel(self)
        self.words.setProperty("role", "muted")
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 20, 24, 20)
        grid.setVerticalSpacing(10)
        wide = QHBoxLayout()
        for scale in (1, 2, 3):
            button = QPushButton(f"{scale}\u00d7", self)
            button.setProperty("role", "flat")
            button.setAccessibleName(f"{scale} times the size on the screen")
            button.clicked.connect(lambda _=False, s=scale: self._scale(s))
            wide.addWidget(button)
        wide.insertWidget(0, self.width_)
        wide.addStretch()
        for row, (name, field) in enumerate((("picture of", self.what), ("pixels wide", self.width_))):
            label = QLabel(name, self)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
        grid.addWidget(self.what, 0, 1)
        grid.addLayout(wide, 1, 1)
        grid.addWidget(self.caption, 2, 1)
        grid.addWidget(self.words, 3, 0, 1, 2)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        for name, act in (("Copy", self.copy), ("Save…", self.ask)):
            button = QPushButton(name, self)
            button.clicked.connect(act)
            buttons.addWidget(button)
        button.setProperty("role", "primary")
        button.setDefault(True)
        grid.addLayout(buttons, 4, 0, 1, 2)
        self.what.currentTextChanged.connect(lambda: self._scale(1))
        self._scale(1)

    def figure(self) -> Figure:
        """The picture as chosen now."""
        title = self.what.currentText()
        return figure(title, self._parts[title], self._session, self.caption.isChecked())

    @property
    def scale(self) -> float:
        """Pixels of the picture per point on the screen."""
        return max(int(self.width_.text() or 0), 100) / max(self.figure().size().width(), 1)

    def copy(self) -> None:
        """Copy to the clipboard."""
        QGuiApplication.clipboard().setImage(self.figure().image(self.scale))
        self.words.setText("Copied.")

    def ask(self) -> None:
        """Ask for a file and save; its ending chooses the format."""
        player = self._session.player
        parts = [*([stem(player.recording.path)] if player is not None else []), *self.what.currentText().lower().split()]
        name = "-".join(parts) + ".png"
        filters = "PNG, SVG, PDF (" + " ".join(f"*{ending}" for ending in FORMATS) + ")"
        path, _ = QFileDialog.getSaveFileName(self, "Save picture", str(self._folder / name), filters)
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Save. An existing file is replaced: the file dialog has asked."""
        path = path if path.suffix.lower() in FORMATS else path.with_name(f"{path.name}.png")
        try:
            self.figure().save(path, self.scale, force=True)
        except ZonevizError as error:
            self.words.setText(str(error))
            return
        self.saved.emit(path)
        self.accept()

    def _scale(self, scale: int) -> None:
        self.width_.setText(str(min(self.figure().size().width() * scale, MOST)))
