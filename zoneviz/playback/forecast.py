"""When a memory will be full at its present rate, with a range: the robust slope of a curve's last straight piece.

The slope is Theil and Sen's: the median of the slopes between all pairs of points (Sen 1968). The range comes from how much the
slope varied between parts of the same piece. docs/forecast.md says how often the truth lay in it.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from zoneviz.playback.changes import pieces

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64] | Floats

POINTS = 256
"""Moments at even distances to which a curve is reduced."""
FEWEST = 3
"""Points without which nothing can be said: two points are always a line."""
_PARTS = 8
"""Parts of the last piece whose slopes are compared."""
_WIDE = 1.86
"""Student's t for 90 % and 8 degrees of freedom."""
_LEAST = 0.03
"""Least half width of the range of a slope, as a share of it."""
_PAUSE = 3.0
"""A time without points that is this many times longer than any before is a pause, in which the last value holds."""
_SMALL = 0.002
"""Growth below this share of the limit is noise: allocators grow in steps."""
_FAR = 20.0
"""A limit further away than this many times the length of the last piece is out of sight."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the end of a curve says. Times in ns on the recording's clock, rates in units a second.

    `since`: where the last straight piece begins; `rate`: its slope, with `low` and `high` as its 90 % range; `growing`: whether
    even `low` rises, by enough to matter. `at`: when the limit is reached, with `soonest` and `latest`; None if that is out of sight.
    """

    growing: bool
    since: int
    rate: float
    low: float
    high: float
    at: int | None = None
    soonest: int | None = None
    latest: int | None = None


def forecast(times: Numbers, used: Numbers, limit: float, now: int | None = None) -> Forecast | None:
    """The forecast from n points: `times` (n,) in ns, ascending; `used` (n,) and `limit` in one unit, such as bytes.

    `now`: the present, by default the last time: a long time without points before it is a pause. None with fewer than `FEWEST`
    points, or if they span no time.
    """
    if len(times) < FEWEST or times[-1] <= times[0]:
        return None
    t, v = np.asarray(times, np.float64), np.asarray(used, np.float64)
    if now is None or now - t[-1] <= _PAUSE * np.diff(t).max():
        now = int(times[-1])
    level = float(v[-1])
    if len(t) > POINTS or now > t[-1]:
        t, v = _even(t, v, now)
    first = _last_piece(t, v)
    rate = _slope(t[first:], v[first:])
    length = float(t[-1] - t[first])
    spread = _spread(t[first:], v[first:])
    room = limit - level
    sure, third = _half_width(rate, spread, 0.0), max((len(t) - first) // 3, FEWEST)
    recent = _slope(t[-third:], v[-third:])
    low, high = min(rate - sure, recent), max(rate + sure, recent)
    if low <= 0.0 or rate * length < _SMALL * abs(limit):
        return Forecast(False, round(t[first]), rate * 1e9, low * 1e9, high * 1e9)
    ahead = max(room, 0.0) / rate
    if ahead > _FAR * length:
        return Forecast(True, round(t[first]), rate * 1e9, low * 1e9, high * 1e9)
    # The slope may vary as much on the way to the limit as it has varied so far; over a long way that evens out.
    wide = _half_width(rate, spread, length / max(ahead, length / _PARTS))
    soonest = max(room, 0.0) / max(high, rate + wide)
    slow = min(low, rate - wide)
    slowest = max(room, 0.0) / slow if slow > 0 else np.inf
    return Forecast(
        True,
        round(t[first]),
        rate * 1e9,
        low * 1e9,
        high * 1e9,
        round(now + ahead),
        round(now + soonest),
        round(now + min(slowest, _FAR * length)),
    )


def _even(times: Floats, used: Floats, now: int) -> tuple[Floats, Floats]:
    """The curve at POINTS even distances from its begin to `now`."""
    t = np.linspace(times[0], now, POINTS)
    return t, used[np.searchsorted(times, t, side="right") - 1]


def _last_piece(t: Floats, v: Floats) -> int:
    """Index of the first point of the last straight piece; it has at least FEWEST points."""
    found = pieces(np.round(t).astype(np.int64), np.round(v).astype(np.int64))
    return min(found[-1].first if found else 0, len(t) - FEWEST)


def _slope(t: Floats, v: Floats) -> float:
    """The median of the slopes between all pairs of points."""
    left, right = _pairs(len(t))
    apart, rise = t[right] - t[left], v[right] - v[left]
    if not apart.all():
        apart, rise = apart[apart > 0], rise[apart > 0]
    return float(np.median(rise / apart)) if len(apart) else 0.0


@lru_cache(maxsize=8)
def _pairs(count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The indices of all pairs of `count` points."""
    return np.triu_indices(count, 1)


def _spread(t: Floats, v: Floats) -> float:
    """Deviation of the slope between parts of the piece: the width of its middle, as that of a normal distribution."""
    edges = np.linspace(0, len(t) - 1, min(_PARTS, len(t) - 1) + 1).astype(np.int64)
    apart = np.diff(t[edges])
    slopes = np.diff(v[edges])[apart > 0] / apart[apart > 0]
    return float(np.std(slopes, ddof=1)) if len(slopes) > 1 else 0.0


def _half_width(rate: float, spread: float, ahead: float) -> float:
    """Half the range of a slope: what is unknown of it now (`ahead` 0), and what it may do over `1 / ahead` times the piece."""
    return max(_WIDE * spread * float(np.sqrt((1.0 + ahead) / _PARTS)), _LEAST * abs(rate))
