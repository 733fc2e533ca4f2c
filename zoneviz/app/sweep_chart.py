"""The results of a sweep as a chart: lines over the setting with the most values, with what ended each point; and as a heatmap."""

from collections.abc import Sequence
from math import log
from typing import Any, NamedTuple
from zlib import crc32

from zoneviz import palette, words
from zoneviz.app.grid import Grid
from zoneviz.claims import CLAIMS
from zoneviz.errors import ZonevizError
from zoneviz.mach.profile import SETTINGS
from zoneviz.settings import text

LOG_FROM = 8
"""Values of a setting are placed by their logarithm if they grow by factors, the last at least this many times the first."""
BYTES = ("zone_map_used", "zone_map_bytes")
"""Figures in bytes."""
SHAPES = ("circle", "square", "triangle", "diamond", "cross")
OUTLINES = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "cross": (
        (-1.1, -0.5), (-0.5, -1.1), (0, -0.6), (0.5, -1.1), (1.1, -0.5), (0.6, 0), (1.1, 0.5), (0.5, 1.1), (0, 0.6), (-0.5, 1.1),
        (-1.1, 0.5), (-0.6, 0),
    ),
}  # fmt: skip
"""Corners of the shapes, in half sizes; a circle has none."""
_ENDS = ("zone_map", "ipc_spaces", "kernel_map", "physical", "hang", "finished", "interrupted", "error", "failed")
"""What can end a run, in the order of its colours and shapes."""


class Dot(NamedTuple):
    """A combination on a line: place 0 to 1, lowest, median and highest of the figure over the seeds, and what ended most of its runs."""

    point: int
    at: float
    low: float
    median: float
    high: float
    ended: str
    seeds: int


class Line(NamedTuple):
    """The combinations that differ only in the setting below the chart. `label`: the values of the other settings."""

    label: str
    dots: list[Dot]


class Mark(NamedTuple):
    """A figure of the original report: place 0 to 1, its value, the line it belongs to, and the observation it is from."""

    at: float
    value: float
    label: str
    claim: str


class Chart(NamedTuple):
    """`axis`: the setting below; `places`: place and label of each of its values; `ends`: what ended runs, most frequent first."""

    axis: str
    figure: str
    places: list[tuple[float, str]]
    lines: list[Line]
    ends: list[str]


class Heat(NamedTuple):
    """Two settings: `across` and `down` are (name, labels of the values); `cells` by (row, column): a Dot, whose place is 0."""

    across: tuple[str, list[str]]
    down: tuple[str, list[str]]
    figure: str
    cells: dict[tuple[int, int], Dot]
    ends: list[str]


def chart_of(found: dict[str, Any]) -> Chart:
    """The chart of a `sweep_results.summary`. Combinations all of whose runs failed have no dot."""
    points = found["points"]
    names = list(points[0]["settings"]) if points else []
    values = {name: _values(points, name) for name in names}
    axis = max(names, key=lambda name: (_numeric(values[name]), len(values[name]))) if names else ""
    places = _places(values.get(axis, []))
    lines: dict[str, list[Dot]] = {}
    for point in points:
        settings = point["settings"]
        dot = _dot(point, places[values[axis].index(settings[axis])])
        label = _label({name: value for name, value in settings.items() if name != axis})
        lines.setdefault(label, []).extend([dot] if dot is not None else [])
    made = [Line(label, sorted(dots, key=lambda dot: dot.at)) for label, dots in lines.items()]
    shown = [(at, value_text(axis, value)) for at, value in zip(places, values.get(axis, []), strict=True)]
    return Chart(axis, found["figure"], shown, made, _ends(points))


def heat_of(found: dict[str, Any]) -> Heat | None:
    """The heatmap of a `sweep_results.summary`; None unless exactly two settings vary."""
    points = found["points"]
    names = list(points[0]["settings"]) if points else []
    if len(names) != 2:
        return None
    across, down = sorted(names, key=lambda name: -len(_values(points, name)))
    columns, rows = _values(points, across), _values(points, down)
    cells = {}
    for point in points:
        dot = _dot(point, 0.0)
        if dot is not None:
            cells[rows.index(point["settings"][down]), columns.index(point["settings"][across])] = dot
    labels = [[value_text(name, value) for value in values] for name, values in ((across, columns), (down, rows))]
    return Heat((across, labels[0]), (down, labels[1]), found["figure"], cells, _ends(points))


