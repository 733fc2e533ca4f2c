"""How the zones grow: their bytes over the visible stretch, how fast they grow at the moment, and when all memory will be gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from zoneviz import words
from zoneviz.playback.series import FIGURES, Floats, Series

COLUMNS = 256
BACK = 0.05
"""The rate at a moment is taken over this share of the visible stretch before it."""
MANY = 1000
"""Events for which growth is told where the axis is one of events."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Bytes each zone has taken, (len(edges),), at even places of a stretch of the axis."""

    edges: Floats
    sizes: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def none(cls) -> "Curves":
        """Before anything is known."""
        return cls(np.zeros(2))

    def rates(self, x: float, now: Mapping[str, int]) -> dict[str, float]:
        """Bytes a unit of the axis that each zone gained just before `x`, where it holds `now`; empty if `x` is not in the stretch."""
        low, high = float(self.edges[0]), float(self.edges[-1])
        before = max(x - BACK * (high - low), low)
        if not low < x <= high + 1e-9 * max(abs(high), 1.0) or before >= x:
            return {}
        return {
            name: (size - float(np.interp(before, self.edges, self.sizes[name]))) / (x - before)
            for name, size in now.items()
            if name in self.sizes
        }


def zone_curves(series: Series, low: float, high: float) -> Curves:
    """The zones over a stretch of the axis, as the series' samples have them."""
    edges, cells = series.at_columns(low, high, COLUMNS)
    sizes = cells[:, :, FIGURES.index("cur_size")]
    return Curves(edges, {name: sizes[:, i] for i, name in enumerate(series.zone_names[: sizes.shape[1]])})


def forecast(room: int, rate: float, by_event: bool) -> str:
    """When `room` bytes are gone at `rate` bytes a unit of the axis; empty where nothing grows or nothing is left."""
    if rate <= 0 or room <= 0:
        return ""
    left = room / rate
    return f"full in {left:,.0f} events at this growth" if by_event else f"full in {words.duration(round(left * 1e9))} at this growth"
