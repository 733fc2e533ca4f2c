"""Answering one question at a time in the background, once a view asks."""

from collections.abc import Callable, Generator
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from zoneviz.gui.session.jobs import LIVE_SECONDS, Job, Pace
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording import Recording

SETTLE_MS = 80
"""Work begins once the question has been the same for this many ms."""

Q = TypeVar("Q")
K = TypeVar("K")
A = TypeVar("A")
Work = Callable[[Player, Q, K | None], Generator[tuple[int, int], None, tuple[A, K]]]
"""Answers a question with a separate player. Gets what the work before has kept, None at first, and returns what the next one gets."""


class Asking(QObject, Generic[Q, K, A]):
    """Answers one question at a time. `advanced`: `share` has grown; `changed`: `answer` is new."""

    advanced = Signal()
    changed = Signal()

    def __init__(self, session: Session, work: "Work[Q, K, A]") -> None:
        super().__init__(session)
        self.session = session
        self.answer: A | None = None
        self.share = 1.0
        """How much of the work is done, 0 to 1."""
        self._work = work
        self._recording: Recording | None = None
        self._asked: Q | None = None
        self._answered: Q | None = None
        self._kept: K | None = None
        self._job: Job | None = None
        self._pace = Pace()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._begin)

    def ask(self, player: Player, question: Q) -> A | None:
        """The last answer, maybe to another question. Another question is worked on in the background, in place of the one before."""
        if player.recording is not self._recording:
            self.cancel()
            self._recording, self._asked, self._answered, self._kept, self.answer = player.recording, None, None, None, None
            self._pace, self.share = Pace(), 0.0
        if question != self._asked and not (self.session.live and self._busy):
            self._asked = question
            if not self._soon.isActive():
                self._soon.start(SETTLE_MS)
        return self.answer

    @property
    def _busy(self) -> bool:
        return self._job is not None and self._job.running

    def wait(self) -> None:
        """Block until the question asked last is answered."""
        if self._soon.isActive():
            self._begin()
        if self._job is not None:
            self._job.wait()

    def cancel(self) -> None:
        """Stop working."""
        self._soon.stop()
        if self._job is not None:
            self._job.cancel()
        self._job, self.share = None, 1.0

    def _begin(self) -> None:
        self._soon.stop()
        asked, recording = self._asked, self._recording
        if asked is None or recording is None or self._answered == asked:
            return
        if not self._pace.begin(self.session.live):
            self._soon.start(round(LIVE_SECONDS * 1000))
            return
        if self._job is not None:
            self._job.cancel()
        kept, work = self._kept, self._work

        def answer(own: Player) -> Generator[tuple[int, int], None, tuple[Q, A, K]]:
            found, keep = yield from work(own, asked, kept)
            return asked, found, keep

        self._job = Job(recording.path, answer, self._take, self)
        self._job.advanced.connect(self._advanced)
        self._job.failed.connect(self.session.problem)

    def _advanced(self, done: int, of: int) -> None:
        self.share = done / max(of, 1)
        self.advanced.emit()

    def _take(self, found: tuple[Q, A, K]) -> None:
        self._pace.over()
        self._answered, self.answer, self._kept = found
        self.share = 1.0
        self.changed.emit()