def marks_of(grid: Grid, chart: Chart) -> list[Mark]:
    """The figures of the original report that are about runs of this grid, wherever they agree in all that does not vary.

    None if the runs are interrupted.
    """
    if grid.base.max_events is not None:
        return []
    out = []
    base, axes = grid.base.resolve(), grid.axes
    for claim in CLAIMS.values():
        for trial in claim.trials:
            target = claim.rule.targets.get(trial.label)
            if target is None or claim.unit != chart.figure or trial.spec.scenario != grid.base.scenario:
                continue
            plan = trial.spec.resolve()
            theirs, ours = plan.values(), base.values()
            same = plan.profile.name == base.profile.name and all(theirs[n] == v for n, v in ours.items() if n not in axes)
            at = _place_of(theirs.get(chart.axis), axes[chart.axis]) if same else None
            others = {name: theirs[name] for name in axes if name != chart.axis}
            if at is not None and all(value in axes[name] for name, value in others.items()):
                out.append(Mark(at, target, _label(others), claim.id))
    return out


def reference_marks(path_grid: Grid | None, chart: Chart) -> list[Mark]:
    """As `marks_of`; none for a sweep whose scenario is not known here."""
    try:
        return marks_of(path_grid, chart) if path_grid is not None and chart.axis else []
    except ZonevizError:  # the base of a sweep whose fixed settings need those that vary
        return []


def value_text(name: str, value: object) -> str:
    """A value of a setting, as a user types it."""
    known = SETTINGS.get(name)
    if known is None and isinstance(value, float):
        return f"{value:g}"
    return known.text(value) if known is not None and isinstance(value, int | float | None) else words.one_line(text(value), 40)


def figure_text(figure: str, value: float) -> str:
    """A value of a figure, with its unit."""
    if figure in BYTES:
        return words.size(round(value))
    if figure.endswith("seconds"):
        return words.duration(round(value * 1e9))
    return words.number(int(value)) if value == int(value) else f"{value:,.1f}"


def _dot(point: dict[str, Any], at: float) -> Dot | None:
    if point["median"] is None:
        return None
    return Dot(point["point"], at, point["low"], point["median"], point["high"], next(iter(point["ended_by"])), point["runs"])


def _values(points: Sequence[dict[str, Any]], name: str) -> list[Any]:
    found = list(dict.fromkeys(point["settings"][name] for point in points))
    return sorted(found) if _numeric(found) else found


def _numeric(values: Sequence[Any]) -> bool:
    return len(values) > 1 and all(isinstance(value, int | float) for value in values)


def _places(values: Sequence[Any]) -> list[float]:
    """Where values are, 0 to 1: by their size, by its logarithm, or in even steps if they are not numbers."""
    if len(values) < 2:
        return [0.5] * len(values)
    return [_share(value, values, number) for number, value in enumerate(values)]


def _share(value: Any, values: Sequence[Any], number: int) -> float:
    if not _numeric(values):
        return number / (len(values) - 1)
    first, last = values[0], values[-1]
    if by_factor(values):
        return log(value / first) / log(last / first)
    return float((value - first) / (last - first))


def by_factor(values: Sequence[Any]) -> bool:
    """Whether numbers in ascending order grow by a factor rather than by a step."""
    if len(values) < 3 or values[0] <= 0 or values[-1] < LOG_FROM * values[0]:
        return False
    return bool(values[-1] - values[-2] > 1.5 * (values[1] - values[0]))


def _place_of(value: Any, values: Sequence[Any]) -> float | None:
    """The place of a value among those that vary; None if it is outside of them."""
    ordered = sorted(values) if _numeric(values) else list(values)
    if _numeric(ordered) and isinstance(value, int | float):
        return _share(value, ordered, 0) if ordered[0] <= value <= ordered[-1] else None
    return _places(ordered)[ordered.index(value)] if value in ordered else None


def _label(settings: dict[str, Any]) -> str:
    return ", ".join(value_text(name, value) if isinstance(value, str) else f"{name} {value_text(name, value)}"
                     for name, value in settings.items())  # fmt: skip


def _ends(points: Sequence[dict[str, Any]]) -> list[str]:
    total: dict[str, int] = {}
    for point in points:
        for name, count in point["ended_by"].items():
            total[name] = total.get(name, 0) + count
    return sorted(total, key=lambda name: (-total[name], name))


def end_style(name: str) -> tuple[str, str]:
    """The colour and the shape of points that ended in `name`, a memory or an outcome: the same in every chart."""
    number = _ENDS.index(name) if name in _ENDS else len(_ENDS) + crc32(name.encode())
    return palette.STRONG[number % len(palette.STRONG)], SHAPES[number % len(SHAPES)]
