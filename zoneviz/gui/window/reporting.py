"""The dialog that makes a report: what will be in it with a tick each, the person's own words, and where it goes.

The work is that of `zoneviz report`, in a process of its own: it paints and computes for seconds, and the window stays alive.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.session.session import Session

ALWAYS = (
    "report.html: why it happened with its evidence, charts and tables, parameters, the command that makes it again",
    "report.txt: the same in 72 columns, for a mailing list",
)
CHOICES = {
    "pictures": ("pictures of the timeline, the pages and the heatmap, light and dark", "--no-pictures"),
    "zones": ("zones.csv: every zone at the moment", "--no-zones"),
    "recording": ("the packed recording, with which anyone can check it", "--no-recording"),
}
"""What can be left out: words, and the option that does it."""


class MakeReport(QDialog):
    """Save asks for a name and begins; closing the dialog stops what has begun."""

    def __init__(self, parent: QWidget, session: Session, folder: Path) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Make a report")
        self._session, self._folder = session, folder
        self.made: Path | None = None
        self.process = QProcess(self)
        self.process.finished.connect(self._finished)
        self.process.errorOccurred.connect(lambda _: self._say("It could not be started."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        layout.addWidget(self._label("One archive that a stranger can read without zoneviz, and check with it. It will hold:", "strong"))
        for promise in ALWAYS:
            layout.addWidget(self._label(promise))
        self.ticks: dict[str, QCheckBox] = {}
        for name, (choice, _) in CHOICES.items():
            self.ticks[name] = QCheckBox(choice, self)
            self.ticks[name].setChecked(True)
            layout.addWidget(self.ticks[name])
        chosen = session.selection.range
        self.part = QCheckBox("of the recording only the selected events" + (f", {chosen[0]:,} to {chosen[1]:,}" if chosen else ""), self)
        self.part.setEnabled(chosen is not None)
        self.ticks["recording"].toggled.connect(lambda on: self.part.setEnabled(on and chosen is not None))
        layout.addWidget(self.part)
        layout.addWidget(
            self._label("It does not say who you are: your folders, your name and that of this machine are taken out.", "muted")
        )
        label = self._label("Your own words, if you like:")
        self.note = QPlainTextEdit(self)
        self.note.setTabChangesFocus(True)
        self.note.setMinimumHeight(96)
        label.setBuddy(self.note)
        layout.addWidget(label)
        layout.addWidget(self.note)
        self.words = self._label("", "muted")
        layout.addWidget(self.words)
        row = QHBoxLayout()
        row.addStretch()
        self.show_folder, self.save = QPushButton("Show in its folder", self), QPushButton("Save…", self)
        self.show_folder.hide()
        self.show_folder.clicked.connect(self._open_folder)
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self.ask)
        row.addWidget(self.show_folder)
        row.addWidget(self.save)
        layout.addLayout(row)
        # Of its own it would be less than larger text needs, and at most two thirds of a small screen.
        self.setMinimumWidth(max(560, layout.minimumSize().width()))
        self.resize(self.minimumWidth(), layout.heightForWidth(self.minimumWidth()))

    def _label(self, words: str, role: str = "") -> QLabel:
        label = QLabel(words, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if role:
            label.setProperty("role", role)
        return label

    def ask(self) -> None:
        """Ask where, and begin."""
        path, _ = QFileDialog.getSaveFileName(self, "Make a report", str(self._folder / "report.zip"), "Archives (*.zip)")
        if path:
            self.make(Path(path))

    def arguments(self, path: Path) -> list[str]:
        """What `zoneviz` is asked for. The note goes by standard input: another user may read a process's arguments."""
        player = self._session.player
        assert player is not None
        out = ["-m", "zoneviz", "report", str(player.recording.path.absolute()), "-o", str(path), "--force", "--note", "-"]
        out += ["--at", str(self._session.moment)]
        out += [option for name, (_, option) in CHOICES.items() if not self.ticks[name].isChecked()]
        chosen = self._session.selection.range
        if self.part.isChecked() and self.part.isEnabled() and chosen is not None:
            out += ["--range", f"{chosen[0]}:{chosen[1]}"]
        return out

    def make(self, path: Path) -> None:
        """Begin; the person has said that a file there may go."""
        path = path if path.suffix.lower() == ".zip" else path.with_name(f"{path.name}.zip")
        self.made = path
        self.save.setEnabled(False)
        self.show_folder.hide()
        self._say("Looking for the cause, painting and packing. This takes some seconds.")
        self.process.start(sys.executable, self.arguments(path))
        self.process.write(self.note.toPlainText().encode())
        self.process.closeWriteChannel()

    def done(self, result: int) -> None:
        """Closed: what still goes on is stopped, and leaves nothing."""
        self.process.blockSignals(True)
        if self.process.state() != QProcess.ProcessState.NotRunning:
            self.process.terminate()
            if not self.process.waitForFinished(2000):
                self.process.kill()
                self.process.waitForFinished(2000)
        super().done(result)

    def _finished(self, code: int) -> None:
        said = bytes(self.process.readAllStandardError().data()).decode("utf-8", "replace").strip().splitlines()
        self._say(said[-1] if said else "It ended without a word." if code else "Written.")
        self.save.setEnabled(True)
        self.show_folder.setVisible(code == 0)

    def _say(self, sentence: str) -> None:
        self.words.setText(words.one_line(sentence, 400))

    def _open_folder(self) -> None:
        if self.made is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.made.parent)))
