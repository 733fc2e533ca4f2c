"""Ways out of a recording. One file each adds a format: a module-level `EXPORTER = Exporter(...)`.

What is not a table of one view (a trace, a page) is an exporter without views, or a function of its own file.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from zoneviz.errors import UsageError
from zoneviz.playback.tables import VIEWS, Part

Write = Callable[[str, Part, BinaryIO], None]
"""Called with (view, part, out): the part of the recording, written. Memory does not grow with the number of events."""

TABLES = tuple(VIEWS)


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format. `suffix`: how its files end. `views`: those it can show; empty where it shows the whole in its own way.

    `moment`: one without views shows the moment, else the range of events. `words`: what such a one can be filtered by.
    """

    name: str
    suffix: str
    summary: str
    write: Write
    views: tuple[str, ...] = ()
    moment: bool = False
    words: tuple[str, ...] = ()


def exporters() -> dict[str, Exporter]:
    """All exporters of this folder by name, in alphabetical order."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        exporter = getattr(importlib.import_module(f"{__name__}.{module.name}"), "EXPORTER", None)
        if isinstance(exporter, Exporter):
            found[exporter.name] = exporter
    return dict(sorted(found.items()))


def find(name: str) -> Exporter:
    """The exporter of that name. Errors: UsageError if there is none."""
    known = exporters()
    if name not in known:
        raise UsageError(f"There is no format {name!r}; there are: {', '.join(known)}.")
    return known[name]
