"""Keeping a recording in progress small: its past is shortened when there is enough of it, in slices between other work."""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator

from zoneviz.errors import InputError
from zoneviz.playback.thinning import PART, shortened
from zoneviz.recording import Recorder, Recording

SLICE = 0.05
"""Seconds of work at a time; the kernel's buffers hold the events meanwhile."""
EVENTS = 1 << 20
"""When this many events are older than what is kept, they are dropped."""
_OFTEN = 8
"""With fewer events, this part of the time kept passes before the next ones are dropped."""
_FULL = 0.75
"""When this share of the largest file is used, the oldest quarter of the events is dropped, however young it is."""


class Keeper:
    """Shortens what is older than `keep` ns. `every`: ns between two readings; `limit`: bytes of the file.

    `clock`: seconds, to divide the work. Use it in the thread of the recorder.
    """

    def __init__(self, recorder: Recorder, keep: int, every: int, limit: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._recorder, self._keep, self._limit, self._clock = recorder, keep, limit, clock
        self._step = max(keep // PART, every)
        self._marks: deque[tuple[int, int]] = deque()
        """The multiples of the step that have passed, and about the last event before each."""
        self._done = (0, 0)
        """The mark up to which the past was shortened, or could not be."""
        self._job: Iterator[None] | None = None

    def work(self) -> None:
        """Do a piece of what is due. Call it between commits. Errors: as `Recorder.forget`."""
        mark = self._recorder.time // self._step * self._step
        if not self._marks or mark > self._marks[-1][0]:
            self._marks.append((mark, self._recorder.events))
        if self._job is None and (until := self._due()) is not None:
            self._job = self._shorten(until)
        until_then = self._clock() + SLICE
        while self._job is not None and self._clock() < until_then:
            try:
                next(self._job)
            except StopIteration:
                self._job = None
            except InputError:
                # On a busy machine a read can exceed its time limit. The recording continues, and the next mark is another chance.
                self._job = None

    def _due(self) -> tuple[int, int] | None:
        """The mark up to which to shorten now."""
        recorder, (then, last) = self._recorder, self._done
        first = recorder.header.first_event
        if recorder.used() >= _FULL * self._limit:
            young = [mark for mark in self._marks if mark[1] <= first + (recorder.events - first) // 4]
            enough = True
        else:
            young = [mark for mark in self._marks if mark[0] <= recorder.time - self._keep]
            enough = bool(young) and (young[-1][1] - last >= EVENTS or young[-1][0] - then >= self._keep // _OFTEN)
        return young[-1] if young and enough and young[-1] > self._done and recorder.can_forget(young[-1][1]) else None

    def _shorten(self, mark: tuple[int, int]) -> Generator[None, None, None]:
        """Shorten the past up to a mark, in pieces."""
        self._done = mark
        with Recording(self._recorder.path) as recording:
            found = yield from shortened(recording, mark[0], self._step)
        if found is not None:
            self._recorder.forget(found)
        while self._marks and self._marks[0] <= mark:
            self._marks.popleft()
