"""Growth of the zones: their bytes over the visible range, their rates at the moment, and when memory will be full."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from zoneviz import words
from zoneviz.playback.points import FIGURES
from zoneviz.playback.series import Series
from zoneviz.playback.stacks import Floats
from zoneviz.playback.zone_families import grouped

COLUMNS = 256
BACK = 0.05
"""The rate at a moment is the mean over this share of the visible range before it."""
MANY = {"event": 1000, "reading": 1}
"""On an axis of events or readings, growth is given per this many."""


@dataclass(frozen=True, slots=True)
class Curves:
    """`sizes`: bytes of each zone by name, (n,) each, at evenly spaced places `edges` (n,) of the axis."""

    edges: Floats
    sizes: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def none(cls) -> "Curves":
        """No zones."""
        return cls(np.zeros(2))

    def rates(self, x: float, now: Mapping[str, int]) -> dict[str, float]:
        """Growth of each zone just before `x`, in bytes per unit of the axis; `now`: its bytes at `x`. Empty if `x` is out of range."""
        low, high = float(self.edges[0]), float(self.edges[-1])
        before = max(x - BACK * (high - low), low)
        if not low < x <= high + 1e-9 * max(abs(high), 1.0) or before >= x:
            return {}
        return {
            name: (size - float(np.interp(before, self.edges, self.sizes[name]))) / (x - before)
            for name, size in now.items()
            if name in self.sizes
        }


def zone_curves(series: Series, low: float, high: float, families: bool = False) -> Curves:
    """The samples of all zones, or of their families, from `low` to `high` on the axis."""
    edges, cells = series.at_columns(low, high, COLUMNS)
    sizes = cells[:, :, FIGURES.index("cur_size")]
    names = series.zone_names[: sizes.shape[1]]
    if families:
        names, sizes = grouped(names, sizes)
    return Curves(edges, {name: sizes[:, i] for i, name in enumerate(names)})


def forecast(room: int, rate: float, counted: str) -> str:
    """`full in 1.5 s at this rate`: when `room` bytes are used up at `rate` bytes per unit of the axis; "" if that cannot be said."""
    if rate <= 0 or room <= 0:
        return ""
    left = room / rate
    amount = f"{words.number(round(left))} {counted}s" if counted else words.duration(round(left * 1e9))
    return f"full in {amount} at this rate"
