"""Use of zone_map in both recordings over the axis of the alignment."""

from dataclasses import dataclass

import numpy as np

from zoneviz.playback.compare.points import OPERATION, TIME
from zoneviz.playback.compare.sequence import Compared
from zoneviz.playback.stacks import thin

COLUMNS = 400


@dataclass(frozen=True, slots=True)
class Curve:
    """Bytes of zone_map in use at places x: ns, operations or compared events. `size`: bytes of zone_map, 0 if missing."""

    x: list[int]
    used: list[int]
    size: int


def curve(compared: Compared, align: str) -> Curve:
    """The curve of one recording, from its samples, thinned to COLUMNS without losing a peak."""
    samples = compared.recording.samples(figures=("in_use",))
    used = samples.machine["zone_map_used"]
    if align == TIME:
        x = samples.times
    elif align == OPERATION:
        x = samples.machine["operations"]
    else:
        x = np.searchsorted(compared.seq, samples.seqs, side="right").astype(np.int64)
    keep = thin(x, used, int(x[0]), int(x[-1]), COLUMNS) if len(x) else np.arange(0)
    size = next((made.end - made.start for made in compared.recording.catalog.maps if made.name == "zone_map"), 0)
    return Curve(x[keep].tolist(), used[keep].tolist(), size)
