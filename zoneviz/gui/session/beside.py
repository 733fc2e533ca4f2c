"""The second recording, B: its player, and which of its moments belongs to that of A, the one the window shows."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from zoneviz.errors import ZonevizError
from zoneviz.gui.kit import text
from zoneviz.gui.session.comparing import Laid, go_on, lay
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.pair import BSeries
from zoneviz.playback import Player
from zoneviz.playback.compare import EVENT, Comparison
from zoneviz.recording import Recording
from zoneviz.recording.private import PrivateCopy
from zoneviz.state.machine import MachineState

if TYPE_CHECKING:
    from zoneviz.gui.session.session import Session

COMPARING, LOOKING = "Comparing the two recordings…", "Looking for the difference…"


class Beside(QObject):
    """What the views of a comparison share. A job reads B through and compares; until it is done there is only its `path`."""

    changed = Signal()
    """B came or went, or the comparison is there, or goes further."""
    told = Signal(str)
    """How far the work is, or why there is no comparison, in a sentence; empty when all is well."""
    swapped = Signal(object)
    """The path of B, which is to be shown in A's place; the one that was shown then becomes B."""
    nowhere = Signal(int)
    """There is no difference after the moment (1) or before it (-1)."""
    varied = Signal(object)
    """A variant of A is to be recorded and laid beside it: the settings to change, as texts by name; or None, to choose them first."""
    given_up = Signal()
    """The run that was awaited is not wanted any more."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.session = session
        self.path: Path | None = None
        self.player: Player | None = None
        self.series: BSeries | None = None
        self.comparison: Comparison | None = None
        self.align = EVENT
        self.words = ""
        self.awaited = False
        self._job: Job | None = None
        self._copy: PrivateCopy | None = None
        self._next: Path | None = None
        self._shown: Path | None = None
        session.recording_changed.connect(self._other)

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
            self.path, self._shown = path, shown.recording.path
            self._compare()
        self.changed.emit()

    def wait_for_run(self, words: str) -> None:
        """B is being recorded; `words` say how far it is. What was beside A goes."""
        if not self.awaited:
            self._forget()
            self.awaited = True
            self.changed.emit()
        self._say(words)

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
            self._next = None  # it was taken up by now, if B could be shown
            shown = self.session.player
            if shown is not None and shown.recording.path == path:
                self.session.ask_moment(moment)

    def set_align(self, align: str) -> None:
        """Another way to tell which moments belong together."""
        if align != self.align:
            self.align = align
            if self.path is not None:
                self._compare()
                self.changed.emit()

    def _other(self) -> None:
        """Another recording is shown: B belonged to the one before, unless the two changed places."""
        shown = self.session.player
        if shown is not None and self._next is not None:
            path, self._next = self._next, None
            self.open(path)
        elif self.path is not None and (shown is None or shown.recording.path != self._shown):
            self.detach()

    def _forget(self) -> None:
        self._stop()
        if self.player is not None:
            self.player.recording.close()
        self.path = self.player = self.series = self.comparison = self._copy = None
        self.awaited = False

    # the comparison

    @property
    def working(self) -> bool:
        """Whether there is something to wait for, which can be cancelled."""
        return self.awaited or (self._job is not None and self._job.running)

    def cancel(self) -> None:
        """Give up what is being worked out or waited for; a B that is not there yet goes."""
        if self.awaited:
            self.given_up.emit()
            self.detach()
        elif self.working:
            self._stop()
            if self.player is None:
                self._forget()
            self._say("" if self.comparison is not None else "The comparison was cancelled.")
            self.changed.emit()

    def again(self) -> None:
        """Compare once more what was cancelled."""
        if self.player is not None and self.comparison is None and not self.working:
            self._compare()
            self.changed.emit()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _compare(self) -> None:
        assert self.path is not None and self._shown is not None
        self._stop()
        self.comparison = None
        self._begin(COMPARING, Job(self._shown, lay(self.path, self.align, self._copy), self._take, self))

    def _begin(self, what: str, job: Job) -> None:
        self._job = job
        self._say(what)
        job.advanced.connect(lambda done, of: self._say(f"{what} {text.share(done, of)}") if job is self._job and job.running else None)
        job.failed.connect(self._failed)

    def _take(self, found: Laid) -> None:
        assert self.path is not None
        if self.player is None:
            try:
                self.player = Player(Recording(self.path, found.copy))
            except ZonevizError as error:  # it was good a moment ago
                self._failed(str(error))
                return
        self.comparison, self.series, self._copy = found.comparison, found.series, found.copy
        self._say("")
        self.changed.emit()

    def _failed(self, words: str) -> None:
        if self.player is None:
            self._forget()
        self._say(words)
        self.changed.emit()

    def _say(self, words: str) -> None:
        if words != self.words:
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

    def to_difference(self, step: int) -> None:
        """Go to the next place where the two differ, or with -1 to the one before; `nowhere` if there is none.

        Only the first differences are known at once. Beyond them a job looks on from there.
        """
        found, moment = self.comparison, self.session.moment
        if found is None or self.working:
            return
        if found.more and found.aligned.places[-1, 0] <= moment:
            assert self.path is not None and self._shown is not None
            job = Job(self._shown, go_on(self.path, self._copy, found, moment), lambda more: self._take_more(more, moment, step), self)
            self._begin(LOOKING, job)
            self.changed.emit()
        else:
            self._go(found, moment, step)

    def _take_more(self, found: Comparison, moment: int, step: int) -> None:
        self.comparison = found
        self._say("")
        self.changed.emit()
        self._go(found, moment, step)

    def _go(self, found: Comparison, moment: int, step: int) -> None:
        place = found.aligned.difference(moment, step)
        if place is None:
            self.nowhere.emit(step)
        else:
            self.session.ask_moment(place)
