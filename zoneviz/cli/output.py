"""Printing for the verbs. Names out of recordings are printed as text: markup stays literal, control characters are escaped.

rich loads with the first table, or the first line on a terminal.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from zoneviz import words
from zoneviz.settings import text as typed
from zoneviz.words import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def print_json(value: object) -> None:
    """Print one JSON value on stdout, in ASCII, which every locale can print."""
    print(json.dumps(value, indent=2, default=str))


def console() -> "Console":
    """A console on stdout without markup. If stdout is not a terminal, lines are not wrapped."""
    from rich.console import Console

    watched = sys.stdout.isatty()
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=not watched, width=None if watched else 200)


def table(columns: Iterable[str], rows: Iterable[Iterable[object]], right: Iterable[str] = ()) -> "Table":
    """A table without borders; the columns named in `right` are right-aligned."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    right = set(right)
    for name in columns:
        out.add_column(Text(name), justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        out.add_row(*(Text(plain(cell)) for cell in row))
    return out


def print_line(text: str = "") -> None:
    """Print one line; a terminal's is wrapped between words."""
    if sys.stdout.isatty():
        console().print(text)
    else:
        print(text)


def print_pairs(rows: Iterable[tuple[str, object]]) -> None:
    """Print one name and value per line; on a terminal, long values wrap within their column."""
    lines = [(name, plain(value)) for name, value in rows]
    if sys.stdout.isatty():
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 2))
        for name, value in lines:
            grid.add_row(Text(name, style="dim"), Text(value, overflow="fold"))
        console().print(grid)
        return
    width = max((len(name) for name, _ in lines), default=0)
    for name, value in lines:
        print(f"{name:<{width}}  {value}")


def parameters_text(parameters: Mapping[str, Any]) -> str:
    """`ports=20, regions=40`, or `none`."""
    return ", ".join(f"{name}={typed(value)}" for name, value in parameters.items()) or "none"


def print_header(header: Mapping[str, Any]) -> None:
    """Print what `app.info` returns."""
    from zoneviz.recording.header import ORIGINS
    from zoneviz.recording.outcome import outcome  # here: verbs that need no recording print tables too

    parameters, panic = header["parameters"], header["panic"]
    size = words.size(header["size"])
    rows: list[tuple[str, object]] = [
        ("recording", f"{header['file']}, {size}, format {header['format']}, {ORIGINS[header['kind']]}"),
        ("made", f"{header['created']} by zoneviz {header['zoneviz']}"),
    ]
    if not header["profile"]:
        rows += [("system", header["system"])] if header["system"] else []
        rows += [("title", header["scenario"])] if header["scenario"] else []
        rows += parameters.items()
    else:
        rows.append(("scenario", f"{header['scenario']}, {parameters_text(parameters)}"))
        rows.append(("profile", f"{header['profile']}, seed {header['seed']}"))
    if header["kernel"]:
        rows.append(("kernel", header["kernel"]))
    rows.append(("outcome", outcome(header["outcome"], header["kind"], header["complete"]).word.lower()))
    if not header["complete"]:
        rows.append(("incomplete", header["incomplete_reason"]))
    if panic is not None:
        rows += [("panic", panic["text"]), ("memory full", panic["memory"])]
    events = words.number(header['events'])
    if header["part_of"]:
        events += f", from event {words.number(header['first_event'])}: an excerpt of recording {header['part_of']}"
    elif header["first_event"] > 1:
        events += f", from event {words.number(header['first_event'])}: older ones were dropped"
    counts = [words.count(header["zone_count"], header["zone_noun"])]
    counts += [f"{words.number(header[f'{one}_count'])} {one}s" for one in ("task", "thread") if f"{one}s" in header["shows"]]
    if header["readings"]:
        events += f", {words.count(header['readings'], 'reading')}"
    rows += [("events", events), (header["clock"], clock(header)), ("holds", ", ".join(counts)), ("digest", header["digest"])]
    if header.get("forecast"):
        rows.append(("forecast", header["forecast"]))
    print_pairs(rows)
    if header["cannot_show"]:
        print_line("\nWhat this file cannot show:")
        for sentence in header["cannot_show"]:
            print_line(f"- {plain(sentence)}")


def clock(values: Mapping[str, Any], decimals: int = 3) -> str:
    """The seconds of what `app.info` or `app.state` returns as text."""
    known = values.get("time_kind", "ns") == "ns"
    return f"{values['seconds']:,.{decimals}f} s" if known else "no clock, only the order of events"


def machine_rows(machine: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The machine part of a result without its zones, as names and formatted values. What is unknown is left out."""
    zone_map, physical = machine["zone_map"], machine["physical"]
    wasted = [] if zone_map["wasted"] is None else [f"{words.size(zone_map['wasted'])} unusable page ends"]
    rows = [("zone_map", ", ".join(_used(zone_map) + wasted))]
    rows += [(name, "".join(_used(machine[name]))) for name in ("kernel_map", "kalloc_map")]
    pages = {"pages": "", "free": " free", "wired": " wired"}
    known = (f"{words.number(physical[part])}{word}" for part, word in pages.items() if physical[part] is not None)
    rows.append(("physical pages", ", ".join(known)))
    rows += [(name, words.number(count)) for name, count in machine["counts"].items() if count is not None]
    units = machine.get("units", {})
    figures = machine.get("figures", {}).items()
    rows += [(name, words.size(value) if units.get(name) == "bytes" else words.number(value)) for name, value in figures]
    return [(name, value) for name, value in rows if value]


def _used(m: Mapping[str, int | None]) -> list[str]:
    used, size = m["used"], m["size"]
    of = f" of {words.size(size)}" if size is not None else ""
    return [] if used is None else [f"{words.size(used)}{of} used"]


ZONE_COLUMNS = ("element", "in use", "free", "size", "max size", "flags")


def zone_table(zones: Iterable[Mapping[str, Any]], noun: str = "zone") -> "Table":
    """The zones, which the system calls `noun`, as a table, in the given order. Cells of unknown figures are empty; a column without
    any figure is left out."""
    rows = []
    for z in zones:
        counts = ("" if z[name] is None else words.number(z[name]) for name in ("elem_size", "in_use", "free"))
        sizes = ("" if z[name] is None else words.size(z[name]) for name in ("cur_size", "max_size"))
        rows.append((z["name"], *counts, *sizes, z["flags"]))
    names = (noun, *ZONE_COLUMNS)
    filled = [place for place in range(len(names)) if place == 0 or any(row[place] != "" for row in rows)]
    return table([names[place] for place in filled], ([row[place] for place in filled] for row in rows), right=ZONE_COLUMNS[:5])


def biggest(zones: Iterable[Mapping[str, Any]], count: int = 8) -> list[Mapping[str, Any]]:
    """The `count` zones of the largest size in bytes, largest first."""
    return sorted(zones, key=lambda z: (-int(z["cur_size"] or 0), str(z["name"])))[:count]
