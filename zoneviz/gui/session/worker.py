"""A run in a thread: a worker that owns the simulation, or the recording of a live machine, and the handle that the window holds.

The threads share the recording's file only. The worker reports two integers at most 30 times a second, then waits until the
window has shown them. Both need the GIL: a window that paints while the kernel runs must acquire it hundreds of times a frame,
and waits each time. That froze it for half a second.
"""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from zoneviz.app.live_spec import LiveSpec, LiveStatus
from zoneviz.errors import ZonevizError
from zoneviz.gui.session import switching
from zoneviz.gui.session.driven import REPORT_SECONDS, Driven, Machine, Spec, begin

SLICE_SECONDS = 0.008
"""Wall-clock seconds of one slice of the simulation."""
LIVE_MS = 50
"""Sleep between two looks at a live machine, in ms: its kernel keeps the events meanwhile."""
PACED_SECONDS = 0.001
"""The same for a run at a limited speed."""
EARLY_MS = 30
"""Longest sleep of a run that is ahead of its speed, in ms."""
SILENT_SECONDS = 0.5
"""Time between two reports while no events come."""
MOST_SECONDS = 0.25
"""Longest time between two reports, however long the window takes to paint."""
MOST_STEPS = 10_000
"""Scheduler steps that `step` tries until an event happens."""
PATIENCE_MS = 250
"""Continue after this many ms if the window does not answer."""


class Worker(QObject):
    """Drives what `begin` returns. Lives in a QThread: every slot runs in that thread."""

    started = Signal(str)
    status = Signal(object)
    news = Signal(str)
    progress = Signal(object, object)
    paused = Signal()
    finished = Signal(object)
    failed = Signal(str)

    def __init__(self, begin: Callable[[], Driven], speed: float = 0.0) -> None:
        super().__init__()
        self._begin = begin
        self._speed = speed
        self._since = (0.0, 0)
        self._simulation: Driven | None = None
        self._timer: QTimer | None = None
        self._reported, self._said = 0.0, 0
        self._every = REPORT_SECONDS
        self._paused = False

    @Slot()
    def start(self) -> None:
        """Boot the kernel, or begin to record the live one."""
        try:
            self._simulation = self._begin()
        except ZonevizError as error:
            self.failed.emit(str(error))
            return
        except Exception as error:  # a bug in zoneviz or in a user's scenario: the window must survive it
            self.failed.emit(f"The run could not start: {type(error).__name__}: {error}.")
            return
        self.started.emit(str(self._simulation.path))
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._slice)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._continue)
        self._start_clock()
        self._report()
        if not self._ended():
            self._patience.start()  # let the window open the recording first: in half the time it takes while the kernel runs

    @Slot(float)
    def set_speed(self, speed: float) -> None:
        """Set the speed in simulated seconds per second; 0: as fast as possible."""
        self._speed = speed
        self._start_clock()
        if self._timer is not None:
            self._timer.setInterval(0)

    def _start_clock(self) -> None:
        self._since = (time.monotonic(), self._simulation.time if self._simulation is not None else 0)

    def _early(self) -> float:
        """Wall-clock seconds that the simulation is ahead of its speed; 0 if it may continue."""
        if not self._speed or self._simulation is None or isinstance(self._simulation, Machine):
            return 0.0
        wall, simulated = self._since
        ahead = (self._simulation.time - simulated) / 1e9 / self._speed - (time.monotonic() - wall)
        return max(ahead, 0.0)

    @Slot()
    def pause(self) -> None:
        """Pause. Everything so far is committed and reported."""
        self._paused = True
        if self._timer is not None:
            self._timer.stop()
            if self._simulation is not None:
                self._guarded(self._simulation.flush)
            self._report()
            self.paused.emit()

    @Slot()
    def resume(self) -> None:
        """Continue."""
        self._paused = False
        self._start_clock()
        if self._timer is not None and self._simulation is not None and not self._simulation.ended:
            self._timer.start()

    @Slot()
    def step(self) -> None:
        """Do scheduler steps until an event happens, usually one; or take a reading of a live machine."""
        simulation = self._simulation
        if simulation is None or simulation.ended:
            return
        before = simulation.events
        for _ in range(MOST_STEPS):
            self._guarded(simulation.step)
            if self._simulation is None or simulation.ended or simulation.events > before:
                break
        self._report()
        self._ended()

    @Slot()
    def stop(self) -> None:
        """End the run as interrupted; its recording is complete."""
        if self._timer is not None:
            self._timer.stop()
        if self._simulation is not None and not self._simulation.ended:
            self._guarded(self._simulation.stop)
            self._report()
            self._ended()

    @Slot(float)
    def shown(self, seconds: float) -> None:
        """The window took `seconds` to show the last report: continue, for at least three times as long."""
        self._every = min(max(REPORT_SECONDS, 3 * seconds), MOST_SECONDS)
        self._reported = time.monotonic()
        self._continue()

    def _continue(self) -> None:
        if self._timer is not None and self._simulation is not None and not self._paused:
            self._patience.stop()
            self._timer.start()

    def _slice(self) -> None:
        assert self._simulation is not None
        simulation = self._simulation
        early = self._early()
        assert self._timer is not None
        machine = isinstance(simulation, Machine)
        self._timer.setInterval(LIVE_MS if machine else min(int(early * 1000), EARLY_MS))
        seconds = 0.0 if machine else PACED_SECONDS if self._speed else SLICE_SECONDS
        if not early:
            self._guarded(lambda: simulation.advance(seconds))
        silent = simulation.events == self._said
        if not self._ended() and time.monotonic() - self._reported >= (SILENT_SECONDS if silent else self._every):
            self._timer.stop()
            self._patience.start()
            self._report()

    def _guarded(self, act: object) -> None:
        try:
            act()  # type: ignore[operator]
        except Exception as error:
            if self._timer is not None:
                self._timer.stop()
            self._simulation = None
            words = str(error) if isinstance(error, ZonevizError) else f"The run failed: {type(error).__name__}: {error}."
            self.failed.emit(words)

    def _report(self) -> None:
        if self._simulation is not None:
            self._reported, self._said = time.monotonic(), self._simulation.events
            self._say(self._simulation)

    def _say(self, simulation: Driven) -> None:
        if isinstance(simulation, Machine):
            self.status.emit(simulation.status())
            for line in simulation.news():
                self.news.emit(line)
        self.progress.emit(simulation.events, simulation.time)

    def _ended(self) -> bool:
        if self._simulation is None or not self._simulation.ended:
            return False
        if self._timer is not None:
            self._timer.stop()
        simulation, self._simulation = self._simulation, None
        result = simulation.result()
        self._say(simulation)
        self.finished.emit(result)
        return True


