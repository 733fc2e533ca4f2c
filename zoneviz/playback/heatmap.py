"""Zones by time as one matrix, for a picture: what each zone held or did in each stretch of the run."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoneviz.playback.series import TIME, window
from zoneviz.recording import Recording
from zoneviz.recording.totals import Ints

BYTES, GROWTH, ALLOCS, FREES, FREE_LIST, SHARE, FAILURES = (
    "bytes in use",
    "growth",
    "allocs",
    "frees",
    "free list",
    "share of the map",
    "failures",
)
METRICS = {
    BYTES: ("in_use", "bytes"),
    GROWTH: ("cur_size", "bytes"),
    ALLOCS: ("allocs", "elements"),
    FREES: ("frees", "elements"),
    FREE_LIST: ("free", "elements"),
    SHARE: ("cur_size", "of zone_map"),
    FAILURES: ("failures", "failures"),
}
"""Metric -> the figure of the samples it is made of, and its unit."""
_PER_COLUMN = (GROWTH, ALLOCS, FREES, FAILURES)


@dataclass(frozen=True, slots=True)
class Heatmap:
    """names: z zones in order of zinit. edges (c + 1,): borders of the columns, events or ns. values (z, c), in `unit`."""

    names: list[str]
    edges: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    unit: str


def heatmap(
    recording: Recording, metric: str = BYTES, columns: int = 400, *, axis: str = TIME, low: int | None = None, high: int | None = None
) -> Heatmap:
    """A metric of METRICS for each zone in each of `columns` equal parts of a stretch of the axis.

    Growth, allocs, frees and failures are what came in that part; the others are as they stood at its end.
    Errors: InputError if the recording is damaged; ValueError for a metric or axis that is none.
    """
    if metric not in METRICS:
        raise ValueError(f"a metric is one of {', '.join(METRICS)}")
    figure, unit = METRICS[metric]
    samples, x = window(recording, columns, axis, low, high, (figure,))
    end = recording.last_time if axis == TIME else recording.event_count
    edges = np.linspace(low or 0, end if high is None else high, columns + 1)
    # The sample that stands at each border: the last one at or before it, or none yet.
    place = np.searchsorted(x, edges, side="right")
    standing = np.concatenate([np.zeros((1, len(samples.zone_ids)), np.int64), samples.zones[figure]])[place]
    values: Ints = np.diff(standing, axis=0) if metric in _PER_COLUMN else standing[1:]
    scale: npt.NDArray[np.float64] = np.ones(len(samples.zone_ids))
    if metric == BYTES:
        scale = np.array([zone.elem_size for zone in recording.catalog.zones], np.float64)
    elif metric == SHARE:
        sizes = [m.end - m.start for m in recording.catalog.maps if m.name == "zone_map"]
        scale = scale / (sizes[0] if sizes and sizes[0] > 0 else 1)
    return Heatmap([zone.name for zone in recording.catalog.zones], edges, values.T * scale[:, None], unit)
