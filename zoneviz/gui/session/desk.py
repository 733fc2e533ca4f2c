"""Runs and files: opening recordings, starting runs, and what is on show afterwards."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal

from zoneviz.errors import Forgotten, ZonevizError
from zoneviz.gui.session.driven import Spec, original
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.worker import LiveRun
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

PAINTED = QEvent.Type(QEvent.registerEventType())
AFTER_PAINTS = Qt.EventPriority.LowEventPriority.value - 1
"""An event of this priority is delivered after all pending paints and layouts, and those they cause."""


class Desk(QObject):
    """Opens recordings and starts runs, one at a time; further runs wait in `queue`.

    A run continues while another recording is on show. A run from the queue replaces the recording on show only if that was the
    run before it. `problem(sentence)` is for the user.
    """

    problem = Signal(str)
    changed = Signal()
    progress = Signal()
    used = Signal(object)
    """The path of a recording that was opened or recorded."""
    news = Signal(str)
    """A line for the user about the recording of this machine, such as an alert."""
    recorded = Signal(object)
    """How a recording of this machine ended: its result."""
    variant_ended = Signal(object, object)
    """The paths of the original and of the variant."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.run: LiveRun | None = None
        self.spec: Spec | None = None
        self.queue: list[Spec] = []
        self.refused: Path | None = None
        """The file that could not be opened last."""
        self.speed = 0.0
        self._frame_started = 0.0

    @property
    def live(self) -> bool:
        """Whether a run is in progress, paused or not."""
        return self.run is not None and not self.run.over

    @property
    def paused(self) -> bool:
        """Whether a run is in progress and paused."""
        return self.run is not None and self.run.paused and not self.run.over

    @property
    def of_machine(self) -> bool:
        """Whether a live machine is being recorded."""
        return self.live and self.run is not None and self.run.of_machine

    @property
    def looking_at_run(self) -> bool:
        """Whether the recording on show is the run's."""
        player = self.session.player
        return self.run is not None and player is not None and player.recording.path == self.run.path

    def open(self, path: Path) -> bool:
        """Show the recording at `path`. If that fails, emit `problem` and return False."""
        live = self.live and self.run is not None and self.run.path == path
        try:
            player, self.refused = Player(Recording(path)), None
        except ZonevizError as error:
            self.refused = path
            self.problem.emit(str(error))
            return False
        self.session.show(player, live)
        self.used.emit(path)
        self.changed.emit()
        return True

    def show_run(self) -> None:
        """Show the run in progress instead of another recording."""
        if self.live and self.run is not None and self.run.path is not None:
            self.open(self.run.path)

    def close_recording(self) -> None:
        """Show no recording."""
        self.session.show(None)
        self.changed.emit()

    def start(self, spec: Spec) -> None:
        """Start a run and show it. While another run is in progress, queue it."""
        if self.live:
            self.queue.append(spec)
            self.changed.emit()
        else:
            self._start(spec, show=True)

    def variants(self, of: Path) -> list[RunSpec]:
        """The variants of a recording that are running or queued, in order."""
        running = [self.spec] if self.live else []
        return [spec for spec in (*running, *self.queue) if isinstance(spec, RunSpec) and spec.against == of]

    def cancel_variants(self, of: Path) -> None:
        """Stop and unqueue all variants of a recording."""
        gone = self.variants(of)
        self.queue = [spec for spec in self.queue if spec not in gone]
        if self.live and self.spec in gone:
            self.spec = None
            self.stop()
        self.changed.emit()

    def clear_queue(self) -> None:
        """Remove the runs that have not started."""
        self.queue.clear()
        self.changed.emit()

    def _start(self, spec: Spec, show: bool) -> None:
        show = show and (original(spec) is None or self.session.player is None)  # a variant's original stays on show
        run = LiveRun(spec, self, self.speed if original(spec) is None else 0.0)
        self.spec = spec
        if self.run is not None:
            self.run.deleteLater()
        self.run = run
        run.started.connect(lambda path: self.open(Path(path)) if show else self.used.emit(Path(path)))
        run.progress.connect(self._progress)
        run.news.connect(self.news)
        run.finished.connect(self._finished)
        run.failed.connect(self._failed)
        run.changed.connect(self.changed)
        run.start()
        self.changed.emit()

    def _next(self) -> None:
        """Start the next run of the queue; show it if the run that ended was on show."""
        if self.queue and not self.live:
            self._start(self.queue.pop(0), show=self.looking_at_run or self.session.player is None)

    def toggle_pause(self) -> None:
        """Pause or resume the run."""
        if self.run is not None and self.live:
            if self.run.paused:
                self.run.resume()
            else:
                self.run.pause()

    def set_speed(self, speed: float) -> None:
        """Set the speed of this and later runs, in simulated seconds per second; 0: as fast as possible."""
        self.speed = speed
        if self.run is not None and self.live:
            self.run.set_speed(speed)

    def step(self) -> None:
        """Run to the next event."""
        if self.run is not None and self.live:
            self.run.step()

    def stop(self) -> None:
        """End the run."""
        if self.run is not None and self.live:
            self.run.stop()

    def shut_down(self) -> None:
        """End the run and close the recording: before the window closes."""
        self.queue.clear()
        if self.run is not None:
            self.run.close()
        self.session.show(None)

    def _progress(self, events: int, at: int) -> None:
        self._frame_started = time.monotonic()
        if self.looking_at_run and self.live and events != self.session.last:
            self._guarded(self.session.refresh)
            QTimer.singleShot(0, self, self._draw)  # in another turn of the event loop: each blocks it half as long
        else:
            self._drawn()

    def _draw(self) -> None:
        """Draw what the run has recorded."""
        if self.looking_at_run:
            self.session.frames.flush()
        self._drawn()

    def _drawn(self) -> None:
        """Tell the run to continue once all is painted."""
        self.progress.emit()
        QCoreApplication.postEvent(self, QEvent(PAINTED), AFTER_PAINTS)

    def event(self, event: QEvent) -> bool:
        """PAINTED: the run's latest progress is on the screen, so the run may continue."""
        if event.type() != PAINTED:
            return super().event(event)
        if self.live and self.run is not None:
            self.run.shown(time.monotonic() - self._frame_started)
        return True

    def _finished(self, result: object) -> None:
        if self.looking_at_run:
            self._guarded(self.session.ended, last=True)
        if self.run is not None and self.run.path is not None:
            self.used.emit(self.run.path)
            if self.run.of_machine:
                self.recorded.emit(result)
            of = original(self.spec)
            if of is not None:
                self.variant_ended.emit(of, self.run.path)
        self.changed.emit()
        # Later, not inside a signal of the ended run: the next run deletes it.
        QTimer.singleShot(0, self, self._next)

    def _failed(self, sentence: str) -> None:
        if self.looking_at_run:
            self._guarded(self.session.ended, last=True)
        self.problem.emit(sentence)
        self.changed.emit()
        QTimer.singleShot(0, self, self._next)

    def _guarded(self, act: Callable[[], object], last: bool = False) -> None:
        """Call `act`; if the live recording turns out to be damaged, close it and say so. `last`: no progress follows, so try again."""
        try:
            act()
        except Forgotten:  # the recording keeps a limited time: its next progress draws what is left
            if last:
                self._guarded(act)
        except ZonevizError as error:
            self.session.show(None)
            self.problem.emit(str(error))
