"""Since when a curve grows: change points of its slope.

The curve is split where two straight lines fit it best, and each half again, while the fit improves by more than the Bayesian
information criterion charges for another line (binary segmentation: Scott and Knott 1974; the criterion: Schwarz 1978).
"""

from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
import numpy.typing as npt

from zoneviz.state.rows import Ints

MOST_POINTS = 512
_SHORTEST = 4
"""Fewest points of a piece; a line through fewer means nothing."""
_CHARGE = 3.0
"""Parameters a further piece adds: its start, height and slope."""
FEW_TIMES = 2.0
"""Of fewer than 2 * _SHORTEST points a change of slope counts if it is by this factor."""
_PAUSE = 0.05
"""Growth that stands still for at most this share of its time is one growth."""
_NOISE = 0.002
"""Deviations below this share of the curve's height are ignored, because allocators grow in steps."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight piece of a curve, from index `first` to `last` inclusive; `rise` of its line over that range."""

    first: int
    last: int
    rise: float


def pieces(x: Ints, y: Ints) -> list[Piece]:
    """The straight pieces of a curve in order, at most some dozens; x (n,) ascending, y (n,)."""
    n = len(x)
    if n < 2:
        return []
    keep = np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).astype(np.int64))
    t = x[keep].astype(np.float64)
    v = y[keep].astype(np.float64)
    height = float(v.max() - v.min())
    if not height:
        return [Piece(0, n - 1, 0.0)]
    fit = _Fit((t - t[0]) / max(t[-1] - t[0], 1.0), (v - v.min()) / height)
    found = _cuts(fit, 0, len(keep)) if len(keep) >= 2 * _SHORTEST else _cut_of_few(fit, len(keep))
    cuts = [0, *found, len(keep)]
    if len(keep) >= 2 * _SHORTEST:
        cuts = _settled(fit, cuts)
    out = []
    for first, past in pairwise(cuts):
        last = min(past, len(keep) - 1)
        out.append(Piece(int(keep[first]), int(keep[last]), fit.slope(first, past) * float(fit.t[last] - fit.t[first]) * height))
    return out


def grows_since(x: Ints, y: Ints, times: Ints) -> int | None:
    """Index from which the curve grows to its end; None if it does not grow there. x, y, times (n,).

    The growth consists of the last pieces that each rise by more than a hundredth of the curve's height, and of short pauses between them.
    """
    least = 0.01 * (float(y.max()) - float(y.min())) if len(y) else 0.0
    found: int | None = None
    for piece in reversed(pieces(x, y)):
        if piece.rise > least:
            pause = times[found] - times[piece.last] if found is not None else 0
            if pause > _PAUSE * (times[-1] - times[piece.first]) or (pause and y[piece.first : piece.last].max() - y[found] > least):
                break
            found = piece.first
        elif found is None or piece.rise < -least:
            break
    return found


class _Fit:
    """Prefix sums for the best line through any range of points."""

    def __init__(self, t: Floats, v: Floats) -> None:
        self.t = t
        self.sums = np.zeros((6, len(t) + 1))
        np.cumsum(np.stack([np.ones_like(t), t, v, t * t, t * v, v * v]), axis=1, out=self.sums[:, 1:])

    def error(self, first: Ints | int, past: Ints | int) -> Floats:
        """Squared deviation from the best line through points first to past - 1."""
        n, t, v, tt, tv, vv = self.sums[:, past] - self.sums[:, first]
        spread, lean = tt - t * t / n, tv - t * v / n
        slope = np.divide(lean, spread, out=np.zeros_like(spread), where=spread > 1e-15)
        return np.asarray(np.maximum(vv - v * v / n - slope * lean, 0.0))

    def slope(self, first: int, past: int) -> float:
        """Slope of the best line through points first to past - 1."""
        n, t, v, tt, tv, _ = (float(value) for value in self.sums[:, past] - self.sums[:, first])
        spread = tt - t * t / n
        return (tv - t * v / n) / spread if spread > 1e-15 else 0.0


def _cuts(fit: _Fit, first: int, past: int) -> list[int]:
    best = _best(fit, first, past)
    return [] if best is None else [*_cuts(fit, first, best), best, *_cuts(fit, best, past)]


def _cut_of_few(fit: _Fit, count: int) -> list[int]:
    """The cut of a curve with too few points for the criterion: where two lines fit ten times as well, and one is FEW_TIMES as steep."""
    if count < 4:
        return []
    at = np.arange(2, count - 1)
    both = fit.error(np.zeros_like(at), at) + fit.error(at, np.full(len(at), count))
    cut, floor = int(at[int(both.argmin())]), count * _NOISE**2
    slopes = sorted((abs(fit.slope(0, cut)), abs(fit.slope(cut, count))))
    better = float(both.min()) + floor < 0.1 * (float(fit.error(0, count)) + floor)
    return [cut] if better and slopes[1] >= FEW_TIMES * slopes[0] else []


def _settled(fit: _Fit, cuts: list[int]) -> list[int]:
    """The cuts, each optimised between its neighbours or dropped if they make it needless: early cuts did not know the later ones."""
    for _ in range(3):
        before = list(cuts)
        for cut in before[1:-1]:
            at = cuts.index(cut)
            best = _best(fit, cuts[at - 1], cuts[at + 1])
            cuts[at : at + 1] = [] if best is None else [best]
        if cuts == before:
            break
    return cuts


def _best(fit: _Fit, first: int, past: int) -> int | None:
    """The best cut between two points, None if a second line does not gain enough."""
    n = past - first
    if n < 2 * _SHORTEST:
        return None
    at = np.arange(first + _SHORTEST, past - _SHORTEST + 1)
    both = fit.error(np.full(len(at), first), at) + fit.error(at, np.full(len(at), past))
    floor = n * _NOISE**2
    one, two = float(fit.error(first, past)) + floor, float(both.min()) + floor
    return int(at[int(both.argmin())]) if n * log(one / two) > _CHARGE * log(n) else None
