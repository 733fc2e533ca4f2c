"""The curves of a recording of readings: bytes and elements of each zone, the memory that has a limit, and their regimes."""

from dataclasses import dataclass

import numpy as np

from zoneviz.playback.changes import pieces
from zoneviz.playback.limits import ZONE_MAP
from zoneviz.playback.points import Points
from zoneviz.playback.series import Series
from zoneviz.state.rows import Ints

_ALIKE = 1.5
"""Successive pieces of a curve are one regime unless one is this many times as steep."""
_FIGURES = ("SUnreclaim", "Slab", "slab_unreclaimable")
"""Figures of a machine without zones that show kernel memory growing, the most telling first."""


@dataclass(frozen=True, slots=True)
class Regime:
    """A stretch of a curve with one rate, from reading `first` to `last`; `rate` in units a second; `begins`, `ends` in ns."""

    first: int
    last: int
    rate: float
    begins: int
    ends: int


@dataclass(slots=True)
class Curves:
    """n readings of z zones. `ends`, `times` (n,); `held` (n, z) bytes, `in_use` (n, z) elements; `born` (z,): the first reading with it.

    `used` (n,): the memory called `label`, in bytes, with the limit `cap` (0: unknown); empty if nothing is known of it. A reading of a
    panic that does not report it is left out: `used_times` has the times.
    """

    ends: Ints
    times: Ints
    names: list[str]
    held: Ints
    in_use: Ints
    born: Ints
    label: str
    cap: int
    used: Ints
    used_times: Ints

    @property
    def growth(self) -> Ints:
        """Bytes that each zone grew since the first reading that has it, (z,)."""
        if not len(self.held):
            return np.zeros(len(self.names), np.int64)
        return np.asarray(self.held[-1] - self.held[self.born, np.arange(len(self.names))])

    def regimes(self, zone: int) -> list[Regime]:
        """The regimes of a zone's bytes, since the first reading that has it."""
        first = int(self.born[zone])
        return [
            Regime(each.first + first, each.last + first, each.rate, each.begins, each.ends)
            for each in regimes(self.times[first:], self.held[first:, zone])
        ]


def curves(series: Series, first: int, last: int, panicked: bool) -> Curves:
    """The curves of the whole readings after event `first` up to event `last`; `panicked`: the last one is that of a panic."""
    recording, readings = series.recording, series.readings
    assert recording is not None
    points = series.points.at((series.points.seqs > first) & (series.points.seqs <= last))
    zones, count = recording.catalog.zones, len(recording.catalog.zones)
    held, in_use = (_to(points.figure(name), count) for name in ("cur_size", "in_use"))
    sizes = np.array([zone.elem_size for zone in zones], np.int64)
    held = np.where(held.any(axis=0), held, in_use * sizes)
    starts = [int(readings.ends[readings.born.get(zone.id, 0)]) if len(readings) else 0 for zone in zones]
    born = np.minimum(np.searchsorted(points.seqs, np.array(starts, np.int64)), max(len(points.seqs) - 1, 0))
    label, cap, used = _limited(series, points, held)
    known = np.ones(len(used), np.bool_)
    if panicked and len(used) > 1 and used[-1] == used[-2]:
        known[-1] = False
    times = points.times
    return Curves(
        points.seqs, times, [zone.name for zone in zones], held, in_use, born, label, cap, used[known], times[: len(used)][known]
    )


def regimes(times: Ints, values: Ints) -> list[Regime]:
    """The regimes of a curve (n,), each from where its line meets that of the one before; [] with fewer than two points."""
    if len(times) < 2:
        return []
    merged = list[tuple[int, int]]()
    for piece in pieces(times, values):
        # A piece ends at the first point of the next, which belongs to that one.
        last = piece.last if piece.last == len(times) - 1 else max(piece.last - 1, piece.first + 1)
        if merged and _alike(_rate(times, values, *merged[-1]), _rate(times, values, piece.first, last)):
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((piece.first, last))
    out = list[Regime]()
    for first, last in merged:
        begins = int(times[first]) if not out else _knee(times, values, (out[-1].first, out[-1].last), (first, last))
        if out:
            out[-1] = Regime(out[-1].first, out[-1].last, out[-1].rate, out[-1].begins, begins)
        out.append(Regime(first, last, _rate(times, values, first, last), begins, int(times[last])))
    return out


def _alike(one: float, other: float) -> bool:
    low, high = sorted((one, other))
    return low == high or (low > 0 and high < _ALIKE * low) or (high < 0 and low > _ALIKE * high)


def _rate(times: Ints, values: Ints, first: int, last: int) -> float:
    """Units a second of the line through the points `first` to `last`."""
    t, v = (times[first : last + 1] - times[first]) / 1e9, values[first : last + 1].astype(np.float64)
    t, v = t - t.mean(), v - v.mean()
    spread = float((t * t).sum())
    return float((t * v).sum()) / spread if spread else 0.0


def _knee(times: Ints, values: Ints, before: tuple[int, int], after: tuple[int, int]) -> int:
    """When the lines of two regimes meet, in ns; between the last reading of one and the first of the other."""
    low, high = int(times[before[1]]), int(times[after[0]])
    one, two = _rate(times, values, *before), _rate(times, values, *after)
    if one == two:
        return low
    (t1, v1), (t2, v2) = ((float(times[a : b + 1].mean()), float(values[a : b + 1].mean())) for a, b in (before, after))
    meet = (v2 - v1 + (one * t1 - two * t2) / 1e9) / (one - two) * 1e9
    return round(min(max(meet, low), high))


def _limited(series: Series, points: Points, held: Ints) -> tuple[str, int, Ints]:
    """Label, limit in bytes (0: unknown) and bytes (n,) of the memory that the zones are taken from."""
    used = points.count("zone_map_used")
    if used.any():
        return ZONE_MAP.replace("_", " "), series.ceiling, used
    recording = series.recording
    assert recording is not None
    if held.any():
        return "all " + f"{recording.header.zone_noun}s", series.ceiling, held.sum(axis=1)
    named = {info.name: place for place, info in enumerate(recording.catalog.figures) if info.unit == "bytes"}
    name = next((name for name in _FIGURES if name in named), next(iter(named), ""))
    if name and named[name] < points.figures.shape[1]:
        return name, 0, points.figures[:, named[name]].clip(0)
    return "", 0, np.zeros(0, np.int64)


def _to(table: Ints, count: int) -> Ints:
    """A table (n, m) with `count` columns."""
    out = np.zeros((len(table), count), np.int64)
    out[:, : table.shape[1]] = table[:, :count]
    return out
