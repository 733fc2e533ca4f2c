"""A generic table, such as a user's watchdog writes: time, zone, elements and perhaps bytes, as CSV or as JSON lines.

CSV has a header with these names, in any order; further columns are read over. A time is a date (ISO), or seconds since 1970 or
since boot. Rows of the same time are one reading.
"""

import csv
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from zoneviz.captures import listings, stamps
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.text import Line, Text
from zoneviz.errors import InputError
from zoneviz.importers import CaptureImporter

_NEEDED = ("time", "zone", "elements")
_HEADER_LIMIT = 1000
_SECONDS = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?")
_WHOLE = re.compile(r"\d{1,18}(?:\.0+)?")


class _Entry(NamedTuple):
    line: int
    time: str
    row: ZoneRow


def _sniff(text: str) -> bool:
    first = text.lstrip().partition("\n")[0]
    if first.startswith("{"):
        return _json_row(first) is not None
    return len(first) < _HEADER_LIMIT and set(_NEEDED) <= set(_names(first))


def _separator(header: str) -> str:
    return max(",;\t", key=header.count)


def _names(header: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in header.split(_separator(header))]


def _json_row(text: str) -> dict[str, str] | None:
    """The columns of a JSON line, as text; None if it is not an object with the needed keys."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not set(_NEEDED) <= set(found):
        return None
    return {name: str(value) for name in (*_NEEDED, "bytes") if isinstance(value := found.get(name), (str, int, float))}


def _rows(text: Text, capture: Capture) -> Iterator[tuple[int, dict[str, str]]]:
    """The number and the columns of each line, as text."""
    lines: Iterator[Line] = (line for line in text.lines() if line.text.strip())
    first = next(lines)
    if first.text.lstrip().startswith("{"):
        yield first.number, _json_row(first.text) or {}
        for line in lines:
            row = _json_row(line.text)
            if row is None:
                capture.skip(line.number, "not a JSON object with time, zone and elements")
            else:
                yield line.number, row
        return
    names, separator = _names(first.text), _separator(first.text)
    for line in lines:
        cells = next(csv.reader([line.text], delimiter=separator))
        if len(cells) != len(names):
            capture.skip(line.number, f"a row without {len(names)} columns")
        else:
            yield line.number, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}


def _entries(text: Text, capture: Capture) -> Iterator[_Entry]:
    for number, row in _rows(text, capture):
        zone, elements, held = row.get("zone", ""), row.get("elements", ""), row.get("bytes", "")
        if not zone or not _WHOLE.fullmatch(elements) or not (held == "" or _WHOLE.fullmatch(held)):
            capture.skip(number, "no zone, or a figure that is not a whole number")
        else:
            size = int(held.partition(".")[0]) if held else UNKNOWN
            yield _Entry(number, row.get("time", ""), ZoneRow(zone, in_use=int(elements.partition(".")[0]), cur_size=size))


def read(text: Text, capture: Capture) -> Moments:
    """A moment for each time; see `CaptureImporter.read`."""
    said, sized = list[dict[str, object]](), False
    for now in _moments(text, capture):
        sized = sized or any(row.cur_size != UNKNOWN for row in now.zones)
        said.append(listings.figures(now.zones, ({} for _ in now.zones)))
        yield now
    if not said:
        raise InputError(f"{text.name} is a table without a valid row. Each needs a time, a zone and a whole number of elements.")
    if not sized:
        capture.shows = frozenset({"zones", "elements"})
    listings.say(capture, said)


def _moments(text: Text, capture: Capture) -> Moments:
    time, rows, line = "", list[ZoneRow](), 1
    for entry in _entries(text, capture):
        if rows and entry.time != time:
            yield _moment(rows, time, line)
            rows = []
        if not rows:
            time, line = entry.time, entry.line
        rows.append(entry.row)
    if rows:
        yield _moment(rows, time, line)


def _moment(rows: list[ZoneRow], time: str, line: int) -> Moment:
    stamp = stamps.find(time)
    seconds = _SECONDS.fullmatch(time) if stamp is None else None
    uptime = int(seconds[1]) * 10**9 + int((seconds[2] or "").ljust(9, "0")) if seconds else None
    return Moment(rows, stamp=stamp, uptime=uptime, line=line)


IMPORTER = CaptureImporter(
    "table", "table", "a table with the columns time, zone, elements and bytes, CSV or JSON lines", _sniff, read,
    shows=frozenset({"zones", "elements", "sizes"}), rank=90,
)  # fmt: skip