class LiveRun(QObject):
    """A run, for the window. Emits `started(path)`, then `progress(events, time)`, then `finished(result)` or `failed(sentence)`.

    `news`: a line for the user, such as an alert. `pause_done`: the run has paused, and what came before is committed and reported.
    """

    started = Signal(str)
    progress = Signal(object, object)
    news = Signal(str)
    pause_done = Signal()
    finished = Signal(object)
    failed = Signal(str)
    changed = Signal()
    _ask_pause = Signal()
    _ask_resume = Signal()
    _ask_step = Signal()
    _ask_stop = Signal()
    _say_shown = Signal(float)
    _ask_speed = Signal(float)

    def __init__(self, spec: Spec, parent: QObject | None = None, speed: float = 0.0) -> None:
        super().__init__(parent)
        self.spec = spec
        self.status: LiveStatus | None = None
        """How the recording of a live machine goes; None for a simulation."""
        self.paused = False
        self.over = False
        self.path: Path | None = None
        self.events = 0
        self.rate = 0.0
        self._before = (time.monotonic(), 0)
        self._thread = QThread(self)
        self._worker = Worker(lambda: begin(spec), speed)
        self._worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._thread.started.connect(self._worker.start)
        self._thread.finished.connect(self._worker.deleteLater)
        self._ask_pause.connect(self._worker.pause, queued)
        self._ask_resume.connect(self._worker.resume, queued)
        self._ask_step.connect(self._worker.step, queued)
        self._ask_stop.connect(self._worker.stop, queued)
        self._say_shown.connect(self._worker.shown, queued)
        self._ask_speed.connect(self._worker.set_speed, queued)
        self._worker.started.connect(self._started, queued)
        self._worker.status.connect(self._status, queued)
        self._worker.news.connect(self.news, queued)
        self._worker.progress.connect(self._progress, queued)
        self._worker.paused.connect(self.pause_done, queued)
        self._worker.finished.connect(self._finished, queued)
        self._worker.failed.connect(self._failed, queued)

    @property
    def of_machine(self) -> bool:
        """Whether it records a live machine."""
        return isinstance(self.spec, LiveSpec)

    def start(self) -> None:
        """Start the thread."""
        switching.quicken(self)
        self._thread.start()

    def pause(self) -> None:
        """Pause after the current slice."""
        self._set_paused(True)
        self._ask_pause.emit()

    def resume(self) -> None:
        """Continue."""
        self._set_paused(False)
        self._ask_resume.emit()

    def step(self) -> None:
        """Pause, and run to the next event. Of a live machine, take a reading; it is not paused."""
        if not self.paused and not self.of_machine:
            self.pause()
        self._ask_step.emit()

    def set_speed(self, speed: float) -> None:
        """Set the speed in simulated seconds per second; 0: as fast as possible."""
        self._ask_speed.emit(speed)

    def shown(self, seconds: float) -> None:
        """The last `progress` is on the screen; drawing it took `seconds`."""
        self._say_shown.emit(seconds)

    def stop(self) -> None:
        """End the run; `finished` follows."""
        self._ask_stop.emit()

    def close(self) -> None:
        """End the run now and wait until its recording is closed. No signal follows."""
        if self._thread.isRunning():
            # The worker handles these in order: it stops and closes the file; then its thread quits.
            self._ask_stop.emit()
            self._worker.finished.connect(self._thread.quit, Qt.ConnectionType.DirectConnection)
            self._worker.failed.connect(self._thread.quit, Qt.ConnectionType.DirectConnection)
            if self.over:
                self._thread.quit()
            self._thread.wait()
        self._end()

    def _set_paused(self, paused: bool) -> None:
        if paused != self.paused and not self.over:
            self.paused = paused
            self._before = (time.monotonic(), self.events)
            self.rate = 0.0
            self.changed.emit()

    def _started(self, path: str) -> None:
        self.path = Path(path)
        self.started.emit(path)

    def _status(self, status: LiveStatus) -> None:
        self.status = status

    def _progress(self, events: int, at: int) -> None:
        self.events = events
        now = time.monotonic()
        then, before = self._before
        if now - then >= 0.5:
            self.rate, self._before = (events - before) / (now - then), (now, events)
        self.progress.emit(events, at)

    def _finished(self, result: object) -> None:
        self._end()
        self.finished.emit(result)

    def _failed(self, words: str) -> None:
        self._end()
        self.failed.emit(words)

    def _end(self) -> None:
        if not self.over:
            self.over = True
            switching.restore(self)
            self._thread.quit()
            self._thread.wait()
            self.changed.emit()
