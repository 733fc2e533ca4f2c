"""Which memory of a recording will be full first at its present rate: a forecast for each limit."""

from dataclasses import dataclass

import numpy as np

from zoneviz.playback.forecast import Forecast, forecast
from zoneviz.playback.limits import Limit
from zoneviz.playback.points import Points
from zoneviz.playback.series import Series
from zoneviz.state.figures import MACHINE_FIGURES


@dataclass(frozen=True, slots=True)
class Outlook:
    """A limit and what its use leads to; rates of `forecast` are in bytes a second."""

    limit: Limit
    forecast: Forecast


def outlook(series: Series, points: Points | None = None, now: int | None = None) -> list[Outlook]:
    """The limits of the series' recording that are growing, the one that is reached first at the head.

    `points`: those to look at, by default all; `now`: the time of the forecast in ns, by default the end of the recording.
    A limit out of sight comes last. Errors: InputError if the recording is damaged.
    """
    recording, limits = series.recording, series.limits
    if recording is None or limits is None:
        return []
    points = series.window(*series.extent) if points is None else points
    machine = {name: points.count(name) for name in MACHINE_FIGURES}
    found = []
    for curve in limits.curves(machine, points.figure("in_use")):
        room = curve.limit.room
        ahead = forecast(points.times, curve.share * room, room, recording.last_time if now is None else now)
        if ahead is not None and ahead.growing:
            found.append(Outlook(curve.limit, ahead))
    return sorted(found, key=lambda each: (each.forecast.at is None, each.forecast.at))


def zone_map_at(series: Series, now: int) -> Forecast | None:
    """When the zone map is full, as foreseen at the time `now` in ns; None if it has no limit, is full, is not growing, or after a panic.

    Only what was known then is used: in the middle of a recording the forecast can be compared with what happened.
    """
    recording = series.recording
    if recording is None or not series.ceiling or series.counted == "reading":
        return None
    if recording.header.panic_text and now >= recording.last_time:
        return None
    points = series.points.at(slice(0, int(np.searchsorted(series.points.times, now, side="right"))))
    used = points.figure("cur_size").sum(axis=1) if series.of_zones else points.count("zone_map_used")
    ahead = forecast(points.times, used, series.ceiling, now) if len(used) and used[-1] < series.ceiling else None
    return ahead if ahead is not None and ahead.growing else None
