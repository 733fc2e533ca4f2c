"""All hits of the search in hand, found in the background: the charts mark them."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from zoneviz import words
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.playback.hits import Hits, hits


class SearchHits(QObject):
    """The hits of one goal. `found`: None until all are known; `said`: how many, in a sentence. `changed`: either is another one."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.found: Hits | None = None
        self.said = ""
        self.job: Job | None = None
        self._of: tuple[Path, str, int] | None = None
        session.recording_changed.connect(self._recording)

    @classmethod
    def of(cls, session: Session) -> "SearchHits":
        """The session's hits, made on first use."""
        return session.findChild(cls) or cls(session)

    def look(self, goal: str) -> None:
        """Find all events that reach a goal of `playback.goals`, which is valid; the hits of another one are dropped."""
        player = self.session.player
        if player is None:
            return
        of = player.recording.path, goal, player.recording.event_count
        if of == self._of:
            return
        self.clear()
        self._of = of
        self.job = Job(player.recording.path, lambda own: hits(own, goal), self._take, self)
        self.job.advanced.connect(self._advanced)
        self.job.failed.connect(self._say)

    @property
    def running(self) -> bool:
        """Whether they are being looked for."""
        return self.job is not None and self.job.running

    def stop(self) -> None:
        """Stop looking for them; those that are known stay."""
        if self.running:
            self.clear()

    def clear(self) -> None:
        """Drop the hits, and stop looking for them."""
        if self.job is not None:
            self.job.cancel()
        self.job, self._of, self.found = None, None, None
        self._say("")

    def _recording(self) -> None:
        player = self.session.player
        if self._of is not None and (player is None or player.recording.path != self._of[0]):
            self.clear()
        elif self.found is not None:
            self.changed.emit()  # the axis may be another one

    def _advanced(self, done: int, of: int) -> None:
        if self.running:
            self._say(f"marking all matches… {words.share_cell(done, of)}")

    def _take(self, found: Hits) -> None:
        self.found = found
        if found.whole:
            self._say(words.count(len(found.seqs), "match", "matches"))
        else:
            self._say(f"more than {words.number(len(found.seqs))} matches, marked up to event {words.number(found.until)}")

    def _say(self, said: str) -> None:
        self.said = said
        self.changed.emit()
