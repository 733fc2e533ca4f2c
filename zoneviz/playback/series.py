"""The run as curves: bytes by zone, and of the maps, over events or simulated time, thinned to what can be drawn."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from zoneviz.recording import Recording, Samples
from zoneviz.recording.schema import LEVELS
from zoneviz.recording.totals import Ints

EVENTS, TIME = "events", "time"
USED = {"zone_map": "zone_map_used", "kernel_map": "kernel_map_used", "kalloc_map": "kalloc_map_used"}


@dataclass(frozen=True, slots=True)
class Series:
    """n places, ascending, of z zones.

    seqs, x (n,): event number, and place on the axis (events or ns). names: of the zones, in order of zinit;
    zones (z, n): bytes each holds (cur_size). maps: name -> (n,) bytes used; ceilings: name -> size in bytes.
    machine: figure of `schema.MACHINE_FIGURES` -> (n,).
    """

    seqs: Ints
    x: Ints
    names: list[str]
    zones: Ints
    maps: dict[str, Ints]
    ceilings: dict[str, int]
    machine: dict[str, Ints]


def window(
    recording: Recording, columns: int, axis: str, low: int | None, high: int | None, figures: tuple[str, ...]
) -> tuple[Samples, Ints]:
    """Samples that cover a stretch of the axis, at least about one for each of `columns` if there are as many; and their x.

    `low` and `high` are events or ns; None means the end of the recording on that side.
    """
    if axis not in (EVENTS, TIME):
        raise ValueError(f"an axis is {EVENTS!r} or {TIME!r}")
    place = recording.seq_at if axis == TIME else int
    first = 0 if low is None else max(place(low), 0)
    last = recording.event_count if high is None else min(place(high) + 1, recording.event_count)
    step = next((level for level in reversed(LEVELS) if (last - first) // level >= columns), LEVELS[0])
    # One sample more on each side, so that curves reach the edges.
    samples = recording.samples(max(first - step, 0), min(last + step, recording.event_count), step=step, figures=figures)
    return samples, samples.times if axis == TIME else samples.seqs


def zone_bytes(recording: Recording, columns: int = 1000, *, axis: str = TIME, low: int | None = None, high: int | None = None) -> Series:
    """Bytes by zone over a stretch of the axis, from the recording's samples.

    Of each of `columns` equal parts two samples are kept, where the sum over zones is least and where it is
    most, so that no peak is lost; n is at most 2 * columns + 2.
    Errors: InputError if the recording is damaged; ValueError for an axis that is none.
    """
    samples, x = window(recording, columns, axis, low, high, ("cur_size",))
    zones = samples.zones["cur_size"]
    keep = thin(x, zones.sum(axis=1), columns)
    catalog = recording.catalog
    return Series(
        samples.seqs[keep],
        x[keep],
        [zone.name for zone in catalog.zones],
        np.ascontiguousarray(zones[keep].T),
        {name: samples.machine[figure][keep] for name, figure in USED.items()},
        {m.name: m.end - m.start for m in catalog.maps},
        {figure: values[keep] for figure, values in samples.machine.items()},
    )


def thin(x: Ints, y: Ints, columns: int) -> Ints:
    """Places (m,) to keep of a curve x, y (n,): first, last, and of each of `columns` equal parts of x least and most y."""
    if len(x) <= 2 * columns + 2:
        return np.arange(len(x))
    edges = np.searchsorted(x, np.linspace(int(x[0]), int(x[-1]), columns + 1)[1:-1], side="right")
    bounds = np.unique(np.concatenate([[0], edges, [len(x)]]))
    kept = {0, len(x) - 1}
    for start, past in pairwise(bounds.tolist()):
        kept.update((start + int(y[start:past].argmin()), start + int(y[start:past].argmax())))
    return np.array(sorted(kept), np.int64)
