"""Which moment of B corresponds to a moment of A."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zoneviz.errors import UsageError
from zoneviz.playback.compare import points
from zoneviz.playback.compare.differences import Hunk
from zoneviz.playback.compare.sequence import Compared
from zoneviz.recording import Recording, Samples
from zoneviz.state.rows import Ints


@dataclass(frozen=True, slots=True)
class Aligned:
    """Corresponding moments: after event `a` (n,) of A and `b` (n,) of B, both ascending.

    `steps`: a moment between two pairs corresponds to the first; otherwise B is interpolated. `places` (m, 2): event numbers in
    both where the recordings differ.
    """

    a: Ints
    b: Ints
    steps: bool
    places: Ints

    def of(self, seqs: Ints) -> Ints:
        """The moments of B that correspond to moments of A, (n,) from (n,)."""
        if not len(self.a):
            return np.zeros_like(seqs)
        if self.steps:
            at = np.searchsorted(self.a, seqs, side="right") - 1
            # Before the first pair: an excerpt begins with the state before its first event.
            return np.where(at < 0, max(int(self.b[0]) - 1, 0), self.b[np.maximum(at, 0)])
        return np.rint(np.interp(seqs, self.a, self.b)).astype(np.int64)

    def moment(self, seq: int) -> int:
        """The same for one moment."""
        return int(self.of(np.array([seq], np.int64))[0])

    def difference(self, seq: int, step: int) -> int | None:
        """Event of A at the next (`step` 1) or previous (-1) difference, None if there is no other."""
        starts = self.places[:, 0]
        at = int(np.searchsorted(starts, seq, side="right" if step > 0 else "left")) - (step < 0)
        return int(starts[at]) if 0 <= at < len(starts) else None


NOTHING = Aligned(np.zeros(0, np.int64), np.zeros(0, np.int64), False, np.zeros((0, 2), np.int64))


def aligned(a: Compared, b: Compared, align: str, hunks: Sequence[Hunk]) -> Aligned:
    """Corresponding moments by one of `ALIGNMENTS`; `hunks`: where the compared events differ.

    Errors: UsageError if the two have nothing to align by.
    """
    places = np.array([(_seq(a, hunk.a), _seq(b, hunk.b)) for hunk in hunks], np.int64).reshape(-1, 2)
    if align == points.EVENT:
        index = np.arange(1, len(a) + 1)
        return Aligned(a.seq, _with_start(b)[_across(index, hunks, len(b))], True, places)
    if align == points.OPERATION:
        pairs = [(point.a, point.b) for point in points.shared_operations(a.recording, b.recording)]
        return Aligned(*_knots(pairs, a.recording, b.recording), False, places)
    if align == points.TIME:
        points.need_clocks(a.recording, b.recording)
        samples = [recording.samples(figures=("in_use",)) for recording in (a.recording, b.recording)]
        seqs = np.rint(np.interp(samples[0].times, samples[1].times, samples[1].seqs)).astype(np.int64)
        return Aligned(samples[0].seqs, seqs, False, places)
    return Aligned(*_by_fill(a.recording, b.recording), False, places)


def extended(before: Aligned, base: int, both: tuple[Compared, Compared], hunks: Sequence[Hunk]) -> Aligned:
    """`before` with more differences: `both` are the compared events from the last known difference, `base` of A's come before
    it, and `hunks` are the differences in `both`.
    """
    tail = aligned(*both, points.EVENT, hunks)
    places = np.concatenate([before.places[:-1], tail.places])
    if not before.steps:  # not aligned by the events themselves
        return replace(before, places=places)
    # Until the tail begins, B stays where the equal events before it ended.
    least = before.b[base - 1] if base else 0
    return replace(before, b=np.concatenate([before.b[:base], np.maximum(tail.b, least)]), places=places)


def _seq(compared: Compared, index: int) -> int:
    return int(compared.seq[index]) if index < len(compared) else compared.recording.event_count


def _with_start(compared: Compared) -> Ints:
    return np.concatenate([[compared.recording.first_event - 1], compared.seq])


def _across(index: Ints, hunks: Sequence[Hunk], most: int) -> Ints:
    """How many compared events of B correspond to the first `index` (n,) of A: one to one where equal, else in proportion."""
    if not hunks:
        return np.minimum(index, most)
    start, end, other, other_end = np.array(hunks, np.int64).T
    done = np.searchsorted(end, index, side="right")
    before = np.maximum(done - 1, 0)
    out = np.where(done > 0, index - end[before] + other_end[before], index)
    inside = np.minimum(done, len(hunks) - 1)
    within = (done < len(hunks)) & (index > start[inside])
    # One to one if no equal events follow: there one of the two just ends sooner.
    share = (index - start[inside]) * (other_end - other)[inside] // np.maximum((end - start)[inside], 1)
    rest = (inside == len(hunks) - 1) & (other_end[-1] == most)
    share = np.where(rest, np.minimum(index - start[inside], (other_end - other)[inside]), share)
    return np.clip(np.where(within, other[inside] + share, out), 0, most)


def _knots(pairs: list[tuple[int, int]], a: Recording, b: Recording) -> tuple[Ints, Ints]:
    """Pairs in order, preceded by the beginning of both; after the last pair both advance one to one."""
    whole = [(a.first_event - 1, b.first_event - 1), *sorted(pairs)]
    more = min(a.event_count - whole[-1][0], b.event_count - whole[-1][1])
    left, right = np.array([*whole, (whole[-1][0] + more, whole[-1][1] + more)], np.int64).T
    keep = np.append(True, left[1:] > left[:-1])
    return left[keep], np.maximum.accumulate(right[keep])


def _by_fill(a: Recording, b: Recording) -> tuple[Ints, Ints]:
    """The first moment at which B reaches the most bytes of zone_map that A has had in use."""
    samples = [recording.samples(figures=("in_use",)) for recording in (a, b)]
    levels = [_level(s) for s in samples]
    if not min(int(level[-1]) if len(level) else 0 for level in levels):
        raise UsageError("These recordings cannot be aligned by fill: one of them never uses zone_map.")
    at = np.minimum(np.searchsorted(levels[1], levels[0]), len(levels[1]) - 1)
    return samples[0].seqs, samples[1].seqs[at]


def _level(samples: Samples) -> Ints:
    used = samples.machine["zone_map_used"]
    return np.maximum.accumulate(used) if len(used) else used
