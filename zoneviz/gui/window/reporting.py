"""The dialog that makes a report: what to include, a comment, and the file.

It runs `zoneviz report` in another process, which takes seconds and names its steps; the window stays responsive.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.app.heads import stem
from zoneviz.app.whatif import limits
from zoneviz.app.writing import probe
from zoneviz.errors import ZonevizError
from zoneviz.gui.charts.whatif import BAD
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.session.session import Session

ALWAYS = (
    "report.html: how it ended, cause and evidence, limits, threads, charts, the command that reproduces the run",
    "report.txt: the same in 72 columns, for a mailing list",
)
CHOICES = {
    "pictures": ("pictures of timeline, pages and heatmap, light and dark", "--no-pictures"),
    "zones": ("zones.csv: all zones at the moment", "--no-zones"),
    "notes": ("your notes on the recording", "--no-notes"),
    "recording": ("the packed recording, so that others can check the report", "--no-recording"),
}
"""Optional parts: label, and the option that leaves it out."""
CANCELLED = "Cancelled. Nothing was written."


class MakeReport(QDialog):
    """Save asks for a file and starts; closing the dialog stops the process."""

    def __init__(self, parent: QWidget, session: Session, folder: Path) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Make a report")
        self._session, self._folder = session, folder
        self.made: Path | None = None
        self._lines, self._cancelled = "", False
        self.process = QProcess(self)
        self.process.finished.connect(self._finished)
        self.process.readyReadStandardError.connect(self._step)
        self.process.errorOccurred.connect(lambda _: self._say("Could not start zoneviz report."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        layout.addWidget(self._label("An archive that anyone can read without zoneviz, and check with it. It contains:", "strong"))
        for promise in ALWAYS:
            layout.addWidget(self._label(promise))
        self.ticks: dict[str, Toggle] = {}
        for name, (choice, _) in CHOICES.items():
            self.ticks[name] = Toggle(choice, self)
            self.ticks[name].setChecked(True)
            layout.addWidget(self.ticks[name])
        player = session.player
        count = len(limits(player.recording.header)) if player is not None else 0
        bad = player is not None and player.recording.header.outcome in BAD
        asked = "what would have stopped it" if bad else "what a limit would have changed"
        self.what_if = Toggle(f"{asked}: runs it again with {words.count(count, 'limit')}, some seconds each", self)
        self.what_if.setVisible(count > 0)
        layout.addWidget(self.what_if)
        chosen = session.selection.range
        stretch = f", {words.number(chosen[0])} to {words.number(chosen[1])}" if chosen else ""
        self.part = Toggle(f"only the selected events of the recording{stretch}", self)
        self.part.setEnabled(chosen is not None)
        self.ticks["recording"].toggled.connect(lambda on: self.part.setEnabled(on and chosen is not None))
        layout.addWidget(self.part)
        layout.addWidget(
            self._label("Your name, your folders and the name of this machine are removed.", "muted")
        )
        label = self._label("Comment (optional):")
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
        self.show_folder, self.save = QPushButton("Show in folder", self), QPushButton("Save…", self)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.clicked.connect(self.stop)
        self.cancel.hide()
        self.show_folder.hide()
        self.show_folder.clicked.connect(self._open_folder)
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self.ask)
        for button in (self.cancel, self.show_folder, self.save):
            row.addWidget(button)
        layout.addLayout(row)
        # Qt's own size is too small for large text, and at most two thirds of a small screen.
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
        """Ask for a file, then make the report."""
        player = self._session.player
        assert player is not None
        name = f"{stem(player.recording.path)}-report.zip"
        path, _ = QFileDialog.getSaveFileName(self, "Make a report", str(self._folder / name), "Archives (*.zip)")
        if path:
            self.make(Path(path))

    def arguments(self, path: Path) -> list[str]:
        """Arguments of Python. The comment goes through standard input: other users can read a process's arguments."""
        player = self._session.player
        assert player is not None
        out = ["-m", "zoneviz", "report", str(player.recording.path.absolute()), "-o", str(path), "--force", "--steps", "--note", "-"]
        out += ["--at", str(self._session.moment)]
        out += [option for name, (_, option) in CHOICES.items() if not self.ticks[name].isChecked()]
        out += ["--what-if"] if self.what_if.isChecked() else []
        chosen = self._session.selection.range
        if self.part.isChecked() and self.part.isEnabled() and chosen is not None:
            out += ["--range", f"{chosen[0]}:{chosen[1]}"]
        return out

    def make(self, path: Path) -> None:
        """Start the process. An existing file is replaced: the file dialog has asked. A file that cannot be written is reported at once."""
        path = path if path.suffix.lower() == ".zip" else path.with_name(f"{path.name}.zip")
        self.made = path
        self.show_folder.hide()
        player = self._session.player
        assert player is not None
        try:
            probe(player.recording.path, path)
        except ZonevizError as error:
            self._say(str(error))
            return
        self._lines, self._cancelled = "", False
        self._working(True)
        self._say("Starting…")
        self.process.start(sys.executable, self.arguments(path))
        self.process.write(self.note.toPlainText().encode())
        self.process.closeWriteChannel()

    def stop(self) -> None:
        """Stop the process; it leaves no partial file."""
        self._cancelled = True
        self.cancel.setEnabled(False)
        self._say("Cancelling…")
        self.process.terminate()

    def done(self, result: int) -> None:
        """Stop the process when the dialog closes."""
        self.process.blockSignals(True)
        if self.process.state() != QProcess.ProcessState.NotRunning:
            self.process.terminate()
            if not self.process.waitForFinished(2000):
                self.process.kill()
                self.process.waitForFinished(2000)
        super().done(result)

    def _working(self, on: bool) -> None:
        self.save.setEnabled(not on)
        self.cancel.setEnabled(on)
        self.cancel.setVisible(on)

    def _step(self) -> None:
        """Show the step that the process works on."""
        self._lines += bytes(self.process.readAllStandardError().data()).decode("utf-8", "replace")
        if not self._cancelled and (said := self._lines.strip().splitlines()):
            self._say(said[-1])

    def _finished(self, code: int) -> None:
        self._step()
        self._working(False)
        if self._cancelled:
            self._say(CANCELLED)
        elif not self._lines.strip():
            self._say("zoneviz report failed without a message." if code else "Saved.")
        self.show_folder.setVisible(code == 0 and not self._cancelled)

    def _say(self, sentence: str) -> None:
        self.words.setText(words.one_line(sentence, 400))

    def _open_folder(self) -> None:
        if self.made is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.made.parent)))
