"""What is under the pointer in a stacked chart, in words: the band or the line of a limit, its value and share, and the time."""

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF

from zoneviz import words
from zoneviz.gui.charts.limitlines import LimitLines
from zoneviz.gui.charts.moment_words import place_words
from zoneviz.gui.charts.plotting import Chart
from zoneviz.playback.stacks import Stack

NEAR = 4
"""A line is under the pointer if it is at most this many pixels away."""


def under(chart: Chart, stack: Stack, limits: LimitLines, place: QPointF) -> str:
    """The words for a place of the chart, "" outside. Values are those drawn: between two samples, on the line between them."""
    area = chart.area()
    if not area.contains(place) or not len(stack.x) or not len(stack.tops):
        return ""
    x = chart.pointer.to_axis(place.x())
    when = place_words(chart.session, x)
    for curve, share in limits.at(x) if limits.isVisible() else ():
        if abs(area.bottom() - share * limits.top - place.y()) <= NEAR:
            name = words.one_line(curve.limit.label, 40)
            return f"{name}: {words.share(share, 1)} of {words.size(curve.limit.room)}\n{when}"
    tops = np.array([np.interp(x, stack.x, top) for top in stack.tops])
    view: Any = chart.box.mapSceneToView(place)
    i = int(np.searchsorted(tops, view.y()))
    whole = f"all bands: {words.size(round(tops[-1]))}"
    if i == len(tops):
        return f"{whole}\n{when}"
    size = tops[i] - (tops[i - 1] if i else 0.0)
    return f"{words.one_line(stack.names[i], 40)}: {words.size(round(size))} · {words.share(size, tops[-1])} of all bands\n{whole}\n{when}"
