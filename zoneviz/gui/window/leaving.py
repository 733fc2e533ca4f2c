"""Closing the window during a run: finish it first, keep what is there, or stay."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.app.live_spec import LiveSpec
from zoneviz.gui.session.desk import Desk

NEVER = "It has no time limit, so it would not finish by itself."


class LeaveDialog(QDialog):
    """Asks what becomes of the run. Stay is the default, also for Esc; `finish` is offered if the run ends by itself."""

    def __init__(self, sentence: str, ends: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Close zoneviz")
        said = QLabel(sentence, self)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setWordWrap(True)
        said.setMinimumWidth(360)
        self.finish = QPushButton("Finish, then close", self)
        self.finish.setToolTip("The window stays until the run has finished" if ends else NEVER)
        self.finish.setEnabled(ends)
        self.keep = QPushButton("Keep what is there", self)
        self.keep.setToolTip("End the run now; its recording is complete up to here")
        self.stay = QPushButton("Stay", self)
        self.stay.setProperty("role", "primary")
        self.stay.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.finish, self.keep, self.stay):
            button.setAccessibleDescription(button.toolTip())
            button.clicked.connect(self.accept)
            buttons.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.setSpacing(16)
        box.addWidget(said)
        box.addLayout(buttons)


class Leaving(QObject):
    """Closes a window with `close`, after asking if a run is in progress. `say`: shows a sentence in the window."""

    def __init__(self, desk: Desk, window: QWidget, say: Callable[[str], object]) -> None:
        super().__init__(window)
        self._desk, self._window, self._say = desk, window, say
        self.dialog: LeaveDialog | None = None
        self.waiting = False
        """Whether the window closes when the run has finished."""
        desk.changed.connect(self._changed)

    def quit(self) -> None:
        """Close the window, or ask first."""
        if not self.ask():
            self._window.close()

    def ask(self) -> bool:
        """Ask if a run is in progress; False if none is."""
        if not self._desk.live:
            return False
        if self.dialog is None:
            self.dialog = LeaveDialog(self._sentence(), self._ends(), self._window)
            self.dialog.finish.clicked.connect(self._finish)
            self.dialog.keep.clicked.connect(self._window.close)
            self.dialog.stay.clicked.connect(self._stay)
            self.dialog.finished.connect(self._answered)
            self.dialog.open()
        return True

    def _sentence(self) -> str:
        desk = self._desk
        said = "This machine is being recorded." if desk.of_machine else "A run is in progress."
        if desk.run is not None:
            said += f" Its recording has {words.count(desk.run.events, 'event')}."
        return said + (f" Queued: {words.count(len(desk.queue), 'run')}." if desk.queue else "")

    def _ends(self) -> bool:
        specs = [self._desk.spec, *self._desk.queue]
        return all(spec.seconds is not None for spec in specs if isinstance(spec, LiveSpec))

    def _finish(self) -> None:
        self.waiting = True
        if self._desk.paused:
            self._desk.toggle_pause()
        self._say("The window closes when the run has finished. To stay, choose File > Quit again, then Stay.")

    def _stay(self) -> None:
        self.waiting = False

    def _answered(self) -> None:
        self.dialog = None

    def _changed(self) -> None:
        if self._desk.live or self._desk.queue:
            return
        if self.dialog is not None:  # there is nothing left to ask
            self.dialog.close()
        if self.waiting:
            self.waiting = False
            self._window.close()
