"""Limits that a machine will soon reach while it is being recorded, from the last hours of its figures, which are kept here.

No file is read. docs/forecast.md describes the forecast, docs/watching.md the limits.
"""

from collections import deque
from typing import NamedTuple

import numpy as np

from zoneviz.events import Catalog
from zoneviz.playback.bounded import BOUNDED
from zoneviz.playback.forecast import Forecast, forecast
from zoneviz.state.figures import CUR_SIZE, MAX_SIZE, UNKNOWN
from zoneviz.state.totals import Totals

_POINTS = 512
"""Upper bound of the points kept of a figure."""
_WINDOW = 4
"""A figure is kept for this many times the warning time: a longer past would hide recent growth."""


class Use(NamedTuple):
    """A figure and the limit that it may reach, in one unit (`fields.Unit`). If it falls towards the limit, both with the opposite sign."""

    used: int
    limit: int
    unit: str = "bytes"


def limits(totals: Totals, catalog: Catalog) -> dict[str, Use]:
    """What has a limit, by name: figures of the machine, maps with a size, zones with a maximum.

    Linux's unreclaimable slab memory can grow by what is available, so its limit changes with the rest of the machine.
    """
    found = {}
    infos = {info.name: info for info in catalog.figures if info.id < len(totals.figures)}
    for name, bound, whole in BOUNDED:
        if name in infos and bound in infos:
            used, most = (int(totals.figures[infos[each].id]) for each in (name, bound))
            if UNKNOWN not in (used, most):
                found[name] = Use(used, most if whole else used + most, infos[name].unit)
    for info in catalog.maps:
        if info.end > info.start and info.id < len(totals.maps):
            found[info.name] = Use(int(totals.maps[info.id]), info.end - info.start)
    for zone in catalog.zones[: len(totals.zones) - 1]:
        used, most = totals.zones[zone.id, [CUR_SIZE, MAX_SIZE]].tolist()
        if most:
            found.setdefault(zone.name, Use(used, most))
    return found


class Nearing:
    """The last course of figures, by name. `ahead`: ns of warning that are wanted."""

    def __init__(self, ahead: int) -> None:
        self._step = ahead * _WINDOW // _POINTS
        self._courses: dict[str, deque[tuple[int, int]]] = {}

    def add(self, name: str, time: int, used: int) -> None:
        """Keep a figure at a time in ns, unless the last one kept is too close."""
        course = self._courses.setdefault(name, deque(maxlen=_POINTS))
        if not course or time >= course[-1][0] + self._step:
            course.append((time, used))

    def near(self, name: str, now: int, use: Use, ahead: int) -> Forecast | None:
        """The forecast at the time `now` in ns if the figure then reaches its limit within `ahead` ns; else None."""
        course = [point for point in self._courses.get(name, ()) if point[0] < now]
        times, used = np.array([*course, (now, use.used)], np.int64).T
        found = forecast(times, used, use.limit)
        return found if found is not None and found.at is not None and found.at - now <= ahead else None
