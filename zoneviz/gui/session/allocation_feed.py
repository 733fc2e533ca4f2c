"""What a stretch of the recording allocates and frees, counted in the background once a view asks."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal

from zoneviz.gui.session.jobs import LIVE_SECONDS, Job, Pace
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.kmem_stat import KmemStat, kmem_stat
from zoneviz.playback.kmem_tables import ORDER, POINTER, SITE, Row, groups, total
from zoneviz.recording import Recording

SETTLE_MS = 80
"""Counting begins once the question has been the same for this many ms."""
STOPS = 16
"""Counts are kept at about this many places, so that going back does not count from the beginning."""
SMALL = 1 << 24
"""Bytes of counts that are worth keeping."""


@dataclass(frozen=True, slots=True)
class Question:
    """Events first to last, grouped by one of `kmem_tables.BY`; `zone`: the id of the only one, 0: all; the `most` largest by `order`."""

    first: int
    last: int
    by: str = SITE
    zone: int = 0
    order: tuple[str, ...] = ORDER
    most: int = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that a question asks for, the number of all groups and their total; `older`, `unseen` and `gaps` as in `KmemStat`."""

    question: Question
    rows: list[Row]
    groups: int
    total: Row
    older: int
    unseen: int
    gaps: int


@dataclass(slots=True)
class Kept:
    """Counts from event `first` on, by their last event; with pointers or without."""

    first: int = 0
    pointers: bool = False
    at: dict[int, KmemStat] = field(default_factory=dict)


class AllocationFeed(QObject):
    """Answers one question at a time. `advanced`: `share` has grown; `changed`: `answer` is new."""

    advanced = Signal()
    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.answer: Answer | None = None
        self.share = 1.0
        """How much of the events has been counted, 0 to 1."""
        self._recording: Recording | None = None
        self._asked: Question | None = None
        self._kept = Kept()
        self._job: Job | None = None
        self._pace = Pace()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._begin)

    def ask(self, player: Player, question: Question) -> Answer | None:
        """The last answer, maybe to another question. Another question is worked on in the background, in place of the one before."""
        if player.recording is not self._recording:
            self.cancel()
            self._recording, self._asked, self._kept, self.answer = player.recording, None, Kept(), None
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
        """Stop counting."""
        self._soon.stop()
        if self._job is not None:
            self._job.cancel()
        self._job, self.share = None, 1.0

    def _begin(self) -> None:
        self._soon.stop()
        asked, recording = self._asked, self._recording
        if asked is None or recording is None or (self.answer is not None and self.answer.question == asked):
            return
        if not self._pace.begin(self.session.live):
            self._soon.start(round(LIVE_SECONDS * 1000))
            return
        if self._job is not None:
            self._job.cancel()
        kept = self._kept

        def work(own: Player) -> Generator[tuple[int, int], None, tuple[Answer, Kept]]:
            return (yield from _answer(own, asked, kept))

        self._job = Job(recording.path, work, self._take, self)
        self._job.advanced.connect(self._advanced)
        self._job.failed.connect(self.session.problem)

    def _advanced(self, done: int, of: int) -> None:
        self.share = done / max(of, 1)
        self.advanced.emit()

    def _take(self, found: tuple[Answer, Kept]) -> None:
        self._pace.over()
        self.answer, self._kept = found
        self.share = 1.0
        self.changed.emit()


def _answer(own: Player, asked: Question, kept: Kept) -> Generator[tuple[int, int], None, tuple[Answer, Kept]]:
    """Count from the nearest counts that are kept. These are never changed, for another job may have them."""
    recording, pointers = own.recording, asked.by == POINTER
    if kept.first != asked.first or (pointers and not kept.pointers):
        kept = Kept(asked.first, pointers)
    at = dict(kept.at)
    before = max((seq for seq in at if seq <= asked.last), default=-1)
    stat = at[before].copy() if before >= 0 else KmemStat(asked.first - 1, pointers=kept.pointers)
    apart = max((recording.event_count - recording.first_event + 1) // STOPS, 1)
    while stat.seq < asked.last:
        stop = min((stat.seq // apart + 1) * apart, asked.last)
        begin = stat.seq
        for done, _ in kmem_stat(own, stat, stop):
            yield begin + done - asked.first + 1, asked.last - asked.first + 1
        if stat.size < SMALL and stat.seq % apart == 0:
            at[stat.seq] = stat.copy()
    latest = {seq: one for seq, one in at.items() if seq % apart == 0} | {stat.seq: stat}
    catalog = recording.catalog
    found = groups(stat, catalog, asked.by, asked.zone)
    rows = found.rows(found.ordered(asked.order)[: asked.most])
    return Answer(asked, rows, len(found), total(stat, catalog, asked.zone), stat.older, stat.unseen, stat.gaps), replace(kept, at=latest)
