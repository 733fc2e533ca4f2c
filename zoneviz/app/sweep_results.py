"""What the results of a sweep say: a row per combination of settings, over its seeds; and the runs as a table for exporters."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any, BinaryIO

from zoneviz.app.sweeping import FAILED
from zoneviz.errors import UsageError
from zoneviz.exporters import Exporter
from zoneviz.playback.tables import AT_ONCE, NUMBER, REAL, TEXT, Column, Table
from zoneviz.recording.results import FIGURES, TEXTS, Found, column
from zoneviz.settings import text


def summary(path: Path, figure: str) -> dict[str, Any]:
    """The sweep in `path`, as JSON values:

    file, figure, model, definition    definition: scenario, profile, settings, vary, max_events
    runs, failed                       number of runs in the file, and those that failed
    points                             [{point, settings, runs, failed, ended_by: {name: runs}, low, median, high}], in order of the grid;
                                       ended_by: the memory that ran out, else the outcome; low, median and high of `figure`, None
                                       if all runs failed

    Errors: UsageError for an unknown figure; InputError as `Found`.
    """
    if figure not in FIGURES:
        raise UsageError(f"There is no figure {figure!r}; use one of {', '.join(FIGURES)}.")
    found = Found(path)
    points = [_point(found.axes, list(rows), figure) for _, rows in groupby(found.rows(), lambda row: row["point"])]
    return {
        "file": str(path),
        "figure": figure,
        "model": found.about.get("model", ""),
        "definition": found.definition,
        "runs": sum(point["runs"] for point in points),
        "failed": sum(point["failed"] for point in points),
        "points": points,
    }


def _point(axes: tuple[str, ...], rows: list[dict[str, Any]], figure: str) -> dict[str, Any]:
    ended = Counter(row["memory"] or row["outcome"] for row in rows)
    values = sorted(row[figure] for row in rows if row[figure] is not None)
    return {
        "point": rows[0]["point"],
        "settings": {name: rows[0][column(name)] for name in axes},
        "runs": len(rows),
        "failed": ended[FAILED],
        "ended_by": dict(ended.most_common()),
        "low": values[0] if values else None,
        "median": median(values) if values else None,
        "high": values[-1] if values else None,
    }


def reasons(path: Path) -> dict[str, int]:
    """Why runs failed, and how many of them, most first. Errors: as `Found`."""
    return dict(Counter(row["why"] for row in Found(path).rows() if row["outcome"] == FAILED).most_common())


def table(path: Path) -> Table:
    """The runs as a table, in order of combination and seed. Errors: as `Found`."""
    found = Found(path)
    kinds: dict[str, str] = {"point": NUMBER, "seed": NUMBER, **dict.fromkeys(TEXTS, TEXT)}
    kinds |= {name: REAL if name.endswith("seconds") else NUMBER for name in FIGURES}
    kinds |= {column(name): _kind(found.definition.get("vary"), name) for name in found.axes}
    columns = [Column(name, kinds[name]) for name in found.columns]

    def batches() -> Iterator[list[list[Any]]]:
        rows: list[list[Any]] = []
        for row in found.rows():
            rows.append([text(value) if kinds[name] == TEXT else value for name, value in row.items()])
            if len(rows) == AT_ONCE:
                yield list(map(list, zip(*rows, strict=True)))
                rows = []
        if rows:
            yield list(map(list, zip(*rows, strict=True)))

    return Table(columns, batches())


def _kind(vary: object, name: str) -> str:
    """The kind of the column of a varied setting, from its values."""
    values = vary.get(name) if isinstance(vary, Mapping) else None
    types = {type(value) for value in values} if isinstance(values, list) else {str}
    return NUMBER if types == {int} else REAL if types <= {int, float} else TEXT


def write(path: Path, exporter: Exporter, out: BinaryIO) -> None:
    """Write the runs in a format of tables. Errors: UsageError if it is not one; as `Found`."""
    if exporter.table is None:
        raise UsageError(f"The results of a sweep are a table, which the format {exporter.name} is not; use csv, json, parquet or html.")
    exporter.table(table(path), out)
