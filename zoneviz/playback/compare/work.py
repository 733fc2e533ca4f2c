"""The long parts of a comparison as steps, each with its share of the whole work."""

from collections.abc import Generator

from zoneviz.playback.compare import differences
from zoneviz.playback.compare.differences import Differences
from zoneviz.playback.compare.sequence import Compared

Progress = tuple[int, int]
"""(done, of)."""
_LAST = 8
"""The part after reading and searching (moments, machines, curves) counts as 1 / _LAST of those."""


class Work:
    """Reads two recordings from events `starts` on, then searches them for differences."""

    def __init__(self, both: tuple[Compared, Compared], starts: tuple[int, int]) -> None:
        self._both, self._starts = both, starts
        self._skipped = [max(start, one.recording.first_event) - 1 for one, start in zip(both, starts, strict=True)]
        self._events = sum(max(one.recording.event_count - before, 0) for one, before in zip(both, self._skipped, strict=True))

    def read(self) -> Generator[Progress, None, None]:
        """Read the events of both."""
        done = 0
        for one, start, before in zip(self._both, self._starts, self._skipped, strict=True):
            last = before
            for last in one.read(start):
                yield self._share(done + last - before)
            done += last - before

    def find(self, until: int = 0) -> Generator[Progress, None, Differences]:
        """Find the differences, as `differences.finding`."""
        a, b = self._both
        search, of = differences.finding(a.key, b.key, until), max(len(a) + len(b), 1)
        while True:
            try:
                yield self._share(self._events + next(search) * self._events // of)
            except StopIteration as end:
                found: Differences = end.value
                return found

    def last(self, done: int, of: int) -> Progress:
        """Progress within the part after the search."""
        return self._share(2 * self._events + 2 * self._events * done // (_LAST * max(of, 1)))

    def _share(self, done: int) -> Progress:
        return done, max(2 * self._events + 2 * self._events // _LAST, 1)
