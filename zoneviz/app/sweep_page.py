"""The results of a sweep as one HTML page: charts, table, and the command that makes them again. It loads nothing."""

import shlex
from html import escape
from pathlib import Path
from typing import Any, BinaryIO

from zoneviz import words
from zoneviz.app.grid import Grid
from zoneviz.app.sweep_chart import chart_of, figure_text, reference_marks, value_text
from zoneviz.app.sweep_results import summary
from zoneviz.app.sweep_runs import grid_of
from zoneviz.app.sweep_svg import svg
from zoneviz.errors import UsageError
from zoneviz.exporters import Exporter
from zoneviz.playback.tables import Part
from zoneviz.recording.results import Found
from zoneviz.settings import text

FIGURES = ("processes", "forks")
"""What the page shows; the second only beside figures of the original report."""
_STYLE = """
:root { color-scheme: light dark; --ink: #2c2f37; --muted: #5d646f; --ground: #fff; --line: #d9dde3; --mark: #c1232b }
@media (prefers-color-scheme: dark) { :root { --ink: #d4d8de; --muted: #8f96a1; --ground: #14161a; --line: #2b3038; --mark: #f4736d } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground) }
body { max-width: 900px; margin: 2em auto; padding: 0 1em }
table { border-collapse: collapse } th, td { padding: 3px 12px; text-align: right; border-bottom: 1px solid var(--line) }
th { color: var(--muted); font-weight: 500 } td:last-child, th:last-child { text-align: left }
pre { overflow-x: auto; padding: 10px; border: 1px solid var(--line) } svg { width: 100%; height: auto } .muted { fill: var(--muted) }
.mark { stroke: var(--mark) } figure { margin: 1em 0 }
"""


def _of_sweeps_only(view: str, part: Part, out: BinaryIO) -> None:
    raise UsageError("Only the results of a sweep become a page of this kind; of a recording, make a report.")


PAGE = Exporter("html", ".html", "A page with charts, the table and the command.", _of_sweeps_only)


def page(path: Path) -> str:
    """The page of the sweep in `path`. Errors: InputError as `Found`."""
    try:
        grid = grid_of(path)
    except UsageError:  # somebody's own scenario
        grid = None
    about, found = Found(path).about, {figure: summary(path, figure) for figure in FIGURES}
    main = found[FIGURES[0]]
    charts = []
    for figure, rows in found.items():
        chart = chart_of(rows)
        marks = reference_marks(grid, chart)
        if chart.lines and (figure == FIGURES[0] or marks):
            charts.append(f"<h2>{escape(figure.capitalize())}</h2><figure>{svg(chart, marks)}</figure>")
    scenario = escape(words.one_line(str(main["definition"].get("scenario", "")), 80))
    made = ", ".join(f"{name} {words.one_line(about[name], 60)}" for name in ("created", "zoneviz", "model") if name in about)
    failed = f" {words.count(main['failed'], 'run')} failed." if main["failed"] else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Sweep of {scenario}</title><style>{_STYLE}</style><h1>Sweep of {scenario}</h1>"
        f"<p>{words.count(main['runs'], 'run')}.{failed} Points are medians over the seeds; their shape says what ended the runs.</p>"
        f"{''.join(charts)}<h2>Table</h2>{_table(main)}{_again(grid, path)}<p>{escape(made)}</p></html>\n"
    )


def command(grid: Grid, output: str) -> str:
    """The command that makes the sweep, quoted for a shell."""
    line = ["zoneviz", "sweep", grid.base.scenario, "--profile", grid.base.profile]
    for name, value in grid.base.settings.items():
        line += ["--set", f"{name}={text(value)}"]
    for name, values in grid.axes.items():
        listed = any("," in value for value in values if isinstance(value, str))
        line += ["--vary", f"{name}={(';' if listed else ',').join(map(text, values))}"]
    line += ["--seeds", str(grid.seeds)]
    if grid.base.max_events is not None:
        line += ["--max-events", str(grid.base.max_events)]
    return shlex.join([*line, "-o", output])


def _again(grid: Grid | None, path: Path) -> str:
    return "" if grid is None else f"<h2>Reproduce</h2><pre>{escape(command(grid, path.name))}</pre>"


def _table(found: dict[str, Any]) -> str:
    figure, points = found["figure"], found["points"]
    names = [*points[0]["settings"]] if points else []
    head = "".join(f"<th>{escape(words.one_line(name, 40))}" for name in ("point", *names, "runs", figure, "lowest", "highest", "ended by"))
    rows = []
    for point in points:
        spread = ("" if point[name] is None else figure_text(figure, point[name]) for name in ("median", "low", "high"))
        ended = ", ".join(f"{name} {count:,}" for name, count in point["ended_by"].items())
        settings = (value_text(name, value) for name, value in point["settings"].items())
        cells = (str(point["point"]), *settings, f"{point['runs']:,}", *spread, words.one_line(ended, 120))
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells))
    return f"<table><tr>{head}{''.join(rows)}</table>"
