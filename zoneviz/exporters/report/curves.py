"""The curves of a report."""

from dataclasses import dataclass

import numpy as np

from zoneviz import palette
from zoneviz.events import RECLAIMABLE
from zoneviz.playback.series import Series
from zoneviz.playback.shown import flags_by_name, known_columns
from zoneviz.playback.stacks import Floats, Stack
from zoneviz.recording import Recording
from zoneviz.state.rows import Ints

WIDTH = 220
"""Columns of a curve: at most twice as many points."""
COUNTS = ("processes", "threads", "ports", "messages")
"""The counts of the machine that a report draws."""


@dataclass(frozen=True, slots=True)
class Curves:
    """n moments of a run.

    seqs, x (n,): event number, and place on the axis in seconds, or in what `counted` names: "event" or "reading". used (n,): bytes of
    zone_map in use; share (n,): of zone_map used since boot, 0 to 1, as `limits` defines it; size: bytes of zone_map, 0 if unknown.
    since: when the shares begin. counts: (n,) by name of COUNTS, those that the recording reports. stack: the zones, as the window
    draws them; colours: of its bands, light and dark. limit: upper bound of the stack in bytes, 0 if unknown; boot: the part of it
    that is not in zone_map.
    """

    seqs: Ints
    x: Floats
    used: Ints
    share: Floats
    size: int
    since: str
    counted: str
    counts: dict[str, Ints]
    stack: Stack
    colours: list[tuple[str, str]]
    limit: int
    boot: int
    extent: tuple[float, float]
    """First and last place of the axis."""


def curves(series: Series) -> Curves:
    """The curves of a loaded series, thinned without losing a peak. Errors: InputError if the recording is damaged."""
    recording = series.recording
    assert recording is not None
    points = series.thinned(WIDTH)
    used, limits = points.count("zone_map_used"), series.limits
    zone_map = limits.zone_map() if limits else None
    share = zone_map.share(used) if zone_map else np.zeros(len(used))
    known = known_columns(recording.header, [figure.name for figure in recording.catalog.figures])
    counts = {name: points.count(name) for name in COUNTS if name in known}
    stack = series.stack(*series.extent, WIDTH)
    return Curves(
        points.seqs,
        series.axis(points),
        used,
        share,
        series.ceiling,
        limits.since if limits else "",
        series.counted,
        {name: values for name, values in counts.items() if values.any()},
        stack,
        _colours(series, recording, stack.names),
        series.zone_memory,
        series.boot_memory,
        series.extent,
    )


def _colours(series: Series, recording: Recording, names: list[str]) -> list[tuple[str, str]]:
    """The colours of the window: those of other zones are different."""
    flags = flags_by_name(recording.catalog, recording.header)
    greys = {name for name, each in flags.items() if RECLAIMABLE in each.split()}
    moved = palette.apart([series.zone_names[i] for i in series.ranked()], greys)

    def colour(name: str, dark: bool) -> str:
        if name == series.rest:
            return palette.other(dark)
        return palette.shade(moved[name], dark) if name in moved else palette.zone_or_grey(name, flags.get(name, ""), dark)

    return [(colour(name, False), colour(name, True)) for name in names]
