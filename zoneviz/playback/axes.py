"""Round places for the labels of a chart's axes: bytes at powers of two, times and numbers of events at 1, 2 or 5 times a power of ten."""

import math

from zoneviz import words

_HOURS = (1800, 3600, 7200, 10800, 21600, 43200, *(days * 86400 for days in (1, 2, 5, 10, 20, 50, 100)))
"""Distances in seconds between labels in hours and days."""
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
    """As `round_step`, in seconds or events; for long times in hours or days."""
    want = max(span, 1e-12) / most
    if not by_event and want > _HOURS[0] / 2:
        return next((float(step) for step in _HOURS if step >= want), float(math.ceil(want / _HOURS[-1]) * _HOURS[-1]))
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


def moment_ticks(low: float, high: float, most: float, by_event: bool) -> list[tuple[float, str]]:
    """(place, label) for an axis of seconds, or of numbers of events or readings, from `low` to `high` with at most `most` parts."""
    step = moment_step(high - low, most, by_event)
    values = places(low, high, step)
    return list(zip(values, [f"{v:,.0f}" for v in values] if by_event else words.tick_labels(values, step), strict=True))
