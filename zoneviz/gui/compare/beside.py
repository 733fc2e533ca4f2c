"""The second recording, B: its player, and which of its moments belongs to that of A, the one the window shows."""

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from zoneviz.app.state import open_recording
from zoneviz.errors import InputError
from zoneviz.gui.jobs import Job
from zoneviz.playback import Player
from zoneviz.playback.compare import EVENT, Comparison, compare
from zoneviz.playback.state import MachineState
from zoneviz.recording import Recording

if TYPE_CHECKING:
    from zoneviz.gui.session import Session


class Beside(QObject):
    """What the views of a comparison share. `comparison` comes from a job; until then there is B but nothing is aligned."""

    changed = Signal()
    """B came or went, or the comparison is there."""
    told = Signal(str)
    """How far the comparison is, or why there is none, in a sentence; empty when all is well."""
    swapped = Signal(object)
    """The path of B, which is to be shown in A's place; the one that was shown then becomes B."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.session = session
        self.player: Player | None = None
        self.comparison: Comparison | None = None
        self.align = EVENT
        self._job: Job | None = None
        self._next: Path | None = None
        self.words = ""
        session.recording_changed.connect(self._other)
        self._shown: Path | None = None

    # B comes and goes

    def open(self, path: Path) -> None:
        """Lay the recording at `path` beside the one that is shown."""
        shown = self.session.player
        self._forget()
        if shown is None:
            self._say("Open a recording first; then another can be laid beside it.")
        elif self.session.live:
            self._say("A run has to end before it can be compared.")
        else:
            try:
                self.player = Player(open_recording(path))
                self._shown = shown.recording.path
                self._compare()
            except InputError as error:
                self._say(str(error))
        self.changed.emit()

    def detach(self) -> None:
        """B goes."""
        self._forget()
        self._say("")
        self.changed.emit()

    def swap(self) -> None:
        """A and B change places; the moment stays the same in what is A now."""
        if self.player is not None and self.session.player is not None:
            self._next = self.session.player.recording.path
            path, moment = self.player.recording.path, self.moment
            self.swapped.emit(path)
            self.session.ask_moment(moment)

    def set_align(self, align: str) -> None:
        """Another way to tell which moments belong together."""
        if align != self.align:
            self.align = align
            if self.player is not None:
                self._compare()
                self.changed.emit()

    def _other(self) -> None:
        """Another recording is shown: B belonged to the one before, unless the two changed places."""
        shown = self.session.player
        if shown is not None and self._next is not None:
            path, self._next = self._next, None
            self.open(path)
        elif self.player is not None and (shown is None or shown.recording.path != self._shown):
            self.detach()

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self.player is not None:
            self.player.recording.close()
        self.player = self.comparison = None

    # the comparison

    def _compare(self) -> None:
        assert self.player is not None and self.session.player is not None
        if self._job is not None:
            self._job.cancel()
        self.comparison = None
        path, align = self.player.recording.path, self.align

        def work(own: Player) -> Generator[tuple[int, int], None, Comparison]:
            yield 0, 1
            with Recording(path) as other:
                found = compare(own.recording, other, align)
            yield 1, 1
            return found

        self._say("Comparing the two recordings…")
        self._job = Job(self.session.player.recording.path, work, self._take, self)
        self._job.failed.connect(self._say)

    def _take(self, found: Comparison) -> None:
        self.comparison = found
        self._say("")
        self.changed.emit()

    def _say(self, words: str) -> None:
        self.words = words
        self.told.emit(words)

    def wait(self) -> None:
        """Until the comparison is there: for pictures."""
        if self._job is not None:
            self._job.wait()

    # the moment

    @property
    def moment(self) -> int:
        """The event of B that belongs to the moment; 0 while nothing is aligned."""
        if self.comparison is None or self.player is None:
            return 0
        first, last = self.player.recording.first_event - 1, self.player.recording.event_count
        return min(max(self.comparison.aligned.moment(self.session.moment), first), last)

    def state(self) -> MachineState | None:
        """B's machine at that moment.

        Errors: InputError if the recording is damaged.
        """
        return self.player.seek(self.moment) if self.player is not None and self.comparison is not None else None

    def to_difference(self, step: int) -> bool:
        """Go to the next place where the two differ, or with -1 to the one before; False if there is none."""
        found = self.comparison.aligned.difference(self.session.moment, step) if self.comparison is not None else None
        if found is not None:
            self.session.ask_moment(found)
        return found is not None
