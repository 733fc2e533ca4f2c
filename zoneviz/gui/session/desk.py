"""Runs and files as the window handles them: what may be done when, and what is shown afterwards."""

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal

from zoneviz.errors import ZonevizError
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.worker import LiveRun
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

PAINTED = QEvent.Type(QEvent.registerEventType())
AFTER_PAINTS = Qt.EventPriority.LowEventPriority.value - 1
"""The priority of an event that comes after all paints and layouts that wait, and those they ask for."""


class Desk(QObject):
    """Opens recordings and starts runs; the session shows what comes of it. One run at a time; others wait in `queue`.

    A run goes on while another recording is looked at, and one from the queue takes nobody away from what they look at.
    `problem(sentence)` is for the person.
    """

    problem = Signal(str)
    changed = Signal()
    progress = Signal()
    used = Signal(object)
    varied = Signal(object, object)
    """A variant has ended: the recording it is one of, and its own."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.run: LiveRun | None = None
        self.spec: RunSpec | None = None
        self.queue: list[RunSpec] = []
        self.speed = 0.0
        self._begun = 0.0

    @property
    def live(self) -> bool:
        """Whether a run goes on, paused or not."""
        return self.run is not None and not self.run.over

    @property
    def paused(self) -> bool:
        """Whether a run is in progress and paused."""
        return self.run is not None and self.run.paused and not self.run.over

    @property
    def looking_at_run(self) -> bool:
        """Whether the recording on show is the run's."""
        player = self.session.player
        return self.run is not None and player is not None and player.recording.path == self.run.path

    def open(self, path: Path) -> bool:
        """Show the recording at `path`; False, and a problem, if it cannot be."""
        live = self.live and self.run is not None and self.run.path == path
        try:
            player = Player(Recording(path))
        except ZonevizError as error:
            self.problem.emit(str(error))
            return False
        self.session.show(player, live)
        self.used.emit(path)
        self.changed.emit()
        return True

    def show_run(self) -> None:
        """Look at the run that goes on, instead of another recording."""
        if self.live and self.run is not None and self.run.path is not None:
            self.open(self.run.path)

    def close_recording(self) -> None:
        """Show nothing."""
        self.session.show(None)
        self.changed.emit()

    def start(self, spec: RunSpec) -> None:
        """Begin a run and show it; while another is running, put it in the queue."""
        if self.live:
            self.queue.append(spec)
            self.changed.emit()
        else:
            self._start(spec, show=True)

    def variants(self, of: Path) -> list[RunSpec]:
        """The variants of a recording that run or wait, in order."""
        running = [self.spec] if self.live and self.spec is not None else []
        return [spec for spec in (*running, *self.queue) if spec.against == of]

    def give_up(self, of: Path) -> None:
        """Nobody wants the variants of this recording any more: what waits is forgotten, what runs ends."""
        gone = self.variants(of)
        self.queue = [spec for spec in self.queue if spec not in gone]
        if self.live and self.spec in gone:
            self.spec = None
            self.stop()
        self.changed.emit()

    def clear_queue(self) -> None:
        """Forget the runs that have not begun."""
        self.queue.clear()
        self.changed.emit()

    def _start(self, spec: RunSpec, show: bool) -> None:
        # Nobody watches a variant: its original stays on show.
        show = show and (spec.against is None or self.session.player is None)
        run = LiveRun(spec, self, self.speed if spec.against is None else 0.0)
        self.spec = spec
        if self.run is not None:
            self.run.deleteLater()
        self.run = run
        run.begun.connect(lambda path: self.open(Path(path)) if show else self.used.emit(Path(path)))
        run.progress.connect(self._progress)
        run.finished.connect(self._finished)
        run.failed.connect(self._failed)
        run.changed.connect(self.changed)
        run.start()
        self.changed.emit()

    def _next(self) -> None:
        """The next run of the queue. It is shown to who was looking at the one that ended."""
        if self.queue and not self.live:
            self._start(self.queue.pop(0), show=self.looking_at_run or self.session.player is None)

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.run is not None and self.live:
            if self.run.paused:
                self.run.resume()
            else:
                self.run.pause()

    def set_speed(self, speed: float) -> None:
        """Simulated seconds a second of this run and the next ones; 0: as fast as it goes."""
        self.speed = speed
        if self.run is not None and self.live:
            self.run.set_speed(speed)

    def step(self) -> None:
        """One step of the run."""
        if self.run is not None and self.live:
            self.run.step()

    def stop(self) -> None:
        """End the run."""
        if self.run is not None and self.live:
            self.run.stop()

    def shut_down(self) -> None:
        """Before the window goes: end the run, close the recording."""
        self.queue.clear()
        if self.run is not None:
            self.run.close()
        self.session.show(None)

    def _progress(self, events: int, at: int) -> None:
        self._begun = time.monotonic()
        if self.looking_at_run and self.live:
            self._guarded(self.session.refresh)
            self.session.frames.flush()
        self.progress.emit()
        QCoreApplication.postEvent(self, QEvent(PAINTED), AFTER_PAINTS)

    def event(self, event: QEvent) -> bool:
        """What the run told last is on the screen: it may run on."""
        if event.type() != PAINTED:
            return super().event(event)
        if self.live and self.run is not None:
            self.run.shown(time.monotonic() - self._begun)
        return True

    def _finished(self, result: object) -> None:
        if self.looking_at_run:
            self._guarded(self.session.ended)
        if self.run is not None and self.run.path is not None:
            self.used.emit(self.run.path)
            if self.spec is not None and self.spec.against is not None:
                self.varied.emit(self.spec.against, self.run.path)
        self.changed.emit()
        # Not from within the ended run's own signal: it is deleted for the next one.
        QTimer.singleShot(0, self, self._next)

    def _failed(self, words: str) -> None:
        if self.looking_at_run:
            self._guarded(self.session.ended)
        self.problem.emit(words)
        self.changed.emit()
        QTimer.singleShot(0, self, self._next)

    def _guarded(self, act: object) -> None:
        try:
            act()  # type: ignore[operator]
        except ZonevizError as error:
            self.session.show(None)
            self.problem.emit(str(error))
