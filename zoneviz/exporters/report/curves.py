"""The curves of a report."""

from dataclasses import dataclass

import numpy as np

from zoneviz.playback.series import Floats, Series
from zoneviz.recording import Recording
from zoneviz.state.rows import Ints

COLUMNS = 300


@dataclass(frozen=True, slots=True)
class Curves:
    """n moments of a run with z zones.

    seqs, x (n,): event number, and place on the axis in ns or events. used (n,): bytes of zone_map in use; share (n,): of zone_map
    used since boot, 0 to 1, as `limits` defines it; size: bytes of zone_map, 0 if unknown. names, zones (z, n): bytes of each
    zone including free elements, in order of zinit. since: when the shares begin.
    """

    seqs: Ints
    x: Ints
    used: Ints
    share: Floats
    size: int
    names: list[str]
    zones: Ints
    since: str


def curves(recording: Recording, by_time: bool) -> Curves:
    """The curves of the whole run, thinned to COLUMNS without losing a peak. Errors: InputError if the recording is damaged."""
    series = Series()
    series.load(recording, by_event=not by_time)
    points = series.thinned(COLUMNS)
    x = points.times if by_time else points.seqs
    used, limits = points.count("zone_map_used"), series.limits
    zone_map = limits.zone_map() if limits else None
    share = zone_map.share(used) if zone_map else np.zeros(len(used))
    zones = points.figure("cur_size").T
    return Curves(points.seqs, x, used, share, series.ceiling, series.zone_names, zones, limits.since if limits else "")
