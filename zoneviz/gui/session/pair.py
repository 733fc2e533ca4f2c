"""The numbers behind the charts of a comparison: bytes by zone of A and B at corresponding moments."""

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
    """n moments: `x` (n,) on the axis of A, `names` of the z zones that either has, bytes `a` and `b` (n, z).

    Beyond the end of B, `b` is nan.
    """

    x: Floats
    names: list[str]
    a: Floats
    b: Floats

    def zone(self, name: str) -> tuple[Floats, Floats]:
        """Bytes of one zone in A and in B, (n,) each; of all zones together if `name` is empty or unknown."""
        if name and name in self.names:
            at = self.names.index(name)
            return self.a[:, at], self.b[:, at]
        return self.a.sum(axis=1), self.b.sum(axis=1)


class BSeries:
    """B's samples, read by a job. Keeps no reference to the recording."""

    def __init__(self, recording: Recording) -> None:
        series = Series()
        series.load(recording)
        self.names = [zone.name for zone in recording.catalog.zones]
        self.last = recording.event_count
        self.seqs, self.sizes = series.points.seqs, series.points.figure("cur_size")

    def at(self, seqs: Ints | Floats) -> Floats:
        """Bytes of each zone after events `seqs` (n,), as (n, z)."""
        return between(self.seqs, self.sizes, seqs)


def between(samples: Ints, sizes: Ints, seqs: Ints | Floats) -> Floats:
    """Interpolates sizes (m, z) at `samples` (m,) linearly: (n, z) at `seqs` (n,).

    The recordings are sampled at different events; without interpolation the steps would look like differences.
    """
    if not len(samples):
        return np.zeros((len(seqs), sizes.shape[1]))
    return np.stack([np.interp(seqs, samples, sizes[:, zone], left=0) for zone in range(sizes.shape[1])], axis=1)


def pair(series: Series, other: BSeries, aligned: Aligned, low: float, high: float, columns: int) -> Pair:
    """Both recordings at `columns` + 1 evenly spaced places of A's axis from `low` to `high`."""
    edges = np.linspace(low, high, columns + 1)
    points = series.points
    axis = series.axis(points)
    mine = [zone.name for zone in series.recording.catalog.zones] if series.recording else []
    names = list(dict.fromkeys((*mine, *other.names)))
    a, b = np.zeros((len(edges), len(names))), np.zeros((len(edges), len(names)))
    if len(axis):
        # Interpolated, so that B's samples between two of A's are not skipped.
        exact = np.interp(edges, axis, points.seqs)
        seqs: Ints | Floats
        theirs: Ints | Floats
        if len(series.readings) and len(aligned.a):  # a straight line from reading to reading, however few events one has
            seqs, theirs = exact, np.interp(exact, aligned.a, aligned.b)
        else:
            seqs = np.rint(exact).astype(np.int64)
            theirs = aligned.of(seqs)
        mine_there = between(points.seqs, points.figure("cur_size"), seqs)
        for out, own, found in ((a, mine, mine_there), (b, other.names, other.at(theirs))):
            for at, name in enumerate(own[: found.shape[1]]):  # two zones may have the same name
                out[:, names.index(name)] += found[:, at]
        b[1:][(theirs[1:] >= other.last) & (theirs[:-1] >= other.last)] = np.nan
    return Pair(edges, names, a, b)
