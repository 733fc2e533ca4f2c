"""When each limit would still have helped: `app.noreturn` in the background. The results stay while the recording is open."""

from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from zoneviz import words
from zoneviz.app.noreturn import BAD, NoReturn, points
from zoneviz.app.whatif import Limit, limits
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player

PARTS = 1000
"""The point is exact to this share of the recorded events."""


class Turning(QObject):
    """The search of one recording. `found`: the results so far; `problem`: why it failed, in a sentence. `changed`: any of it has."""

    changed = Signal()
    _told = Signal(object, object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.found: list[NoReturn] = []
        self.problem = ""
        self.limits: list[Limit] = []
        self.within = 1
        self.job: Job | None = None
        self._of: tuple[Path, str] | None = None
        self._told.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.recording_changed.connect(self._recording)
        self._recording()

    @classmethod
    def of(cls, session: Session) -> "Turning":
        """The session's search, made on first use."""
        return session.findChild(cls) or cls(session)

    @property
    def running(self) -> bool:
        """Whether it is searching."""
        return self.job is not None and self.job.running

    @property
    def able(self) -> bool:
        """Whether the recording ended badly and can be run again with a limit that it did not have."""
        return bool(self.limits)

    @property
    def left(self) -> list[Limit]:
        """The limits without a result."""
        known = [result.limit for result in self.found]
        return [limit for limit in self.limits if limit not in known]

    def search(self) -> None:
        """Find the points that are missing. Does nothing if all are known or a search is running."""
        of, left, within = self._of, self.left, self.within
        if of is None or not left or self.running:
            return
        path = of[0]

        def work(own: Player) -> Generator[tuple[int, int], None, list[NoReturn]]:
            return (yield from points(path, left, tell=lambda result: self._told.emit(of, result), within=within))

        self.problem = ""
        self.job = Job(path, work, self._end, self)
        self.job.failed.connect(self._failed)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop searching. The results so far stay, and another search continues."""
        if self.job is not None:
            self.job.cancel()
        self.changed.emit()

    def _take(self, of: tuple[Path, str], result: NoReturn) -> None:
        if of == self._of and result.limit in self.left:
            self.found.append(result)
            self.changed.emit()

    def _end(self, results: list[NoReturn]) -> None:
        self.found += [result for result in results if result.limit in self.left]
        self.changed.emit()

    def _failed(self, sentence: str) -> None:
        self.problem = sentence
        self.changed.emit()

    def _recording(self) -> None:
        """Drop the results of another recording. Nothing can be searched while one grows."""
        player = self.session.player
        recording = player.recording if player is not None else None
        ended = recording is not None and recording.complete and not self.session.live
        bad = recording is not None and ended and recording.header.outcome in BAD
        of = (recording.path, recording.header.digest) if recording is not None and bad else None
        if of == self._of:
            return
        if self.job is not None:
            self.job.cancel()
        self.job, self.found, self.problem, self._of = None, [], "", of
        self.limits = limits(recording.header) if recording is not None and bad else []
        self.within = max(recording.event_count // PARTS, 1) if recording is not None else 1
        self.changed.emit()


def brief(result: NoReturn, most: int) -> str:
    """The policy without what is in brackets, in at most `most` characters."""
    return words.one_line(result.limit.words.partition(" (")[0], most)


def until(result: NoReturn) -> str:
    """When the policy helps, in a few words: `until 1.831 s`, `does not help`."""
    if result.at_boot:
        return "helps if it is set at boot" if result.helps else "does not help, even from boot"
    if result.last is None or result.time is None:
        return f"did not help at any of {words.count(result.runs, 'event')} tried"
    at = words.time(result.time)
    if len(result.helps) == 1 and result.helps[0][0] == 0:
        return f"until {at}"
    return f"at some events until {at}" if len(result.helps) > 1 else f"from event {words.number(result.helps[0][0])} until {at}"
