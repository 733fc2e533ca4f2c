"""Work too long for the GUI thread: a generator that reads the recording through a player of its own, in a thread.

Both ends share nothing but the file and what the generator returns.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from zoneviz.errors import ZonevizError
from zoneviz.playback import Player
from zoneviz.recording import Recording

T = TypeVar("T")
Work = Callable[[Player], Generator[tuple[int, int], None, Any]]
"""Yields (done, of) some times a second and returns its result."""
_RUNNING: "WeakSet[Job]" = WeakSet()


LIVE_SECONDS = 1.5
PAINT_MS = 50
"""A job begins so much later: what is there is painted first, and both need Python's one lock."""


class Pace:
    """When to read on while a run goes on: after a pause, four times as long as the last reading took.

    Reading needs Python's one lock, which the kernel and the window need too: it took half of a run's speed.
    """

    def __init__(self) -> None:
        self._begun = self._next = 0.0

    def begin(self, live: bool) -> bool:
        """Whether to begin now."""
        if live and monotonic() < self._next:
            return False
        self._begun = monotonic()
        return True

    def over(self) -> None:
        """The reading is done."""
        self._next = monotonic() + max(LIVE_SECONDS, 4 * (monotonic() - self._begun))


class Job(QObject):
    """One piece of work. `done(result)` or `failed(sentence)` comes in the GUI thread, unless it was cancelled before.

    `told(done, of)` comes in between. `take` is connected to `done`: what the work returns is what it takes.
    """

    told = Signal(object, object)
    done = Signal(object)
    failed = Signal(str)
    _over = Signal(object, str)

    def __init__(
        self,
        path: Path,
        work: Callable[[Player], Generator[tuple[int, int], None, T]],
        take: Callable[[T], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._stop = Event()
        self.running = True
        self._result: tuple[object, str] | None = None
        self._over.connect(self._land, Qt.ConnectionType.QueuedConnection)
        self.done.connect(take)
        self._thread = Thread(target=self._run, args=(work,), name="job", daemon=True)
        _RUNNING.add(self)
        QTimer.singleShot(PAINT_MS, self, self._begin)

    def _begin(self) -> None:
        if self._thread.ident is None and not self._stop.is_set():
            self._thread.start()

    def cancel(self) -> None:
        """Stop at its next step, and tell nothing any more."""
        self._stop.set()
        self.running = False

    def wait(self) -> None:
        """Until it is over and has told so: for pictures and for who closes the window."""
        self._begin()
        if self._thread.ident is not None:
            self._thread.join()
        if self._result is not None:
            self._land(*self._result)

    def _run(self, work: Work) -> None:
        result: tuple[object, str] = (None, "")
        try:
            with Recording(self._path) as recording, closing(work(Player(recording))) as steps:
                while not self._stop.is_set():
                    try:
                        self.told.emit(*next(steps))
                    except StopIteration as end:
                        result = (end.value, "")
                        break
        except ZonevizError as error:
            result = (None, str(error))
        except Exception as error:  # a bug must not leave the view waiting for ever
            result = (None, f"This could not be worked out: {type(error).__name__}: {error}.")
        if not self._stop.is_set():
            self._result = result
            self._over.emit(*result)

    def _land(self, result: object, problem: str) -> None:
        self._result = None  # it may be large, and who wants it takes it now
        if not self.running:
            return
        self.running = False
        if problem:
            self.failed.emit(problem)
        else:
            self.done.emit(result)


def wait_all() -> None:
    """Wait for every job that runs, and take what it found: before a picture is taken."""
    for job in list(_RUNNING):
        if job.running:
            job.wait()


def cancel_all() -> None:
    """Cancel every job and wait for its thread: before the interpreter ends."""
    for job in list(_RUNNING):
        job.cancel()
        job.wait()
