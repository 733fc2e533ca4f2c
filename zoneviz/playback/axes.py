"""Round places for the labels of a chart's axes: bytes at powers of two, times and numbers of events at 1, 2 or 5 times a power of ten."""

import math
from datetime import datetime

from zoneviz import words

_LONG = (30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, *(days * 86400 for days in (1, 2, 5, 10, 20, 50, 100)))
"""Distances in seconds between labels, from half a minute on."""
FINEST = 0.01
"""Seconds: labels closer than this are not by the clock."""
_NEARLY = 1e-9
"""Share of a step by which rounding can move a place past the end of its axis."""


def byte_step(span: float, most: float) -> float:
    """The smallest power of two of bytes that divides `span` into at most `most` parts."""
    return max(2.0 ** math.ceil(math.log2(max(span, 1.0) / most)), 1.0)


def byte_labels(values: list[float]) -> list[str]:
    """Labels of a byte axis, all in the unit of the largest value."""
    unit, factor = words.unit(max((abs(v) for v in values), default=0.0))
    return [f"{v / factor:.3f}".rstrip("0").rstrip(".") + f" {unit}" for v in values]


def round_step(span: float, most: float) -> float:
    """The smallest distance of the form 1, 2 or 5 times a power of ten that divides `span` into at most `most` parts."""
    want = max(span, 1e-12) / most
    base = 10.0 ** math.floor(math.log10(want))
    return next(base * f for f in (1, 2, 5, 10) if base * f >= want)


def moment_step(span: float, most: float, by_event: bool) -> float:
    """As `round_step`, in seconds or events; for long times whole minutes, hours or days."""
    want = max(span, 1e-12) / most
    if not by_event and want > 20:
        return next((float(step) for step in _LONG if step >= want), float(math.ceil(want / _LONG[-1]) * _LONG[-1]))
    step = round_step(span, most)
    return max(step, 1.0) if by_event else step


def places(low: float, high: float, step: float) -> list[float]:
    """The multiples of `step` from `low` to `high`, at most 200."""
    first = math.ceil(low / step - _NEARLY)
    return [value for i in range(200) if (value := (first + i) * step) <= high + _NEARLY * step]


def byte_ticks(top: float, most: float) -> list[tuple[float, str]]:
    """(place, label) for a byte axis from 0 to `top` with at most `most` parts."""
    values = places(0.0, top, byte_step(top, most))
    return list(zip(values, byte_labels(values), strict=True))


def clock_offset(wall: datetime, step: float) -> float:
    """The first place at or after 0 whose time of day is a multiple of `step` seconds, if the time at 0 is `wall`."""
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
    return -(wall - midnight).total_seconds() % min(step, 86400.0)


def moment_labels(values: list[float], step: float, by_event: bool, wall: datetime | None = None) -> list[str]:
    """Labels of places `step` apart; with `wall`, the time at 0, by the clock as far as it is that coarse."""
    if by_event:
        return [f"{v:,.0f}" for v in values]
    return words.clock_labels(wall, values, step) if wall is not None and step >= FINEST else words.tick_labels(values, step)


def moment_ticks(
    low: float, high: float, most: float, by_event: bool, wall: datetime | None = None
) -> list[tuple[float, str]]:
    """(place, label) for an axis of seconds, or of numbers of events or readings, from `low` to `high` with at most `most` parts.

    `wall`: the time at 0, for labels by the clock.
    """
    step = moment_step(high - low, most, by_event)
    offset = clock_offset(wall, step) if wall is not None and not by_event and step >= FINEST else 0.0
    values = [value + offset for value in places(low - offset, high - offset, step)]
    return list(zip(values, moment_labels(values, step, by_event, wall), strict=True))
