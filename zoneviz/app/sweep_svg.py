"""The chart of a sweep as SVG, for a page. Colours of text and lines come from the page: `currentColor`, and the class `muted`."""

from collections.abc import Iterator, Sequence
from html import escape

from zoneviz import words
from zoneviz.app.sweep_chart import OUTLINES, Chart, Mark, end_style, figure_text
from zoneviz.playback import axes

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 860, 420, 80, 130, 34, 48
DASHES = ("", "7 4", "2 3", "7 3 2 3")
SIZE, LINE, TICKS = 5, 15, 8
"""Half the size of a point, the distance of two labels, and the number of labels on the vertical axis at most."""


def svg(chart: Chart, marks: Sequence[Mark]) -> str:
    """The chart as an SVG element."""
    name = escape(f"{chart.figure} over {chart.axis}")
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}" font-size="12">'
    return head + "".join(_parts(chart, marks)) + "</svg>"


def _parts(chart: Chart, marks: Sequence[Mark]) -> Iterator[str]:
    top = max([dot.high for line in chart.lines for dot in line.dots] + [mark.value for mark in marks] + [1e-9]) * 1.04
    step = axes.byte_step if chart.figure.endswith(("_used", "_bytes")) else axes.round_step

    def x(at: float) -> float:
        return LEFT + 10 + at * (WIDTH - LEFT - RIGHT - 20)

    def y(value: float) -> float:
        return TOP + (1 - value / top) * (HEIGHT - TOP - FOOT)

    for tick in axes.places(0.0, top, step(top, TICKS)):
        yield f'<path d="M{LEFT} {y(tick):.1f}H{WIDTH - RIGHT}" stroke="currentColor" opacity=".15"/>'
        yield _text(LEFT - 8, y(tick) + 4, figure_text(chart.figure, tick), "end", "muted")
    free = 0.0
    for at, label in chart.places:
        if x(at) - 3.5 * len(label) >= free:
            yield _text(x(at), HEIGHT - FOOT + 18, label, "middle", "muted")
            free = x(at) + 3.5 * len(label) + 8
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, chart.axis, "middle", "muted")
    ends = []
    for number, line in enumerate(chart.lines):
        spots = " ".join(f"{x(dot.at):.1f},{y(dot.median):.1f}" for dot in line.dots)
        yield f'<polyline points="{spots}" fill="none" stroke="currentColor" opacity=".6" stroke-dasharray="{DASHES[number % 4]}"/>'
        for dot in line.dots:
            if dot.low < dot.high:
                yield f'<path d="M{x(dot.at):.1f} {y(dot.low):.1f}V{y(dot.high):.1f}" stroke="currentColor"/>'
            said = f"{line.label} {chart.axis}: {figure_text(chart.figure, dot.median)} {chart.figure}, ended by {dot.ended}"
            yield f"<g>{_shape(x(dot.at), y(dot.median), dot.ended)}<title>{escape(words.one_line(said))}</title></g>"
        ends += [(y(line.dots[-1].median), line.label)] if line.dots else []
    free = 0.0
    for height, label in sorted(ends):
        free = max(height, free + LINE)
        yield _text(WIDTH - RIGHT + 6, free + 4, words.one_line(label, 22), "start")
    for mark in marks:
        yield _mark(x(mark.at), y(mark.value), f"{mark.claim}: {mark.value:,g}")
    yield from _legend(chart, marks)


def _legend(chart: Chart, marks: Sequence[Mark]) -> Iterator[str]:
    at = float(LEFT)
    for name in chart.ends:
        yield _shape(at, 14, name) + _text(at + 10, 18, words.one_line(name, 30), "start")
        at += 34 + 7 * len(name)
    if marks:
        yield _mark(at + 6, 14, "") + _text(at + 20, 18, "original report", "start")


def _shape(x: float, y: float, ended: str) -> str:
    colour, shape = end_style(ended)
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{SIZE}" fill="{colour}"/>'
    return f'<polygon points="{" ".join(f"{x + a * SIZE:.1f},{y + b * SIZE:.1f}" for a, b in OUTLINES[shape])}" fill="{colour}"/>'


def _mark(x: float, y: float, said: str) -> str:
    path = f"M{x - 8:.1f} {y:.1f}h16m-16 -3v6m16 -6v6"
    return f'<path d="{path}" class="mark" fill="none" stroke-width="2"><title>{escape(said)}</title></path>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}" fill="currentColor">{escape(text)}</text>'
