"""SVG charts of a run, each with a table of the same figures. The page's style sets the colours."""

from html import escape

import numpy as np

from zoneviz import words
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.curves import Curves
from zoneviz.state.rows import Ints
from zoneviz.words import plain

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 880, 300, 84, 12, 34
ZONES = 7
"""Zones with their own colour; the rest share one."""
ROWS = 11
"""Rows of a table over time."""


def text(value: object) -> str:
    """A value as escaped text of the page."""
    return escape(plain(value))


def table(names: list[str], rows: list[list[str]], caption: str) -> str:
    """An HTML table; the cells are escaped text, the first column is a name, the others are figures."""
    head = "".join(f"<th scope=col>{text(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class=scroll><table><caption>{text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def moments(series: Curves) -> list[int]:
    """Indices of the moments in a table: half of them spread over the axis, the others over the samples."""
    if not len(series.x):
        return []
    places_x = np.linspace(int(series.x[0]), int(series.x[-1]), ROWS)
    last = len(series.x) - 1
    places = set(np.clip(np.searchsorted(series.x, places_x, side="right") - 1, 0, last).tolist())
    return sorted(places | set(np.linspace(0, last, ROWS - len(places) + 2, dtype=np.int64).tolist()))


def filling(facts: Facts) -> str:
    """Chart and table of the use of zone_map."""
    series = facts.series
    used, size = series.used, series.size
    top = max(int(used.max(initial=0)), size, 1)
    path = _line(series.x, used, top)
    line = _height(size, top)
    drawn = (
        f"<path class=fill d='{path}L{WIDTH} {HEIGHT - BOTTOM}L{LEFT} {HEIGHT - BOTTOM}Z'/><path class=curve d='{path}'/>"
        f"<line class=ceiling x1={LEFT} x2={WIDTH} y1={line:.1f} y2={line:.1f} />"
        f"<text class=ceiling x={LEFT + 6} y={line + 16:.1f}>zone_map: {words.size(size)}</text>"
        if path
        else ""
    )
    rows = [
        [
            facts.clock(int(series.x[i])),
            f"{series.seqs[i]:,}",
            words.size(int(used[i])),
            f"{100 * series.share[i]:.1f} %" if size else "",
        ]
        for i in moments(series)
    ]
    label = f"Bytes of zone_map in use over the run, up to {words.size(int(used[-1]) if len(used) else 0)} of {words.size(size)}"
    return _svg(facts, drawn, top, label) + table(["at", "after event", "in use", f"used {series.since}"], rows, "Use of zone_map")


def by_zone(facts: Facts) -> str:
    """Chart and table of the largest zones, stacked, with the rest on top."""
    series = facts.series
    last = series.zones[:, -1] if series.zones.size else np.zeros(0, np.int64)
    order = [i for i in np.argsort(-last, kind="stable").tolist() if last[i]]
    names, layers = [], []
    for i in order[:ZONES]:
        names.append(series.names[i])
        layers.append(series.zones[i])
    if order[ZONES:]:
        names.append("other zones")
        layers.append(series.zones[order[ZONES:]].sum(axis=0))
    stack = np.cumsum(layers, axis=0) if layers else np.zeros((0, 0), np.int64)
    top = max(int(stack.max(initial=0)), 1)
    colours = ["x" if i == ZONES else f"{i}" for i in range(len(names))]
    floors = [None, *stack[:-1]]
    bands = zip(colours, names, floors, stack, strict=True) if layers else ()
    drawn = "".join(
        f"<path class=z{colour} d='{_band(series.x, below, above, top)}'><title>{text(name)}</title></path>"
        for colour, name, below, above in bands
    )
    sizes = [words.size(int(layer[-1])) for layer in layers]
    keys = "".join(
        f"<li><i class=z{colour}></i>{text(name)} <b>{size}</b></li>" for colour, name, size in zip(colours, names, sizes, strict=True)
    )
    rows = [
        [facts.clock(int(series.x[i])), *(words.size(int(layer[i])) for layer in layers), words.size(int(stack[-1][i]))]
        for i in (moments(series) if layers else [])
    ]
    label = f"Bytes of the zones over the run; at the end {words.size(int(stack[-1][-1]) if layers else 0)}"
    return (
        _svg(facts, drawn, top, label)
        + f"<ul class=keys>{keys}</ul>"
        + table(["at", *names, "total"], rows, "Size of the zones, with free elements and boot memory")
    )


def _svg(facts: Facts, drawn: str, top: int, label: str) -> str:
    low, right = HEIGHT - BOTTOM, WIDTH
    x = facts.series.x
    grid = []
    for part in range(5):
        y = low - part * (low - TOP) / 4
        place = LEFT + part * (right - LEFT) / 4
        value = int(x[0] + (x[-1] - x[0]) * part / 4) if len(x) else 0
        anchor = "start" if part == 0 else "end" if part == 4 else "middle"
        grid.append(f"<line class=grid x1={LEFT} x2={right} y1={y:.1f} y2={y:.1f} />")
        grid.append(f"<text x={LEFT - 8} y={y + 4:.1f} text-anchor=end>{words.size(top * part // 4)}</text>")
        grid.append(f"<text x={place:.1f} y={HEIGHT - 12} text-anchor={anchor}>{facts.clock(value)}</text>")
    return f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role=img aria-label='{text(label)}'>{''.join(grid)}{drawn}</svg>"


def _height(value: float, top: int) -> float:
    return HEIGHT - BOTTOM - value * (HEIGHT - BOTTOM - TOP) / top


def _points(x: Ints, y: Ints, top: int) -> list[str]:
    wide = max(int(x[-1] - x[0]), 1) if len(x) else 1
    return [f"{LEFT + (int(a) - int(x[0])) * (WIDTH - LEFT) / wide:.1f} {_height(int(b), top):.1f}" for a, b in zip(x, y, strict=True)]


def _line(x: Ints, y: Ints, top: int) -> str:
    points = _points(x, y, top)
    return "M" + "L".join(points) if points else ""


def _band(x: Ints, below: Ints | None, above: Ints, top: int) -> str:
    floor = np.zeros(len(x), np.int64) if below is None else below
    return _line(x, above, top) + "L" + "L".join(_points(x, floor, top)[::-1]) + "Z"
