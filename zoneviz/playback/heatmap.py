"""Zones over time as a matrix: the data of a heatmap and its colour scale."""

from dataclasses import dataclass

import numpy as np

from zoneviz.playback.points import FIGURES
from zoneviz.playback.series import Series
from zoneviz.playback.stacks import Floats

METRICS = {
    "growth": "bytes gained",
    "bytes": "bytes of the zone",
    "in use": "bytes in use",
    "free list": "free elements",
    "share": "% of zone memory",
    "allocations": "allocations",
    "frees": "frees",
    "failures": "failures",
}
"""The unit of a cell by metric."""
CHANGES = ("growth", "allocations", "frees", "failures")
"""Metrics that are differences between two moments."""
IN_BYTES = ("growth", "bytes", "in use")


@dataclass(frozen=True, slots=True)
class Heatmap:
    """`values` (rows, columns): rows `names`, columns between `edges` (columns + 1,) of the axis; `top`: largest value, at least 1."""

    metric: str
    names: list[str]
    edges: Floats
    values: Floats
    top: float


def heatmap(series: Series, low: float, high: float, columns: int, metric: str, rows: int = 0) -> Heatmap:
    """A metric of METRICS for each zone that was ever used, largest peak first.

    At most `rows` zones if given: those with the largest peaks, or for a metric of CHANGES those with most of it from `low` to `high`.
    A machine that ran for long has caches that are large and still, and those that grow are small.
    """
    edges, cells = series.at_columns(low, high, columns)
    order = [i for i in series.ranked() if i < cells.shape[1]]
    figure = {name: cells[:, order, i] for i, name in enumerate(FIGURES)}
    sizes = series.elem_sizes[order].astype(float) if order else np.zeros(0)
    if metric == "growth":
        values = np.maximum(np.diff(figure["cur_size"], axis=0), 0)
    elif metric in ("allocations", "frees", "failures"):
        values = np.diff(figure[{"allocations": "allocs"}.get(metric, metric)], axis=0)
    elif metric == "in use":
        values = figure["in_use"][1:] * sizes
    elif metric == "free list":
        values = figure["free"][1:]
    elif metric == "share":
        values = figure["cur_size"][1:] * 100 / max(series.zone_memory, 1)
    else:
        values = figure["cur_size"][1:]
    kept = np.arange(len(order))
    if rows and metric in CHANGES:
        kept = np.sort(np.argsort(-values.sum(axis=0), kind="stable")[:rows])
    elif rows:
        kept = kept[:rows]
    names, values = [series.zone_names[order[i]] for i in kept.tolist()], values[:, kept]
    return Heatmap(metric, names, edges, values.T, max(float(values.max(initial=0)), 1.0))


def levels(values: Floats, top: float, logarithmic: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Values as indices 0..255 of the colour scale; the logarithm is of 1 + value, so 0 stays 0."""
    part = np.log1p(np.maximum(values, 0)) / np.log1p(top) if logarithmic else np.maximum(values, 0) / top
    return np.clip(part * 255, 0, 255).astype(np.uint8)
