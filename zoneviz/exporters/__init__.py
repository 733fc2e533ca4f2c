"""Export formats. Each file adds one: a module-level `EXPORTER = Exporter(...)`.

A format that is not a table of a view (a trace, a page) is an exporter without views, or a function in its file.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from zoneviz.errors import UsageError
from zoneviz.playback.tables import VIEWS, Part, Table, table

Write = Callable[[str, Part, BinaryIO], None]
"""Called with (view, part, out): writes the part of the recording in constant memory, whatever the number of events."""
WriteTable = Callable[[Table, BinaryIO], None]
"""Called with (table, out)."""

TABLES = tuple(VIEWS)


@dataclass(frozen=True, slots=True)
class Exporter:
    """An export format. `suffix`: of its files. `views`: of `tables.VIEWS` it supports, empty if the format has one fixed content.

    Without views, `moment`: it exports the moment instead of the range of events; `words`: the filter fields that apply.
    """

    name: str
    suffix: str
    summary: str
    write: Write
    views: tuple[str, ...] = ()
    moment: bool = False
    words: tuple[str, ...] = ()
    table: WriteTable | None = None
    """Writes any table, if the format is one of tables."""


def of_tables(name: str, suffix: str, summary: str, write: WriteTable) -> Exporter:
    """A format of tables: of every view, and of tables that are no view of a recording."""
    return Exporter(name, suffix, summary, lambda view, part, out: write(table(view, part), out), TABLES, table=write)


def exporters() -> dict[str, Exporter]:
    """All exporters by name, in alphabetical order."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        exporter = getattr(importlib.import_module(f"{__name__}.{module.name}"), "EXPORTER", None)
        if isinstance(exporter, Exporter):
            found[exporter.name] = exporter
    return dict(sorted(found.items()))


def find(name: str) -> Exporter:
    """The exporter of that name. Errors: UsageError for an unknown format."""
    known = exporters()
    if name not in known:
        raise UsageError(f"Unknown format {name!r}. Use: {', '.join(known)}.")
    return known[name]
