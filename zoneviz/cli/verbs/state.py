"""`zoneviz state`: the machine at one moment of a recording."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoneviz import words
from zoneviz.app.state import state as app_state
from zoneviz.cli.arguments import MOMENT, File, Json
from zoneviz.cli.output import clock, console, machine_rows, print_json, print_pairs, table, zone_table
from zoneviz.cli.verbs import Verb

if TYPE_CHECKING:
    from rich.table import Table

MOST = 12
"""Most rows of the tables of servers and tasks."""


def state(
    file: File,
    at: Annotated[
        str, typer.Option("--at", metavar=MOMENT, help="The moment: after this event, at the panic, or at the end.", show_default=False)
    ],
    json: Json = False,
) -> None:
    """Print the zones, maps, counts, servers and tasks at one moment."""
    machine = app_state(file, at)
    if json:
        print_json(machine)
        return
    out = console()
    moment = [("after event", words.number(machine['event'])), (machine["clock"], clock(machine, 6))]
    print_pairs([*moment, *machine_rows(machine)])
    out.print()
    out.print(zone_table(machine["zones"], machine["zone_noun"]))
    if machine["servers"]:
        out.print()
        out.print(_servers(machine["servers"]))
    if machine["tasks"]:
        out.print()
        out.print(_tasks(machine["tasks"]))


def _servers(rows: Sequence[Mapping[str, Any]]) -> "Table":
    names = ("server", "threads", "listening", "ports", "queued", "blocked on")
    cells = []
    for row in rows[:MOST]:
        why = ", ".join(f"{words.number(count)} on {what}" for what, count in row["blocked"].items())
        cells.append((row["name"], *(words.number(row[name]) for name in names[1:5]), why))
    return table(names, _shortened(cells, len(rows)), right=names[1:5])


def _tasks(rows: Sequence[Mapping[str, Any]]) -> "Table":
    names = ("task", "pid", "threads", "names", "receive", "send", "dead", "table", "bytes")
    cells = []
    for row in rows[:MOST]:
        counts = (words.number(row[name]) for name in ("threads", "names", "receive", "send", "dead_names", "table_entries"))
        cells.append((row["name"], row["pid"] or "", *counts, words.size(row["bytes"])))
    return table(names, _shortened(cells, len(rows)), right=names[1:])


def _shortened(cells: list[tuple[object, ...]], total: int) -> list[tuple[object, ...]]:
    """The rows, and one that says how many more of `total` there are."""
    if total <= len(cells):
        return cells
    return [*cells, (f"and {words.number(total - len(cells))} more", *[""] * (len(cells[0]) - 1))]


VERB = Verb(state, "Look inside")
