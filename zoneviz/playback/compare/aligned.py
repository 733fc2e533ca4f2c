"""Which moment of B belongs to any moment of A: for two recordings that are looked at side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zoneviz.errors import UsageError
from zoneviz.playback.compare import points
from zoneviz.playback.compare.differences import Hunk
from zoneviz.playback.compare.sequence import Told
from zoneviz.recording import Recording, Samples
from zoneviz.state.rows import Ints


@dataclass(frozen=True, slots=True)
class Aligned:
    """Pairs of moments that belong together: after event `a` (n,) of the one and `b` (n,) of the other, both ascending.

    `steps`: the pairs are all there are, so a moment between two belongs to the first; else it lies in proportion between them.
    `places` (m, 2): event numbers where the two differ, in both.
    """

    a: Ints
    b: Ints
    steps: bool
    places: Ints

    def of(self, seqs: Ints) -> Ints:
        """The moments of B that belong to moments of A, (n,) and (n,)."""
        if not len(self.a):
            return np.zeros_like(seqs)
        if self.steps:
            at = np.searchsorted(self.a, seqs, side="right") - 1
            # Before the first pair: a part begins with the state before its first event.
            return np.where(at < 0, max(int(self.b[0]) - 1, 0), self.b[np.maximum(at, 0)])
        return np.rint(np.interp(seqs, self.a, self.b)).astype(np.int64)

    def moment(self, seq: int) -> int:
        """The same for one."""
        return int(self.of(np.array([seq], np.int64))[0])

    def difference(self, seq: int, step: int) -> int | None:
        """Event of A at the next place (`step` 1) or the one before (-1) where the two differ, None if there is none."""
        starts = self.places[:, 0]
        at = int(np.searchsorted(starts, seq, side="right" if step > 0 else "left")) - (step < 0)
        return int(starts[at]) if 0 <= at < len(starts) else None


NOTHING = Aligned(np.zeros(0, np.int64), np.zeros(0, np.int64), False, np.zeros((0, 2), np.int64))


def aligned(a: Told, b: Told, align: str, hunks: Sequence[Hunk]) -> Aligned:
    """The pairs for one of `ALIGNMENTS`; `hunks`: where the compared events differ.

    Errors: UsageError if the two have nothing to align by.
    """
    places = np.array([(_seq(a, hunk.a), _seq(b, hunk.b)) for hunk in hunks], np.int64).reshape(-1, 2)
    if align == points.EVENT:
        index = np.arange(1, len(a) + 1)
        return Aligned(a.seq, _with_start(b)[_across(index, hunks, len(b))], True, places)
    if align == points.OPERATION:
        pairs = points.shared_operations(a.recording, b.recording)
        return Aligned(*_knots(pairs, a.recording, b.recording), False, places)
    if align == points.TIME:
        points.need_clocks(a.recording, b.recording)
        samples = [recording.samples(figures=("in_use",)) for recording in (a.recording, b.recording)]
        seqs = np.rint(np.interp(samples[0].times, samples[1].times, samples[1].seqs)).astype(np.int64)
        return Aligned(samples[0].seqs, seqs, False, places)
    return Aligned(*_by_fill(a.recording, b.recording), False, places)


def extended(before: Aligned, base: int, told: tuple[Told, Told], hunks: Sequence[Hunk]) -> Aligned:
    """Pairs of which more differences are known: `told` are the compared events from the last known difference on, `base` how many
    of A stand before it, and `hunks` the differences in `told`.
    """
    tail = aligned(*told, points.EVENT, hunks)
    places = np.concatenate([before.places[:-1], tail.places])
    if not before.steps:  # not aligned by the events themselves
        return replace(before, places=places)
    # Until something of the tail has come, B stands where the equal events before it ended.
    least = before.b[base - 1] if base else 0
    return replace(before, b=np.concatenate([before.b[:base], np.maximum(tail.b, least)]), places=places)


def _seq(told: Told, index: int) -> int:
    return int(told.seq[index]) if index < len(told) else told.recording.event_count


def _with_start(told: Told) -> Ints:
    return np.concatenate([[told.recording.first_event - 1], told.seq])


def _across(index: Ints, hunks: Sequence[Hunk], most: int) -> Ints:
    """How many compared events of B belong to so many of A: equal stretches one to one, a difference in proportion."""
    if not hunks:
        return np.minimum(index, most)
    start, end, other, other_end = np.array(hunks, np.int64).T
    done = np.searchsorted(end, index, side="right")
    before = np.maximum(done - 1, 0)
    out = np.where(done > 0, index - end[before] + other_end[before], index)
    inside = np.minimum(done, len(hunks) - 1)
    within = (done < len(hunks)) & (index > start[inside])
    # In proportion, but one to one where no equal stretch follows: there one of the two simply ends sooner.
    share = (index - start[inside]) * (other_end - other)[inside] // np.maximum((end - start)[inside], 1)
    rest = (inside == len(hunks) - 1) & (other_end[-1] == most)
    share = np.where(rest, np.minimum(index - start[inside], (other_end - other)[inside]), share)
    return np.clip(np.where(within, other[inside] + share, out), 0, most)


def _knots(pairs: list[tuple[int, int]], a: Recording, b: Recording) -> tuple[Ints, Ints]:
    """Pairs in order, with the beginning of both before them; after the last both go on one to one."""
    whole = [(a.first_event - 1, b.first_event - 1), *sorted(pairs)]
    more = min(a.event_count - whole[-1][0], b.event_count - whole[-1][1])
    left, right = np.array([*whole, (whole[-1][0] + more, whole[-1][1] + more)], np.int64).T
    keep = np.append(True, left[1:] > left[:-1])
    return left[keep], np.maximum.accumulate(right[keep])


def _by_fill(a: Recording, b: Recording) -> tuple[Ints, Ints]:
    """The first moment at which B has as many bytes of zone_map in use as A has had."""
    samples = [recording.samples(figures=("in_use",)) for recording in (a, b)]
    levels = [_level(s) for s in samples]
    if not min(int(level[-1]) if len(level) else 0 for level in levels):
        raise UsageError("These recordings have no bytes of zone_map in use in common.")
    at = np.minimum(np.searchsorted(levels[1], levels[0]), len(levels[1]) - 1)
    return samples[0].seqs, samples[1].seqs[at]


def _level(samples: Samples) -> Ints:
    used = samples.machine["zone_map_used"]
    return np.maximum.accumulate(used) if len(used) else used
