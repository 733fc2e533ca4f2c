"""Lists of zones in the JSON that FreeBSD's commands print through libxo. The text may be cut, or hold several documents."""

import json
import re
from collections.abc import Iterator
from typing import Any

from zoneviz.captures.capture import Capture
from zoneviz.captures.clock import Clock
from zoneviz.captures.tables import Row, Table, damaged
from zoneviz.captures.text import Line, Text, clean

_OBJECT = re.compile(r"\{[^{}]{0,2000}\}?")
_NAME = re.compile(r'"(?:name|type)"\s*:\s*"([^"]{0,99})')
_AROUND = 20
"""Lines before a document in which its time is looked for."""


def lists(text: Text, key: str, capture: Capture) -> Iterator[Table[dict[str, Any]]]:
    """The lists after `key`, such as '"memory-zone-statistics"'. A row's values are its other keys; an object that is cut is named.

    Errors: InputError for a text of more than 16 MiB.
    """
    clock, number = Clock(), 1
    for place, part in enumerate(text.whole().split(key)):
        if place:
            table = Table[dict[str, Any]](number, when=clock.begin(Line(number, "")))
            line, end = number, 0
            for found in _OBJECT.finditer(part):
                line += part.count("\n", end, found.start())
                end = found.start()
                _add(found[0], line, table, capture)
            yield table
        number += part.count("\n")
        outside = part.rpartition("]")[2].split("\n")[-_AROUND:]
        for line, row in enumerate(outside, number - len(outside) + 1):
            clock.read(Line(line, clean(row[:1000])[0]))


def _add(text: str, line: int, table: Table[dict[str, Any]], capture: Capture) -> None:
    if '"' not in text:
        return
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = {}
    name = values.pop("name", None) or values.pop("type", None)
    shown = _NAME.search(text)
    if isinstance(name, str) and 0 < len(name) < 100:
        table.rows.append(Row(name, values, line))
    elif shown:
        table.skipped += 1
        damaged(capture, line, shown[1])
