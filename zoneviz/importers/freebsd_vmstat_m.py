"""Listings of vmstat -m, FreeBSD's malloc types: one a line, or libxo's JSON.

Types have no limits and no element size; their memory lies in the numbered zones of vmstat -z. Columns differ by release: HighUse was a
size, then a dash, then left out; the oldest have limits and two counts more; the newest print bytes (Use, Memory, Req).
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from zoneviz.captures import freebsd, libxo, listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.tables import Format, Table, tables
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter
from zoneviz.state.rows import SIZE_LIMIT

_HEADER = re.compile(r"\bType\s+(?:InUse\s+MemUse|Use\s+Memory)\b.*")
_ROW = re.compile(
    r"[ \t]*(?P<name>\S[^\n]{0,60}?)[ \t]+(?P<use>\d{1,18})[ \t]+(?P<memory>\d{1,15})(?P<unit>K?)[ \t]+(?P<rest>[-\d][-\d, \tK]*)"
)
_REST = re.compile(r"(?:(?P<high>-|\d+K?)\s+)??(?P<requests>\d{1,18})(?:\s+(?P<sizes>\d+(?:,\d+)*,?))?")
_HIGH = re.compile(r"(?P<high>-|\d+K?)\s+(?P<requests>\d{1,18})(?:\s+(?P<sizes>\d+(?:,\d+)*,?))?")
_LIMITS = re.compile(r"(?P<high>\d+K)\s+(?P<limit>\d+K)\s+(?P<requests>\d{1,18})\s+\d+\s+\d+(?:\s+(?P<sizes>\d+K?(?:,\d+K?)*,?))?")
_LIKE_ROW = re.compile(r"(?=.*?[A-Za-z]{2})[ \t]*(?P<name>\S.{0,60}?)[ \t]+(?:\d+(?:[ \t]+\d+[KMG]?\b.*)?$|\S+[ \t]+\d+K(?:[ \t]|$))")
_SNIFF = re.compile(rf"(?m)^[ \t]*[#$%]?[ \t]*{_HEADER.pattern}$")
_JSON = '"malloc-statistics"'
_SMALLEST = 16
"""Bytes of the smallest allocation."""


class _Values(NamedTuple):
    """`memory`: as printed; `unit`: its bytes, 0 if the row does not say. `requests`: UNKNOWN if it may be another column."""

    use: int
    memory: int
    unit: int
    requests: int


def _sniff(text: str) -> bool:
    return _JSON in text or bool(_SNIFF.search(text))


class _Rows(Format[_Values]):
    """The rows of one listing after the other."""

    def __init__(self, capture: Capture) -> None:
        super().__init__()
        self.capture = capture

    def row(self, text: str) -> tuple[str, _Values] | None:
        found = _ROW.fullmatch(text)
        rest = self._rest(found["rest"].strip()) if found else None
        if found is None or rest is None or (not found["unit"] and "Memory" not in self.table.header):
            return None
        sure = bool(self.table.header) or rest["high"] is not None
        return found["name"], _Values(
            int(found["use"]), int(found["memory"]), 1024 if found["unit"] else 0, int(rest["requests"]) if sure else UNKNOWN
        )

    def _rest(self, text: str) -> re.Match[str] | None:
        """The columns right of the memory, as the header names them."""
        header = self.table.header
        if "Limit" in header:
            return _LIMITS.fullmatch(text)
        if "HighUse" in header or text.startswith("-"):
            return _HIGH.fullmatch(text)
        return _REST.fullmatch(text)

    def header(self, text: str) -> bool:
        return bool(_HEADER.search(text))

    def starts(self, text: str) -> str:
        found = _LIKE_ROW.match(text)
        return found["name"] if found else ""

    def other(self, line: Line) -> None:
        self.capture.system = freebsd.system(line.text) or self.capture.system


def _unit(rows: Sequence[_Values]) -> int:
    """Bytes of a unit of memory without a letter: 1024 or 1, 0 if both are possible. No allocation is below _SMALLEST bytes."""
    used = [row for row in rows if row.use]
    if any(row.memory < _SMALLEST * row.use for row in used):
        return 1024
    return 1 if len(used) >= 5 else 0


def _finished(table: Table[_Values], capture: Capture) -> tuple[Moment, dict[str, Any]]:
    """The moment and the figures of a listing."""
    unit = _unit([row.values for row in table.rows if not row.values.unit])
    kept, extras = list[ZoneRow](), list[dict[str, int]]()
    for row in table.rows:
        use, memory, own, requests = row.values
        held = memory * (own or unit) if own or unit else UNKNOWN
        if max(use, held) >= SIZE_LIMIT:
            table.skipped += 1
            capture.skip(row.line, f"the row {row.name} has an impossible figure")
            continue
        known = 0 <= requests < SIZE_LIMIT
        kept.append(ZoneRow(row.name, in_use=use, cur_size=held, allocs=requests if known else UNKNOWN))
        extras.append({"requests": requests} if known else {})
    moment = Moment(kept, stamp=table.when.stamp, uptime=table.when.uptime, counters=freebsd.counters(kept), line=table.line)
    return moment, listings.figures(kept, extras, table.skipped)


def read(text: Text, capture: Capture) -> Moments:
    """The listings of a text; see `CaptureImporter.read`."""
    capture.system = "FreeBSD"
    capture.facts = {"table": "malloc types"}
    said = list[dict[str, Any]]()
    sized = True
    of_json = _JSON in text.head.decode("utf-8", "replace")
    for table in libxo.lists(text, _JSON, capture, _of_json) if of_json else tables(text, capture, _Rows(capture)):
        moment, figures = _finished(table, capture)
        sized = sized and "total_bytes" in figures
        said.append(figures)
        yield moment
    if text.unfinished and said and not of_json:
        capture.trust.append(listings.UNFINISHED)
    if not sized:
        capture.trust.append("The listing does not say whether memory is in bytes or K: no sizes.")
    capture.trust += [
        "MemUse is rounded up to K.",
        "Malloc types lie in the numbered zones of vmstat -z: their bytes must not be added to those.",
    ]
    listings.conclude(capture, said)


def _of_json(row: dict[str, Any]) -> _Values | None:
    """The values of a row of libxo's JSON, whose memory has no unit."""
    figures = [row.get(key) for key in ("in-use", "memory-use", "requests")]
    if not libxo.counts(figures):
        return None
    use, memory, requests = figures
    return _Values(use, memory, 1024 if "high-use" in row else 0, requests)


IMPORTER = CaptureImporter(
    "freebsd-vmstat-m", "vmstat -m listing", "a listing of vmstat -m, FreeBSD", _sniff, read, zone_noun="malloc type",
    shows=frozenset({"zones", "elements", "sizes"}), rank=41,
)  # fmt: skip
