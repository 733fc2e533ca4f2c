"""How full zone_map was on both sides, over the axis that the comparison is aligned by."""

from dataclasses import dataclass

import numpy as np

from zoneviz.playback.compare.points import OPERATION, TIME
from zoneviz.playback.compare.sequence import Told
from zoneviz.playback.series import thin

COLUMNS = 400


@dataclass(frozen=True, slots=True)
class Curve:
    """Bytes of zone_map in use at places x: ns, operations or compared events. `size`: of zone_map in bytes, 0 if there is none."""

    x: list[int]
    used: list[int]
    size: int


def curve(told: Told, align: str) -> Curve:
    """From the samples, thinned so that no peak is lost."""
    samples = told.recording.samples(figures=("in_use",))
    used = samples.machine["zone_map_used"]
    if align == TIME:
        x = samples.times
    elif align == OPERATION:
        x = samples.machine["operations"]
    else:
        x = np.searchsorted(told.seq, samples.seqs, side="right").astype(np.int64)
    keep = thin(x, used, int(x[0]), int(x[-1]), COLUMNS) if len(x) else np.arange(0)
    size = next((made.end - made.start for made in told.recording.catalog.maps if made.name == "zone_map"), 0)
    return Curve(x[keep].tolist(), used[keep].tolist(), size)
