"""The parts of a comparison that take long, in steps, each with how much is done of the whole."""

from collections.abc import Generator

from zoneviz.playback.compare import differences
from zoneviz.playback.compare.differences import Differences
from zoneviz.playback.compare.sequence import Told

Progress = tuple[int, int]
_LAST = 8
"""One part of so many is kept for what comes after the sequences: moments, machines, curves."""


class Work:
    """Reading two recordings from events `starts` on, looking for differences and then at moments of both."""

    def __init__(self, told: tuple[Told, Told], starts: tuple[int, int]) -> None:
        self._told, self._starts = told, starts
        self._begun = [max(start, one.recording.first_event) - 1 for one, start in zip(told, starts, strict=True)]
        self._events = sum(max(one.recording.event_count - begun, 0) for one, begun in zip(told, self._begun, strict=True))

    def read(self) -> Generator[Progress, None, None]:
        """Read the events of both."""
        done = 0
        for one, start, begun in zip(self._told, self._starts, self._begun, strict=True):
            last = begun
            for last in one.read(start):
                yield self._share(done + last - begun)
            done += last - begun

    def find(self, until: int = 0) -> Generator[Progress, None, Differences]:
        """The differences, as `differences.finding`."""
        a, b = self._told
        looking, of = differences.finding(a.key, b.key, until), max(len(a) + len(b), 1)
        while True:
            try:
                yield self._share(self._events + next(looking) * self._events // of)
            except StopIteration as end:
                found: Differences = end.value
                return found

    def last(self, done: int, of: int) -> Progress:
        """So many of what comes after them."""
        return self._share(2 * self._events + 2 * self._events * done // (_LAST * max(of, 1)))

    def _share(self, done: int) -> Progress:
        return done, max(2 * self._events + 2 * self._events // _LAST, 1)
