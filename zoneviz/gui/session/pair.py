"""The numbers that the charts of a comparison draw: bytes by zone of both, at the same moments."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoneviz.playback.compare.aligned import Aligned
from zoneviz.playback.series import Series
from zoneviz.recording import Recording

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Pair:
    """n moments: `x` on the axis of A, `names` of the z zones that either has, `a` and `b` (n, z) bytes each holds there.

    Where B has ended its bytes are nan: what it held last is not what it would hold.
    """

    x: Floats
    names: list[str]
    a: Floats
    b: Floats

    def zone(self, name: str) -> tuple[Floats, Floats]:
        """(n,) and (n,): bytes of one zone on both sides, of all together if no name is given or there is none of it."""
        if name and name in self.names:
            at = self.names.index(name)
            return self.a[:, at], self.b[:, at]
        return self.a.sum(axis=1), self.b.sum(axis=1)


class BSeries:
    """B's samples, read once, by whoever may take the time; nothing of the recording is kept."""

    def __init__(self, recording: Recording) -> None:
        series = Series()
        series.load(recording)
        self.names = [zone.name for zone in recording.catalog.zones]
        self.last = recording.event_count
        self.seqs, self.sizes = series.points.seqs, series.points.figure("cur_size")

    def at(self, seqs: Ints) -> Floats:
        """Bytes of each zone after events `seqs` (n,): (n, z)."""
        return between(self.seqs, self.sizes, seqs)


def between(samples: Ints, sizes: Ints, seqs: Ints) -> Floats:
    """Sizes (m, z) at `samples` (m,), in proportion between two of them: (n, z) at `seqs` (n,). Two recordings are not sampled at the
    same events, and steps that are not there would show as differences."""
    if not len(samples):
        return np.zeros((len(seqs), sizes.shape[1]))
    return np.stack([np.interp(seqs, samples, sizes[:, zone], left=0) for zone in range(sizes.shape[1])], axis=1)


def pair(series: Series, other: BSeries, aligned: Aligned, low: float, high: float, columns: int) -> Pair:
    """Both recordings at `columns` + 1 even places of A's axis from `low` to `high`."""
    edges = np.linspace(low, high, columns + 1)
    points = series.points
    axis = points.seqs.astype(np.float64) if series.by_event else points.times / 1e9
    mine = [zone.name for zone in series.recording.catalog.zones] if series.recording else []
    names = list(dict.fromkeys((*mine, *other.names)))
    a, b = np.zeros((len(edges), len(names))), np.zeros((len(edges), len(names)))
    if len(axis):
        # Between two samples the moment is in proportion, so that B's own samples are not skipped.
        seqs = np.rint(np.interp(edges, axis, points.seqs)).astype(np.int64)
        mine_there = between(points.seqs, points.figure("cur_size"), seqs)
        theirs = aligned.of(seqs)
        for out, own, found in ((a, mine, mine_there), (b, other.names, other.at(theirs))):
            for at, name in enumerate(own[: found.shape[1]]):  # two zones may have one name
                out[:, names.index(name)] += found[:, at]
        b[1:][(theirs[1:] >= other.last) & (theirs[:-1] >= other.last)] = np.nan
    return Pair(edges, names, a, b)
