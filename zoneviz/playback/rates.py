"""Rates and forecasts in words."""

from zoneviz import words
from zoneviz.playback.forecast import Forecast


def until(ahead: Forecast, now: int) -> str:
    """When a limit is reached, as the end of a sentence: `full in 6.6 h (5.9 h to 7.4 h)`; `now`: the present in ns."""
    if ahead.at is None or ahead.soonest is None or ahead.latest is None:
        return "the limit is out of sight at this rate"
    if ahead.at <= now:
        return "full now"
    at, soonest, latest = (words.duration(max(time - now, 0)) for time in (ahead.at, ahead.soonest, ahead.latest))
    return f"full in {at} ({soonest} to {latest}) at this rate"


def rate(value: float) -> str:
    """Bytes a second as `1.5 KiB/s`, or by the hour or day where that is less than 100 bytes."""
    for seconds, name in ((1, "s"), (3600, "h")):
        if abs(value) * seconds >= 100:
            return f"{words.size(round(value * seconds))}/{name}"
    return f"{words.size(round(value * 86400))}/d"


def hourly(value: float) -> str:
    """Bytes a second as `7 MiB/h`, for machines that are read by the minute or hour; by the day where that is less than 100 bytes."""
    return f"{words.size(round(value * 3600))}/h" if abs(value) * 3600 >= 100 else f"{words.size(round(value * 86400))}/d"


def per_second(value: float) -> str:
    """A number of elements a second as `7.0 per second`, or by the hour or day where that is less than 1."""
    for seconds, name in ((1, "second"), (3600, "hour")):
        if abs(value) * seconds >= 1:
            return f"{value * seconds:,.3g} per {name}" if abs(value) * seconds < 1000 else f"{value * seconds:,.0f} per {name}"
    return f"{value * 86400:,.3g} per day"
