"""SVG charts of a run, drawn as the page's script draws them, and tables of the same figures. The page's style sets the colours."""

from html import escape

import numpy as np

from zoneviz import words
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.curves import Curves
from zoneviz.exporters.report.data import layers, limit_words
from zoneviz.playback.axes import byte_ticks, moment_ticks
from zoneviz.playback.stacks import Floats
from zoneviz.state.rows import Ints
from zoneviz.words import plain

WIDTH, LEFT, TOP, BOTTOM, HEIGHT = 880, 84, 14, 30, 330
LANE, GAP = 54, 8
BYTE_PARTS, MOMENT_PARTS = 6, 8
"""Most parts of an axis."""
BEYOND = 0.12
"""A limit is left out where the curves reach less than this share of it."""
ROWS = 11
"""Rows of a table over time."""
ZONES = 5
"""Zones with a column in it."""


def text(value: object) -> str:
    """A value as escaped text of the page."""
    return escape(plain(value))


def table(names: list[str], rows: list[list[str]], caption: str, kind: str = "") -> str:
    """An HTML table of the class `kind`; the cells are escaped text, the first column is a name, the others are figures."""
    head = "".join(f"<th scope=col>{text(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    named = f" class={kind}" if kind else ""
    said = f"<caption>{text(caption)}</caption>" if caption else ""
    return f"<div class=scroll><table{named}>{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def zones(facts: Facts) -> str:
    """The zones over the run, stacked, with the limit and the notes."""
    series = facts.series
    low, tops = HEIGHT - BOTTOM, series.stack.tops
    top, beyond = _ceiling(series)
    grid = "".join(
        f"<line class=grid x1={LEFT} x2={WIDTH} y1={(y := _up(place, top, low, TOP)):.1f} y2={y:.1f} />"
        f"<text x={LEFT - 8} y={y + 4:.1f} text-anchor=end>{label}</text>"
        for place, label in byte_ticks(top, BYTE_PARTS)
    )
    drawn = ""
    for i, above in enumerate(tops):
        below = tops[i - 1] if i else np.zeros(len(above))
        upper, lower = (_line(series.stack.x, values, facts, top, low, TOP) for values in (above, below))
        drawn += f"<path class=b{i} d='M{'L'.join(upper)}L{'L'.join(lower[::-1])}Z'/>"
    y = _up(series.limit, top, low, TOP)
    limit = (
        f"<line class=ceiling x1={LEFT} x2={WIDTH} y1={y:.1f} y2={y:.1f} />"
        f"<text class=ceiling x={LEFT + 6} y={y + 15:.1f}>{text(limit_words(series))}</text>"
        if series.limit and not beyond
        else ""
    )
    whole = words.size(int(tops[-1][-1]) if tops.size else 0)
    label = f"Bytes of the {facts.info['zone_noun']}s over the run; at the end {whole}"
    return _svg(grid + _axis(series, low) + f"<g clip-path='url(#inside)'>{drawn}</g>" + limit + _flags(facts, low), HEIGHT, label)


def lanes(facts: Facts) -> str:
    """Processes, threads, ports and queued messages over the run, each on a separate scale."""
    series, drawn = facts.series, ""
    for i, (name, values) in enumerate(series.counts.items()):
        high = TOP + i * (LANE + GAP)
        low, top = high + LANE, max(1, int(values.max(initial=0)))
        points = _line(series.x, values, facts, top, low, high)
        begin, end = (points[at].partition(" ")[0] for at in (0, -1))
        drawn += (
            f"<text x={LEFT - 8} y={high + 10} text-anchor=end>{words.number(top)}</text>"
            f"<text x={LEFT - 8} y={low} text-anchor=end>0</text>"
            f"<line class=grid x1={LEFT} x2={WIDTH} y1={low} y2={low} />"
            f"<g clip-path='url(#inside)'><path class=fill d='M{'L'.join(points)}L{end} {low}L{begin} {low}Z'/>"
            f"<path class=curve d='M{'L'.join(points)}'/></g><text class=lane x={LEFT + 6} y={high + 13}>{text(name)}</text>"
        )
    bottom = TOP + len(series.counts) * (LANE + GAP) - GAP
    label = f"{words.listed(list(series.counts)).capitalize()} over the run"
    return _svg(_axis(series, bottom) + drawn, bottom + BOTTOM, label)


def legend(facts: Facts) -> str:
    """The bands with their bytes at the end."""
    series = facts.series
    items = [
        f"<li><i class=b{i}></i><span>{text(words.one_line(name, 60))}</span> <b>{words.size(int(values[-1]))}</b></li>"
        for i, (name, values) in enumerate(zip(series.stack.names, layers(series), strict=True))
    ]
    return f"<ul class=keys>{''.join(items)}</ul>"


def over_time(facts: Facts) -> str:
    """The largest zones, their sum, and the use of zone_map at some moments of the run, as a table."""
    series = facts.series
    if not series.stack.tops.size:
        return ""
    mapped = series.size > 0 and bool(series.used.any())
    bands, names = layers(series), series.stack.names
    rows = []
    for i in moments(series):
        at = max(int(np.searchsorted(series.stack.x, series.x[i], side="right")) - 1, 0)
        row = [facts.clock(float(series.x[i])), words.number(series.seqs[i])]
        row += [words.size(int(band[at])) for band in bands[:ZONES]]
        row += [words.size(int(bands[ZONES:, at].sum()))] * (len(names) > ZONES) + [words.size(int(bands[:, at].sum()))]
        rows.append(row + [words.share_cell(float(series.share[i]), 1)] * mapped)
    others = ["others"] * (len(names) > ZONES)
    shares = [f"of zone_map used {series.since}".rstrip()] * mapped
    caption = f"Memory of the {facts.info['zone_noun']}s, free elements included"
    shown = [words.one_line(name, 40) for name in names[:ZONES]]
    return table(["at", "after event", *shown, *others, f"all {facts.info['zone_noun']}s", *shares], rows, caption, "times")


def moments(series: Curves) -> list[int]:
    """Indices of the moments in a table: half of them spread over the axis, the others over the samples."""
    if not len(series.x):
        return []
    places_x = np.linspace(float(series.x[0]), float(series.x[-1]), ROWS)
    last = len(series.x) - 1
    found = set(np.clip(np.searchsorted(series.x, places_x, side="right") - 1, 0, last).tolist())
    return sorted(found | set(np.linspace(0, last, ROWS - len(found) + 2, dtype=np.int64).tolist()))


def clipping() -> str:
    """What keeps the curves of a zoomed chart inside its axes; the charts of a page share it."""
    inside = f"<rect x={LEFT} y=0 width={WIDTH - LEFT} height={HEIGHT} />"
    return f"<svg class=defs aria-hidden=true><defs><clipPath id=inside>{inside}</clipPath></defs></svg>"


def _svg(drawn: str, height: int, label: str) -> str:
    return f"<svg viewBox='0 0 {WIDTH} {height}' role=img aria-label='{text(label)}'><g>{drawn}</g></svg>"


def _axis(series: Curves, bottom: int) -> str:
    out = ""
    for place, label in moment_ticks(*series.extent, MOMENT_PARTS, bool(series.counted)):
        x = _across(place, series)
        anchor = "start" if x < LEFT + 20 else "end" if x > WIDTH - 30 else "middle"
        out += f"<line class=grid x1={x:.1f} x2={x:.1f} y1={TOP} y2={bottom} />"
        out += f"<text x={x:.1f} y={bottom + 18} text-anchor={anchor}>{label}</text>"
    return out


def _flags(facts: Facts, bottom: int) -> str:
    out = ""
    for i, remark in enumerate(facts.remarks, 1):
        x = _across(remark.x, facts.series)
        out += f"<line class=flag x1={x:.1f} x2={x:.1f} y1={TOP} y2={bottom} />"
        out += f"<text class=flag x={x:.1f} y={TOP - 3} text-anchor=middle>{i}</text>"
    return out


def _ceiling(series: Curves) -> tuple[float, bool]:
    """The height of the chart in bytes, and whether the limit is far above it."""
    peak = float(series.stack.tops[-1].max(initial=0)) if series.stack.tops.size else 0.0
    beyond = series.limit > 0 and peak < series.limit * BEYOND
    return max(peak * 1.1 if beyond or not series.limit else max(series.limit, peak) * 1.04, 1.0), beyond


def _across(x: float, series: Curves) -> float:
    low, high = series.extent
    return LEFT + (x - low) * (WIDTH - LEFT) / (high - low)


def _up(value: float, top: float, low: int, high: int) -> float:
    return low - value * (low - high) / top


def _line(x: Floats, y: Floats | Ints, facts: Facts, top: float, low: int, high: int) -> list[str]:
    return [
        f"{_across(a, facts.series):.1f} {_up(b, top, low, high):.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True)
    ]
