"""Curves as they are drawn: stacked in bands, thinned to the pixels of a chart, interpolated at its columns."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zoneviz.playback.points import FIGURES
from zoneviz.state.rows import Ints

Floats = npt.NDArray[np.float64]

BANDS = 10
"""Curves with their own band; the rest share one."""


@dataclass(slots=True)
class Stack:
    """Stacked bands of the timeline: `tops` (bands, n) in bytes at `x` (n,); `tops[i]` is the sum of bands 0..i.

    `dots` (2, n): places and tops of single readings; none if they are too many to tell apart.
    """

    names: list[str] = field(default_factory=list)
    x: Floats = field(default_factory=lambda: np.zeros(0))
    tops: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    dots: Floats = field(default_factory=lambda: np.zeros((2, 0)))


def stacked(names: list[str], x: Floats, sizes: Ints, stretch: tuple[float, float], width: int, rest: str) -> Stack:
    """Curves `sizes` (n, m), most important first, as at most BANDS bands and one named `rest`, thinned to `width` pixels."""
    keep = thin(x, sizes.sum(axis=1), *stretch, width)
    rows = [sizes[keep, i] for i in range(min(len(names), BANDS))]
    shown = names[:BANDS]
    if len(names) > BANDS:
        rows.append(sizes[keep][:, BANDS:].sum(axis=1))
        shown = [*shown, rest]
    return Stack(shown, x[keep], np.cumsum(np.array(rows, float).reshape(len(rows), len(keep)), axis=0))


def thin(x: Floats | Ints, heights: Ints, low: float, high: float, width: int) -> npt.NDArray[np.intp]:
    """Indices of the points to draw: all if few, otherwise the lowest and highest of each pixel, and both ends."""
    if len(x) <= 2 * width:
        return np.arange(len(x))
    column = np.clip(((x - low) / max(high - low, 1e-12) * width).astype(np.int64), -1, width)
    order = np.lexsort((heights, column))
    ends = np.flatnonzero(np.diff(column[order], append=width + 1))
    starts = np.concatenate([[0], ends[:-1] + 1])
    return np.unique(np.concatenate([order[starts], order[ends], [0, len(x) - 1]]))


def between(x: Floats, values: Floats, edges: Floats, single: bool) -> Floats:
    """Figures of zones `values` (m, z, FIGURES) at places `x` (m,), interpolated at `edges` (n,): (n, z, FIGURES).

    Failures, and with `single` all figures, are steps: their points are single events.
    """
    at = np.clip(np.searchsorted(x, edges, side="right") - 1, 0, len(x) - 1)
    standing: Floats = values[at]
    if single:
        return standing
    after = np.minimum(at + 1, len(x) - 1)
    gap = x[after] - x[at]
    share = np.where(gap > 0, (edges - x[at]) / np.where(gap > 0, gap, 1), 0)[:, np.newaxis, np.newaxis]
    share[at == 0] = 0  # unknown before the first sample: a slope from 0 would look like growth
    found = standing + share * (values[after] - standing)
    failures = FIGURES.index("failures")
    found[:, :, failures] = standing[:, :, failures]
    return found
