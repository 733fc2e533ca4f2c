"""What every view is: a widget with a title that shows a recording and a moment, and costs nothing while it is hidden."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from zoneviz.errors import InputError
from zoneviz.playback import Player

if TYPE_CHECKING:
    from zoneviz.gui.session.session import Session


class View(QWidget):
    """A view of the session's recording. Subclasses say `title` and override the `show_` methods they need."""

    title = ""
    weight = 1000
    """How much room it asks for beside another."""

    def __init__(self, session: "Session", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName(self.title)
        self._stale = {"recording", "moment"}
        session.recording_changed.connect(self._recording)
        session.grown.connect(self._grown)
        session.moment_changed.connect(self._moment)
        session.theme_changed.connect(self._theme)

    def show_recording(self, player: Player) -> None:
        """Another recording, or another axis, or other colours: draw everything anew."""

    def show_growth(self, player: Player) -> None:
        """The same recording has more events."""

    def show_moment(self, player: Player) -> None:
        """The player stands at another event."""

    def wait(self) -> None:
        """Let what is read for this view in the background be there and shown: for pictures."""

    def _recording(self) -> None:
        self._mark("recording", "moment")

    def _grown(self) -> None:
        self._mark("growth")

    def _moment(self) -> None:
        self._mark("moment")

    def _theme(self) -> None:
        self._mark("recording", "moment")

    def _mark(self, *what: str) -> None:
        self._stale.update(what)
        if self.isVisible():
            self.session.redraw(self)

    def showEvent(self, event: QShowEvent) -> None:
        """A view that was hidden has missed things."""
        super().showEvent(event)
        self.catch_up()

    def catch_up(self) -> None:
        """Show what has changed since this view was last looked at."""
        player = self.session.player
        if player is None:
            return
        stale, self._stale = self._stale, set()
        try:
            if "recording" in stale:
                self.show_recording(player)
            elif "growth" in stale:
                self.show_growth(player)
            if "moment" in stale:
                self.show_moment(player)
        except InputError as error:
            self.session.problem.emit(str(error))
