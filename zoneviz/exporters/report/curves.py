"""The run as the curves that a report draws."""

from dataclasses import dataclass

from zoneviz.playback.series import Ints, Series
from zoneviz.recording import Recording

COLUMNS = 300


@dataclass(frozen=True, slots=True)
class Curves:
    """n places of the run, of z zones.

    seqs, x (n,): event number, and place on the axis, ns or events. used (n,): bytes of zone_map in use; size: all its bytes, 0 if
    not known. names, zones (z, n): bytes each zone holds, free elements too, in order of zinit.
    """

    seqs: Ints
    x: Ints
    used: Ints
    size: int
    names: list[str]
    zones: Ints


def curves(recording: Recording, by_time: bool) -> Curves:
    """The whole run, thinned so that no peak is lost. Errors: InputError if the recording is damaged."""
    series = Series()
    series.load(recording, by_event=not by_time)
    points = series.thinned(COLUMNS)
    x = points.times if by_time else points.seqs
    return Curves(points.seqs, x, points.count("zone_map_used"), series.ceiling, series.zone_names, points.figure("cur_size").T)
