"""`zoneviz state`: the machine at a moment of a recording."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from zoneviz import app
from zoneviz.cli.output import console, machine_rows, print_json, print_pairs, table, zone_table
from zoneviz.units import format_size

MOST = 12
"""Lines of the tables of servers and tasks."""


def state(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)],
    at: Annotated[
        str,
        typer.Option("--at", metavar="EVENT|panic|end", help="After which event: its number, the panic, or the end.", show_default=False),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Print the kernel's zones, maps and counts, its servers and tasks, at a moment, computed from the recording alone."""
    told = app.state(file, at)
    if json:
        print_json(told)
        return
    out = console()
    print_pairs(out, [("after event", f"{told['event']:,}"), ("simulated", f"{told['simulated_seconds']:.6f} s"), *machine_rows(told)])
    out.print()
    out.print(zone_table(told["zones"]))
    if told["servers"]:
        out.print()
        out.print(_servers(told["servers"]))
    out.print()
    out.print(_tasks(told["tasks"]))


def _servers(rows: Sequence[Mapping[str, Any]]) -> Table:
    names = ("server", "threads", "listening", "ports", "queued", "blocked on")
    cells = []
    for row in rows[:MOST]:
        why = ", ".join(f"{count:,} on {what}" for what, count in row["blocked"].items())
        cells.append((row["name"], *(f"{row[name]:,}" for name in names[1:5]), why))
    return table(names, cells, right=names[1:5])


def _tasks(rows: Sequence[Mapping[str, Any]]) -> Table:
    names = ("task", "pid", "threads", "names", "receive", "send", "dead", "table", "bytes")
    cells = []
    for row in rows[:MOST]:
        counts = (f"{row[name]:,}" for name in ("threads", "names", "receive", "send", "dead_names", "table_entries"))
        cells.append((row["name"], row["pid"] or "", *counts, format_size(row["bytes"])))
    if len(rows) > MOST:
        cells.append((f"and {len(rows) - MOST:,} more", *[""] * (len(names) - 1)))
    return table(names, cells, right=names[1:])
