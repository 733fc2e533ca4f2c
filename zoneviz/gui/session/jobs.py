"""Background work in a thread. A job reads a recording, through a Recording and a Player that it opens itself.

A job shares no object with the window. Its inputs are immutable values or belong to it alone; its result is an immutable value.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeVar, cast
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from zoneviz.errors import ZonevizError
from zoneviz.playback import Player
from zoneviz.recording import Recording

T = TypeVar("T")
Work = Callable[[Player], Generator[tuple[int, int], None, Any]]
"""Yields (done, of) a few times a second and returns the result."""
Advance = Callable[[object, object], object]
"""Called with (done, of)."""
_RUNNING: "WeakSet[Task]" = WeakSet()

LIVE_SECONDS = 1.5
"""Shortest pause between two readings of a run that is still being recorded."""
PAINT_MS = 50
"""A job starts after this delay, so that the window paints first: both need the GIL."""


class Pace:
    """Limits how often a live run is read: after each reading, a pause four times as long as the reading took.

    Reading needs the GIL, which the kernel and the window need too. Without the pause a run took twice as long.
    """

    def __init__(self) -> None:
        self._begun = self._next = 0.0

    def begin(self, live: bool) -> bool:
        """Whether to read now. If so, the reading counts as started."""
        if live and monotonic() < self._next:
            return False
        self._begun = monotonic()
        return True

    def over(self) -> None:
        """The reading has finished."""
        self._next = monotonic() + max(LIVE_SECONDS, 4 * (monotonic() - self._begun))


class Task(QObject):
    """One piece of work: `work(advance, stopped)` returns the result, and returns early once `stopped()`.

    Emits `done(result)` or `failed(sentence)` in the GUI thread, neither after `cancel`.
    `advanced(done, of)` reports progress. `take` is connected to `done`.
    """

    advanced = Signal(object, object)
    done = Signal(object)
    failed = Signal(str)
    _over = Signal(object, str)

    def __init__(
        self, work: Callable[[Advance, Callable[[], bool]], T], take: Callable[[T], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._stop = Event()
        self.running = True
        self._result: tuple[object, str] | None = None
        self._over.connect(self._land, Qt.ConnectionType.QueuedConnection)
        self.done.connect(take)
        self._thread = Thread(target=self._run, args=(work,), name="job", daemon=True)
        _RUNNING.add(self)
        QTimer.singleShot(PAINT_MS, self, self.begin)

    def begin(self) -> None:
        """Start the thread now instead of after PAINT_MS."""
        if self._thread.ident is None and not self._stop.is_set():
            self._thread.start()

    def cancel(self) -> None:
        """Stop at the next step. No signal follows."""
        self._stop.set()
        self.running = False

    def wait(self) -> None:
        """Block until the work is over and its result is delivered: for pictures, and before the window closes."""
        self.begin()
        if self._thread.ident is not None:
            self._thread.join()
        if self._result is not None:
            self._land(*self._result)

    def _run(self, work: Callable[[Advance, Callable[[], bool]], object]) -> None:
        try:
            result: tuple[object, str] = (work(self.advanced.emit, self._stop.is_set), "")
        except ZonevizError as error:
            result = (None, str(error))
        except Exception as error:  # a bug: report it, otherwise the view would wait forever
            result = (None, f"This could not be worked out: {type(error).__name__}: {error}.")
        if not self._stop.is_set():
            self._result = result
            self._over.emit(*result)

    def _land(self, result: object, problem: str) -> None:
        self._result = None  # it may be large; the receiver holds it now
        if not self.running:
            return
        self.running = False
        if problem:
            self.failed.emit(problem)
        else:
            self.done.emit(result)


class Job(Task):
    """A task whose work is a generator that reads the recording at `path`."""

    def __init__(
        self,
        path: Path,
        work: Callable[[Player], Generator[tuple[int, int], None, T]],
        take: Callable[[T], object],
        parent: QObject | None = None,
    ) -> None:
        def steps(advance: Advance, stopped: Callable[[], bool]) -> T | None:
            with Recording(path) as recording, closing(work(Player(recording))) as each:
                while not stopped():
                    try:
                        advance(*next(each))
                    except StopIteration as end:
                        result: T = end.value
                        return result
            return None

        super().__init__(steps, cast("Callable[[T | None], object]", take), parent)


def wait_all() -> None:
    """Wait for every running job and deliver its result: before a picture is taken."""
    for job in list(_RUNNING):
        if job.running:
            job.wait()


def cancel_in(window: QObject) -> None:
    """Cancel the jobs of one window and wait for their threads: before it is deleted."""
    for job in window.findChildren(Task):
        job.cancel()
        job.wait()


def cancel_all() -> None:
    """Cancel every job and wait for its thread: before the interpreter exits."""
    for job in list(_RUNNING):
        job.cancel()
        job.wait()
