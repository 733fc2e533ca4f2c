"""Which scenarios the recording looks like, in one sentence. A job compares it once per recording."""

from collections.abc import Generator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from zoneviz import words
from zoneviz.gui.kit.wrapping import wrap
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.likeness import Likeness, comparable, likeness

TIP = "Compares what grew, what was kept and how it ended with runs of all scenarios."


def work(player: Player) -> Generator[tuple[int, int], None, Likeness]:
    """The comparison as the work of a job."""
    yield 0, 1
    return likeness(player.recording)


class Resemblance(QLabel):
    """The sentence; hidden until it is known, while a run is live, and for systems that no scenario simulates."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.job: Job | None = None
        self._shown: tuple[str, int] | None = None
        wrap(self)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "note")
        self.setToolTip(TIP)
        self.setAccessibleDescription(TIP)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        session.recording_changed.connect(self._left)
        self.hide()

    def show_recording(self, player: Player) -> None:
        """Compare this recording, unless that is done or the run is live."""
        key = str(player.recording.path), player.recording.event_count
        if self.session.live or not comparable(player.recording.header):
            self._forget()
        elif key != self._shown:
            self._forget()
            self._shown = key
            self.job = Job(player.recording.path, work, self._take, self)
            self.job.failed.connect(lambda sentence: self._say(words.one_line(sentence)))

    def _take(self, found: Likeness) -> None:
        self._say(found.sentence if found.ranked else "")

    def _say(self, sentence: str) -> None:
        self.setText(sentence)
        self.setVisible(bool(sentence))

    def _left(self) -> None:
        """Drop the comparison when its recording is no longer shown."""
        player = self.session.player
        if self._shown is not None and (player is None or str(player.recording.path) != self._shown[0]):
            self._forget()

    def _forget(self) -> None:
        if self.job is not None:
            self.job.cancel()
        self.job = self._shown = None
        self._say("")
