"""What grew since a moment: sizes minus the sizes then. Beside large and still zones a small leak cannot be seen; here it can."""

import numpy as np

from zoneviz.events import Kind
from zoneviz.playback.holders import HolderCurves
from zoneviz.playback.limits import boot_end
from zoneviz.playback.player import Player
from zoneviz.playback.points import Points
from zoneviz.playback.readings import Readings
from zoneviz.recording import Recording
from zoneviz.state.rows import KIND, SEQ, Ints

_FIRST = 1 << 15
"""Upper bound of the events of a first reading, about."""
_PARTS_OF_A_READING = (int(Kind.READING), int(Kind.ZINIT), int(Kind.ZONE_FIGURE), int(Kind.MACHINE_FIGURE))


def start(recording: Recording) -> int:
    """The event after which a recording's growth counts: the last one of boot, of the first reading, or before an excerpt.

    Errors: InputError if the recording is damaged.
    """
    if not recording.header.has_readings:
        return boot_end(recording)
    rows = recording.events(recording.first_event, recording.first_event + _FIRST - 1)
    others = np.flatnonzero(~np.isin(rows[:, KIND], _PARTS_OF_A_READING) | ((rows[:, KIND] == Kind.READING) & (np.arange(len(rows)) > 0)))
    return int(rows[others[0], SEQ]) - 1 if len(others) else recording.event_count


def start_words(recording: Recording) -> str:
    """When that is, for headings."""
    if recording.header.has_readings:
        return "since the first reading"
    return "since this excerpt begins" if recording.first_event > 1 else "since boot"


class Growth:
    """Sizes of zones as growth since event `since`, 0 before it and where a zone shrank.

    Errors: InputError if the recording is damaged.
    """

    def __init__(self, recording: Recording, since: int, readings: Readings) -> None:
        self.recording, self.since, self._readings = recording, since, readings
        self.machine = Player(recording).seek(since).machine()
        self._base = np.array([int(zone["cur_size"]) for zone in self.machine["zones"]], np.int64)

    def of(self, points: Points, whole: Points) -> Ints:
        """The growth of all zones at n points, (n, z). `whole`: points of the whole run, with the first size of zones made later."""
        sizes, run = points.figure("cur_size"), whole.figure("cur_size")
        base = np.zeros(sizes.shape[1], np.int64)
        base[: len(self._base)] = self._base[: len(base)]
        for zone, born in self._readings.born.items():
            if zone <= min(len(base), run.shape[1]) and self._readings.ends[born] > self.since:
                seen = np.flatnonzero(run[:, zone - 1])  # a zone's first reading says nothing about its growth
                base[zone - 1] = run[seen[0], zone - 1] if len(seen) else 0
        return np.where(points.seqs[:, np.newaxis] > self.since, np.maximum(sizes - base, 0), 0)

    def now(self, sizes: dict[str, int]) -> dict[str, int]:
        """The growth of zones whose sizes are `sizes`, by name; only of those that grew."""
        return more_than({str(zone["name"]): int(zone["cur_size"]) for zone in self.machine["zones"]}, sizes)


def more_than(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """How much each of `after` is larger than it was `before`, by name; only those that are."""
    return {name: size - before.get(name, 0) for name, size in after.items() if size > before.get(name, 0)}


def held_at(held: HolderCurves, seq: int) -> Ints:
    """What each holder held after event `seq`, as the curves know it, (h,)."""
    at = int(np.searchsorted(held.seqs, seq, side="right")) - 1
    return held.sizes[at] if at >= 0 else np.zeros(len(held.names), np.int64)


def held_since(held: HolderCurves, since: int) -> HolderCurves:
    """The curves of holders as growth since event `since`, 0 before it and where a holder shrank."""
    base = held_at(held, since)
    grown = np.where(held.seqs[:, np.newaxis] > since, held.sizes - base, 0)
    return HolderCurves(held.names, held.seqs, held.times, np.maximum(grown, 0))
