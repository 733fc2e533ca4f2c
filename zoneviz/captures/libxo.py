"""Lists of zones in the JSON that FreeBSD's commands print through libxo. The text may be cut, or hold several documents."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeGuard, TypeVar

from zoneviz.captures.capture import Capture
from zoneviz.captures.clock import Clock
from zoneviz.captures.tables import Row, Table, damaged
from zoneviz.captures.text import Line, Text, clean

_OBJECT = re.compile(r"\{[^{}]{0,2000}\}?")
_NAME = re.compile(r'"(?:name|type)"\s*:\s*"([^"]{0,99})')
_AROUND = 20
"""Lines before a document in which its time is looked for."""


T = TypeVar("T")


def lists(text: Text, key: str, capture: Capture, values: Callable[[dict[str, Any]], T | None]) -> Iterator[Table[T]]:
    """The lists after `key`, such as '"memory-zone-statistics"'; a list without a row is left out.

    `values`: a row's values from the other keys of its object; None if they are no figures. Such a row is named, and one that is cut.

    Errors: InputError for a text of more than 16 MiB.
    """
    clock, number = Clock(), 1
    for place, part in enumerate(text.whole().split(key)):
        if place:
            table = Table[T](number, when=clock.begin(Line(number, "")))
            line, end = number, 0
            for found in _OBJECT.finditer(part):
                line += part.count("\n", end, found.start())
                end = found.start()
                _add(found[0], line, table, capture, values)
            if table.rows:
                yield table
        number += part.count("\n")
        outside = part.rpartition("]")[2].split("\n")[-_AROUND:]
        for line, row in enumerate(outside, number - len(outside) + 1):
            clock.read(Line(line, clean(row[:1000])[0]))


def counts(values: list[Any]) -> TypeGuard[list[int]]:
    """Whether all values are integers that a counter of 64 bits can have."""
    return all(isinstance(value, int) and 0 <= value < 1 << 64 for value in values)


def _add(text: str, line: int, table: Table[T], capture: Capture, values: Callable[[dict[str, Any]], T | None]) -> None:
    if '"' not in text:
        return
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = {}
    name = found.pop("name", None) or found.pop("type", None)
    if isinstance(name, str) and 0 < len(name) < 100:
        row = values(found)
    else:
        row, shown = None, _NAME.search(text)
        name = shown[1] if shown else ""
    if row is not None:
        table.rows.append(Row(name, row, line))
    elif name:
        table.skipped += 1
        damaged(capture, line, name)
