"""Listings of vmstat -z, of all releases of FreeBSD: one UMA zone a line, or libxo's JSON.

    4, 5           name: size, limit, used, free, requests
    5 to 8         ... failures
    9 to 12        ... fail, sleep
    13 and later   ... fail, sleep, xdomain

Rows are split at the colon and at commas, never by width: numbers outgrow their columns, and names have blanks, colons and digits.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoneviz import words
from zoneviz.captures import freebsd, libxo, listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow, ZoneTable, integers
from zoneviz.captures.tables import Format, Table, damaged, tables
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter
from zoneviz.state.rows import SIZE_LIMIT, Ints

_COLUMNS = ("size", "limit", "used", "free", "requests", "fail", "sleep", "xdomain")
_LEAST = 5
"""Values of a row in the oldest releases."""
_REMEMBERED = 4096
"""Rows that are remembered: in a series many zones do not change between two listings."""
_ROW = re.compile(
    r"[ \t]*(?P<name>(?!\S*[ \t]*load average)[^\s,][^\n,]{0,99}?)[ \t]*:[ \t]*(?P<values>\d{1,20}(?:[ \t]*,[ \t]*\d{1,20}){4,15})[ \t]*"
)
_HEADER = re.compile(r"ITEM\s+SIZE\s+LIMIT\b.*")
_WORDS = re.compile(r"SIZE|LIMIT|USED|FREE|REQ|FAIL|SLEEP|XDOMAIN")
_LIKE_ROW = re.compile(r"(?m)^[ \t]*([^\s,:][^\n,:]{0,99}):(?:[ \t]*\d*[ \t]*$|[^\n,]{1,24},[ \t]*\S*\d)")
_NAMELESS = re.compile(r"[ \t]*\d{1,20}(?:[ \t]*,[ \t]*\d{1,20}){4,15}[ \t]*")
_SNIFF_ROW = re.compile(rf"(?m)^{_ROW.pattern}$")
_KNOWN = re.compile(r"vmstat -\w*z|(?m:^\s*(?:\d+ Bucket|UMA \w|mbuf|VM OBJECT|MAP ENTRY|[^:\n]*pcpu))")
_JSON = '"memory-zone-statistics"'
_FILTER = re.compile(r"vmstat\b.*\|\s*(?:\S*grep|awk|head|tail|sed)\b")
_SECOND_TABLE = re.compile(r"\s*Type\s+InUse\s+MemUse\b")


def _sniff(text: str) -> bool:
    if _JSON in text or (_HEADER.search(text) and _LIKE_ROW.search(text)):
        return True
    found = _SNIFF_ROW.search(text)
    return found is not None and bool(_SNIFF_ROW.search(text, found.end()) or _KNOWN.search(text))


class _Rows(Format[list[int]]):
    """The rows of one listing after the other."""

    def __init__(self, capture: Capture) -> None:
        super().__init__()
        self.capture = capture
        self._named = _LEAST
        self._known: dict[str, tuple[str, list[int]]] = {}

    def row(self, text: str) -> tuple[str, list[int]] | None:
        row = self._known.get(text) or self._parsed(text)
        return row if row is not None and len(row[1]) >= self._need() else None

    def _parsed(self, text: str) -> tuple[str, list[int]] | None:
        found = _ROW.fullmatch(text)
        if found is None:
            return None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[text] = row = found["name"], [*map(int, found["values"].split(","))]
        return row

    def _need(self) -> int:
        """Values of a whole row, as the header or the first row shows."""
        if self.table.rows:
            return min(len(self.table.rows[0].values), self._named)
        self._named = len(_WORDS.findall(self.table.header)) or len(_COLUMNS)
        return self._named if self.table.header else _LEAST

    def header(self, text: str) -> bool:
        return bool(_HEADER.search(text))

    def starts(self, text: str) -> str:
        found = _LIKE_ROW.match(text)
        return found[1] if found else "without name" if _NAMELESS.fullmatch(text) else ""

    def other(self, line: Line) -> None:
        self.capture.system = freebsd.system(line.text) or self.capture.system
        sentence = ""
        if _FILTER.search(line.text):
            sentence = "The command lists only some zones: the total is not all memory of the kernel."
        elif _SECOND_TABLE.match(line.text):
            sentence = "The table of malloc types was left out: their memory is in the numbered zones, and counts once."
        if sentence and sentence not in self.capture.trust:
            self.capture.trust.append(sentence)


def _finished(table: Table[list[int]], capture: Capture, notes: dict[str, str], printed: bool) -> tuple[Moment, dict[str, Any]]:
    """The moment of a listing, and its figures if `printed`. Rows with fewer or more values than most are damaged."""
    usual = max(Counter(len(row.values) for row in table.rows).items(), key=lambda item: (item[1], item[0]))[0]
    rows = []
    for row in table.rows:
        if len(row.values) == usual:
            rows.append(row)
        else:
            table.skipped += 1
            damaged(capture, row.line, row.name)
    values = integers([row.values for row in rows])
    size, _, used, free = values[:, :4].T
    sane = (np.maximum(size * (used + 0.0 + free), np.maximum(used, free)) < SIZE_LIMIT) & (size < SIZE_LIMIT)
    for place in np.flatnonzero(~sane):
        table.skipped += 1
        capture.skip(rows[place].line, f"the row {rows[place].name} has an impossible figure")
    rows, values = [row for row, kept in zip(rows, sane.tolist(), strict=True) if kept], values[sane]
    zones = ZoneTable([row.name for row in rows], _figures(values))
    _say(notes, zones.names, values)
    moment = Moment(zones, stamp=table.when.stamp, uptime=table.when.uptime, counters=freebsd.counters(zones), line=table.line)
    if not printed:
        return moment, {}
    extras = ({"limit": row[1], "free": row[3], "values": usual} | dict(zip(_COLUMNS[4:], row[4:8], strict=False)) for _, row, _ in rows)
    return moment, listings.figures(zones, extras, table.skipped)


def _figures(values: Ints) -> Ints:
    """The figures of a ZoneTable, from sane values (n, at least 5)."""
    size, limit, used, free, requests = values[:, :_LEAST].T
    out = np.full((len(values), len(ZoneRow._fields) - 1), UNKNOWN)
    most = limit.astype(np.float64) * size
    out[:, 0], out[:, 1], out[:, 2], out[:, 3] = size, used, free, (used + free) * size
    out[:, 4] = np.where((most > 0) & (most < SIZE_LIMIT), limit * size, UNKNOWN)
    out[:, 5] = np.where(requests < SIZE_LIMIT, requests, UNKNOWN)
    if values.shape[1] > _LEAST:
        out[:, 7] = np.where(values[:, _LEAST] < SIZE_LIMIT, values[:, _LEAST], UNKNOWN)
    return out


def _say(notes: dict[str, str], names: Sequence[str], values: Ints) -> None:
    """Add what must be said beside a listing, by zone: a later listing says it better."""
    for name, (_, limit, used, _, _, *later) in zip(names, values.tolist(), strict=True):
        fails = sum(later[:2])
        if fails:
            full = f"{words.number(used)} of {words.number(limit)} items in use, {words.number(fails)} failures"
            ended = 0 < limit <= used
            notes[name] = f"{name} ended at its limit: {full}." if ended else f"{name}: {words.number(fails)} failed requests since boot."
        if name == "mbuf_packet" and used:
            notes["mbuf_packet, clusters"] = "Each mbuf_packet in use also holds a cluster, which mbuf_cluster counts."
        if "pcpu" in name:
            notes["pcpu"] = "Items of pcpu zones exist once for each CPU."


def read(text: Text, capture: Capture) -> Moments:
    """The listings of a text; see `CaptureImporter.read`."""
    capture.system = "FreeBSD"
    capture.facts = {"table": "UMA zones"}
    said, notes = list[dict[str, Any]](), dict[str, str]()
    of_json = _JSON in text.head.decode("utf-8", "replace")
    found = libxo.lists(text, _JSON, capture, _of_json) if of_json else tables(text, capture, _Rows(capture))
    for number, table in enumerate(found):
        moment, figures = _finished(table, capture, notes, number < listings.SNAPSHOTS)
        if figures:
            said.append(figures)
        yield moment
    capture.trust += notes.values()
    if any("fail" in row for listing in said for row in listing["top"]) and not any(": " in note for note in notes.values()):
        capture.trust.append("No row has a failure: none of these zones was at its limit.")
    capture.trust.append("Bytes are (used + free) x size; what a slab cannot use is in no row.")
    listings.conclude(capture, said)


def _of_json(row: dict[str, Any]) -> list[int] | None:
    """The values of a row of libxo's JSON."""
    values = [row[key] for key in _COLUMNS if key in row]
    return values if list(row)[:_LEAST] == list(_COLUMNS[:_LEAST]) and libxo.counts(values) else None


IMPORTER = CaptureImporter(
    "freebsd-vmstat-z", "vmstat -z listing", "a listing of vmstat -z, FreeBSD", _sniff, read, zone_noun="UMA zone",
    shows=frozenset({"zones", "elements", "sizes", "limits"}), rank=40,
)  # fmt: skip
