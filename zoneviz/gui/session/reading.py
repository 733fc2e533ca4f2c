"""Reading a whole recording in the background, and reading on as it grows."""

from collections.abc import Callable, Generator
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from zoneviz.gui.session.jobs import Job, Pace
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording import Recording

G = TypeVar("G")
R = TypeVar("R")
Gather = Callable[[Player, G | None], Generator[tuple[int, int], None, tuple[G, R]]]
"""Reads the events that G has not seen, all of them if it is None. Returns G and what it found, as an immutable value."""


class Reading(QObject, Generic[G, R]):
    """What jobs have found in the recording on show. `advanced`: `share` has grown; `changed`: `result` is new.

    A job gets what the one before has gathered and hands it on to the next. The window never looks into it.
    """

    advanced = Signal()
    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.result: R | None = None
        self.share = 0.0
        """How much of the recording the running job has read, 0 to 1."""
        self._recording: Recording | None = None
        self._gathered: G | None = None
        self._seen = 0
        self._job: Job | None = None
        self._pace = Pace()
        session.recording_changed.connect(self._renew)

    def want(self, player: Player, gather: Gather[G, R]) -> R | None:
        """What is known now. If events are missing from it and no job is running, starts one."""
        self._renew()
        count = player.recording.event_count
        if self._seen < count and not self.running and self._pace.begin(self.session.live):
            gathered, self._gathered, self._seen = self._gathered, None, count

            def work(own: Player) -> Generator[tuple[int, int], None, tuple[G, int, R]]:
                kept, found = yield from gather(own, gathered)
                return kept, own.recording.event_count, found

            self._job = Job(player.recording.path, work, self._take, self)
            self._job.advanced.connect(self._advanced)
            self._job.failed.connect(self.session.problem)
        return self.result

    @property
    def running(self) -> bool:
        """Whether a job is reading."""
        return self._job is not None and self._job.running

    def wait(self) -> None:
        """Block until the running job has finished."""
        if self._job is not None:
            self._job.wait()

    def cancel(self) -> None:
        """Stop reading. What the job gathered is lost, so the next one starts from the beginning."""
        if self._job is not None and self._job.running:
            self._job.cancel()
            self._seen = 0
        self._job = None

    def _renew(self) -> None:
        recording = self.session.player.recording if self.session.player is not None else None
        if recording is not self._recording:
            self.cancel()
            self._recording, self._gathered, self._seen, self.result, self.share = recording, None, 0, None, 0.0

    def _advanced(self, done: int, of: int) -> None:
        self.share = done / max(of, 1)
        self.advanced.emit()

    def _take(self, found: tuple[G, int, R]) -> None:
        self._pace.over()
        self._gathered, self._seen, self.result = found
        self.share = 1.0
        self.changed.emit()
