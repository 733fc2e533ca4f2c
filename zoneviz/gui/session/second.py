"""The second recording, B: its player, its comparison with A, the one on show, and which moments of the two correspond."""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from zoneviz import words
from zoneviz.errors import ZonevizError
from zoneviz.gui.session.comparing import Compared, compare_work, more_work
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.pair import BSeries
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.compare import EVENT, Comparison
from zoneviz.recording import Recording
from zoneviz.recording.private import PrivateCopy
from zoneviz.state.machine import MachineState

COMPARING, LOOKING = "Comparing the two recordings…", "Looking for the next difference…"


class SecondRecording(QObject):
    """B. A job reads B and compares it with A; until the job has finished only `path` is known."""

    changed = Signal()
    """B was opened or closed, or there is a new comparison."""
    said = Signal(str)
    """Progress, or why there is no comparison, as a sentence; empty when there is nothing to report."""
    swapped = Signal(object)
    """The path of B, which must be shown in A's place; A then becomes B."""
    no_difference = Signal(int)
    """There is no difference after the moment (1) or before it (-1)."""
    run_cancelled = Signal()
    """The run that was to become B is no longer needed."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.path: Path | None = None
        self.player: Player | None = None
        self.series: BSeries | None = None
        self.comparison: Comparison | None = None
        self.align = EVENT
        self.sentence = ""
        """What `said` reported last."""
        self.recording_runs = False
        """Whether B is a run that has not ended yet."""
        self._job: Job | None = None
        self._copy: PrivateCopy | None = None
        self._next: Path | None = None
        self._a: Path | None = None
        self._of: Recording | None = None
        """The recording that B is compared with: a path may be opened again with another content."""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._file_changed)
        self._stamp: tuple[int, ...] | None = None
        session.recording_changed.connect(self._another_a)

    @classmethod
    def of(cls, session: Session) -> "SecondRecording":
        """The session's second recording, made on first use."""
        return session.findChild(cls) or cls(session)

    # B is opened and closed

    def open(self, path: Path) -> None:
        """Compare the recording at `path` with the one on show."""
        shown = self.session.player
        self._close()
        if shown is None:
            self._say("Open a recording first. Then choose another one to compare with it.")
        elif self.session.live:
            self._say("This run can be compared once it has ended.")
        else:
            self.path, self._a, self._of = path, shown.recording.path, shown.recording
            self._stamp = _stamp(path)
            self._watcher.addPath(str(path))
            self._compare()
        self.changed.emit()

    def wait_for_run(self, sentence: str) -> None:
        """B is being recorded; `sentence` reports the progress. Closes the B before it."""
        if not self.recording_runs:
            self._close()
            self.recording_runs = True
            self.changed.emit()
        self._say(sentence)

    def detach(self) -> None:
        """Close B."""
        self._close()
        self._say("")
        self.changed.emit()

    def swap(self) -> None:
        """Exchange A and B. The moment stays the same in the recording that is A now."""
        if self.player is not None and self.session.player is not None:
            self._next = self.session.player.recording.path
            path, moment = self.player.recording.path, self.moment
            self.swapped.emit(path)
            self._next = None  # used by now, if B could be shown
            shown = self.session.player
            if shown is not None and shown.recording.path == path:
                self.session.ask_moment(moment)

    def set_align(self, align: str) -> None:
        """Choose which moments of A and B correspond: one of playback.compare.ALIGNMENTS."""
        if align != self.align:
            self.align = align
            if self.path is not None:
                self._compare()
                self.changed.emit()

    def _another_a(self) -> None:
        """Another recording is shown: B is closed, unless A and B were exchanged. One with the path of A is compared with B again."""
        shown = self.session.player
        if shown is not None and self._next is not None:
            path, self._next = self._next, None
            self.open(path)
        elif self.path is not None and shown is not None and shown.recording.path == self._a:
            if shown.recording is not self._of:
                self.open(self.path)
        elif self.path is not None:
            self.detach()

    def _file_changed(self) -> None:
        """B's file was replaced or has gone: compare with the new one, or close B."""
        path = self.path
        if path is None or (now := _stamp(path)) == self._stamp:
            return
        if now is not None:
            self.open(path)
            return
        self._close()
        self._say(f"B is closed: {words.middle(path.name, 60)} was moved or deleted. Choose another recording to compare with.")
        self.changed.emit()

    def _close(self) -> None:
        self._stop()
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        if self.player is not None:
            self.player.recording.close()
        self.path = self.player = self.series = self.comparison = self._copy = self._of = None
        self.recording_runs = False

    # the comparison

    @property
    def working(self) -> bool:
        """Whether a job or a run is in progress, which `cancel` ends."""
        return self.recording_runs or (self._job is not None and self._job.running)

    def cancel(self) -> None:
        """Stop the job or the run. A B that has not been read yet is closed."""
        if self.recording_runs:
            self.run_cancelled.emit()
            self.detach()
        elif self.working:
            self._stop()
            if self.player is None:
                self._close()
            self._say("" if self.comparison is not None else "The comparison was cancelled.")
            self.changed.emit()

    def again(self) -> None:
        """Restart a comparison that was cancelled."""
        if self.player is not None and self.comparison is None and not self.working:
            self._compare()
            self.changed.emit()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _compare(self) -> None:
        assert self.path is not None and self._a is not None
        self._stop()
        self.comparison = None
        self._start(COMPARING, Job(self._a, compare_work(self.path, self.align, self._copy), self._take, self))

    def _start(self, what: str, job: Job) -> None:
        self._job = job
        self._say(what)
        job.advanced.connect(lambda done, of: self._say(f"{what} {words.share(done, of)}") if job is self._job and job.running else None)
        job.failed.connect(self._failed)

    def _take(self, found: Compared) -> None:
        assert self.path is not None
        if self.player is None:
            try:
                self.player = Player(Recording(self.path, found.copy))
            except ZonevizError as error:  # the file has changed since the job read it
                self._failed(str(error))
                return
        self.comparison, self.series, self._copy = found.comparison, found.series, found.copy
        self._say("")
        self.changed.emit()

    def _failed(self, sentence: str) -> None:
        if self.player is None:
            self._close()
        self._say(sentence)
        self.changed.emit()

    def _say(self, sentence: str) -> None:
        if sentence != self.sentence:
            self.sentence = sentence
            self.said.emit(sentence)

    def wait(self) -> None:
        """Block until the job has finished: for pictures."""
        if self._job is not None:
            self._job.wait()

    # the moment

    @property
    def moment(self) -> int:
        """The event of B that corresponds to the moment; 0 without a comparison."""
        if self.comparison is None or self.player is None:
            return 0
        first, last = self.player.recording.first_event - 1, self.player.recording.event_count
        return min(max(self.comparison.aligned.moment(self.session.moment), first), last)

    def state(self) -> MachineState | None:
        """B's machine at that moment; None without a comparison.

        Errors: InputError if the recording is damaged.
        """
        return self.player.seek(self.moment) if self.player is not None and self.comparison is not None else None

    @property
    def parted(self) -> bool:
        """Whether the comparison found a difference to go to."""
        return self.comparison is not None and len(self.comparison.aligned.places) > 0

    def to_difference(self, step: int) -> None:
        """Go to the next difference between A and B, or with -1 to the previous one. Without one, emits `no_difference`.

        A comparison holds the first differences only. For those beyond, a job compares further.
        """
        found, moment = self.comparison, self.session.moment
        if found is None or self.working:
            return
        if found.more and found.aligned.places[-1, 0] <= moment:
            assert self.path is not None and self._a is not None
            work = more_work(self.path, self._copy, found, moment)
            self._start(LOOKING, Job(self._a, work, lambda more: self._take_more(more, moment, step), self))
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
            self.no_difference.emit(step)
        else:
            self.session.ask_moment(place)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """What tells whether a file is still the same one; None if it is missing."""
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_ino, now.st_size, now.st_mtime_ns
