"""A comparison as one HTML page that loads nothing; all content from recordings is escaped text."""

from collections.abc import Iterable
from html import escape

from zoneviz import words
from zoneviz.events import Kind
from zoneviz.playback.compare import Comparison, Divergence
from zoneviz.playback.compare.curves import Curve
from zoneviz.playback.compare.readings import READING_COLUMNS, ReadingsCompared
from zoneviz.playback.compare.results import Side
from zoneviz.playback.compare.tables import Figure

ROWS = 25
LISTED = 200
"""Most rows of a comparison of readings."""
WIDTH, HEIGHT, LEFT, BOTTOM = 860, 266, 80, 40
_AXES = {"time": "seconds", "operation": "operations", "event": "compared events", "fill": "compared events"}
# Blue and orange differ for every kind of colour vision, on white and on black.
_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5d6570;--line:#d3d8de;--paper:#ffffff;--a:#0b6cb8;--b:#c2570c;--mark:#fff1dc}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa4af;--line:#3a4048;--paper:#15181c;--a:#5fb3f5;--b:#ffa057;--mark:#3b2d18}}
body{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}.soft,.path{color:var(--soft)}.path{font-size:.85em}
.a{color:var(--a)}.b{color:var(--b)}table{border-collapse:collapse;width:100%;font-size:.9em}
td,th{padding:.2em .6em;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
td:first-child,th:first-child{text-align:left;overflow-wrap:anywhere}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(24rem,1fr));gap:1.5rem}.sides ol{list-style:none;padding:0;font-size:.9em}
.sides li{padding:.15em .4em}.sides li.first{background:var(--mark)}.scroll{overflow-x:auto}
svg{width:100%;height:auto}svg text{fill:var(--soft);font-size:12px}.grid{stroke:var(--line)}
.curve{fill:none;stroke-width:2}.curve.a{stroke:var(--a)}.curve.b{stroke:var(--b);stroke-dasharray:6 3}
@media print{body{margin:0;max-width:none;font-size:11px}
.sides{grid-template-columns:1fr 1fr}li,tr,svg{break-inside:avoid}h2{break-after:avoid}}
@page{margin:15mm}
"""


def html(c: Comparison) -> str:
    """The comparison as an HTML page."""
    kinds = "events of every kind" if len(c.kinds) == len(Kind) else escape(", ".join(c.kinds).lower())
    parts = [
        f"<h1>{_name(c, 0)} and {_name(c, 1)}</h1>",
        f"<p>{escape(c.verdict)}</p>",
        f"<p class=soft>{words.number(c.equal)} of {words.number(max(c.lengths))} compared events are equal. Compared: {kinds}.</p>",
        "<h2>Use of zone_map</h2>",
        _svg(c),
    ]
    for what, divergence in (("in what happened", c.divergence), ("in a size", c.size), ("in an address", c.place)):
        if divergence is not None:
            parts += [f"<h2>The first difference {what}</h2>", _sides(divergence)]
    if c.tables:
        last = c.tables[-1]
        parts += ["<h2>At corresponding moments</h2>", _points(c)]
        for name, figures in (("zone", last.zones), ("task", last.tasks), ("call path", last.paths)):
            parts += [f"<h2>By {name}, {escape(last.what)}</h2>", _figures(name, figures)]
    return _page(c, parts)


def listings_html(found: ReadingsCompared) -> str:
    """A comparison of readings as an HTML page: the sentences first, then the zones that differ."""
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in found.sentences)
    where = f"Reading {words.number(found.readings[0])} of A is compared with reading {words.number(found.readings[1])} of B."
    parts = [f"<h1>{_name(found, 0)} and {_name(found, 1)}</h1>", said, f"<p class=soft>{where}</p>"]
    if found.zones:
        shown = found.zones[:LISTED]
        rows = [(escape(words.one_line(zone.name, 200)), *zone.cells()) for zone in shown]
        more = f"<p class=soft>{LISTED} of {words.number(len(found.zones))} differences.</p>" if len(found.zones) > LISTED else ""
        parts += ["<h2>Differences</h2>", _table(("zone", *READING_COLUMNS), rows) + more]
    return _page(found, parts)


def _page(c: Comparison | ReadingsCompared, parts: list[str]) -> str:
    head = (
        f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{_plain_name(c, 0)} and {_plain_name(c, 1)}</title>"
    )
    body = "\n".join(parts)
    return f"<!doctype html>\n<html lang=en>\n<head>{head}<style>{_STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n"


def _plain_name(c: Comparison | ReadingsCompared, side: int) -> str:
    return escape(c.files[side].rpartition("/")[2])


def _name(c: Comparison | ReadingsCompared, side: int) -> str:
    return f"<span class={'ab'[side]}>{'AB'[side]}: {_plain_name(c, side)}</span>"


def _svg(c: Comparison) -> str:
    """The use of zone_map in both recordings over the axis of the alignment."""
    top = max([1, *(value for curve in c.curves for value in curve.used)])
    right = max([1, *(place for curve in c.curves for place in curve.x)])
    high = HEIGHT - BOTTOM
    grid = []
    for part in range(5):
        y = high - part * (high - 10) // 4
        x = LEFT + part * (WIDTH - LEFT - 10) // 4
        place = f"{right * part / 4 / 1e9:,.2f}" if c.align == "time" else words.number(right * part // 4)
        anchor = "start" if part == 0 else "end" if part == 4 else "middle"
        grid.append(f"<line class=grid x1={LEFT} x2={WIDTH - 10} y1={y} y2={y} />")
        grid.append(f"<text x={LEFT - 6} y={y + 4} text-anchor=end>{words.size(top * part // 4)}</text>")
        grid.append(f"<text x={x} y={high + 16} text-anchor={anchor}>{place}</text>")
    curves = [f"<path class='curve {name}' d='{_path(curve, right, top)}' />" for name, curve in zip("ab", c.curves, strict=True)]
    label = f"Bytes of zone_map in use over {_AXES[c.align]}: A solid, B dashed"
    axis = f"<text x={WIDTH - 10} y={HEIGHT - 6} text-anchor=end>{_AXES[c.align]}</text>"
    return f"<svg viewBox='0 0 {WIDTH} {HEIGHT + 6}' role=img aria-label='{label}'>{''.join(grid)}{axis}{''.join(curves)}</svg>"


def _path(curve: Curve, right: int, top: int) -> str:
    high = HEIGHT - BOTTOM
    points = [
        f"{LEFT + x * (WIDTH - LEFT - 10) / right:.1f} {high - used * (high - 10) / top:.1f}"
        for x, used in zip(curve.x, curve.used, strict=True)
    ]
    return "M" + "L".join(points) if points else ""


def _sides(divergence: Divergence) -> str:
    sides = "".join(_side(name, side) for name, side in (("A", divergence.a), ("B", divergence.b)))
    return f"<p class=soft>After {words.number(divergence.index)} equal events.</p><div class=sides>{sides}</div>"


def _side(name: str, side: Side) -> str:
    items = []
    for line, now in [(line, False) for line in side.before] + [(line, True) for line in side.after]:
        first = " class=first" if now and line is side.after[0] else ""
        said = f"<span class=soft>{words.number(line.seq)} {escape(line.who)}</span> {escape(line.what)}"
        items.append(f"<li{first}>{said}<div class=path>{escape(line.path)}</div></li>")
    if not side.after:
        items.append("<li class=first>has ended</li>")
    zones = "".join(f"<li>{escape(zone.name)}: {escape(str(zone))}</li>" for zone in side.zones)
    more = f"<p class=soft>Zones right before:</p><ol>{zones}</ol>" if zones else ""
    return f"<section><b class={name.lower()}>{name}</b><ol>{''.join(items)}</ol>{more}</section>"


def _points(c: Comparison) -> str:
    rows = [
        (escape(t.what), *map(words.number, t.seqs), *map(words.size, t.zone_map), words.signed_size(t.zone_map[1] - t.zone_map[0]))
        for t in c.tables
    ]
    return _table(("moment", "event of A", "of B", "zone_map of A", "of B", "B - A"), rows)


def _figures(name: str, figures: list[Figure]) -> str:
    unequal = [figure for figure in figures if figure.differs]
    if not unequal:
        return "<p class=soft>No difference.</p>"
    rows = []
    for f in unequal[:ROWS]:
        grown = (words.signed_size(f.grown[0]), words.signed_size(f.grown[1])) if name == "zone" else ()
        elements = (words.number(f.elements[0]), words.number(f.elements[1]), words.signed(f.elements[1] - f.elements[0]))
        rows.append((escape(f.name), *elements, *map(words.size, f.bytes), words.signed_size(f.more), *grown))
    more = f"<p class=soft>The {ROWS} largest of {words.number(len(unequal))} differences.</p>" if len(unequal) > ROWS else ""
    names = (name, "elements A", "B", "B - A", "bytes A", "B", "B - A", *(("grown A", "B") if name == "zone" else ()))
    return _table(names, rows) + more


def _table(names: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class=scroll><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
