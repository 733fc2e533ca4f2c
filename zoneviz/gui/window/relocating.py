"""What the window does while the file of a recording moves: it lets go of it, and shows it again under its new name."""

from pathlib import Path

from PySide6.QtCore import QObject

from zoneviz.gui.session.desk import Desk
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.window.recordings import Recordings


class Relocating(QObject):
    """Follows the signals of the list of recordings. The moment on show stays."""

    def __init__(self, recordings: Recordings, desk: Desk, second: SecondRecording, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._second = desk, second
        self._moment: int | None = None
        self._compared = False
        recordings.leaving.connect(self._leave)
        recordings.moved.connect(self._show)

    def _leave(self, path: Path) -> None:
        player, second = self._desk.session.player, self._second
        self._moment, self._compared = None, _same(second.path, path)
        if self._compared:
            second.detach()
        if player is not None and _same(player.recording.path, path):
            self._moment = self._desk.session.moment
            self._desk.close_recording()

    def _show(self, _: Path, new: Path) -> None:
        if self._moment is not None and self._desk.open(new):
            self._desk.session.ask_moment(self._moment)
        if self._compared:
            self._second.open(new)


def _same(one: Path | None, other: Path) -> bool:
    return one is not None and one.resolve() == other.resolve()
