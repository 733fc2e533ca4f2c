"""Listings of vmstat -z, of all releases of FreeBSD: one UMA zone a line, or libxo's JSON.

    4, 5           name: size, limit, used, free, requests
    5 to 8         ... failures
    9 to 12        ... fail, sleep
    13 and later   ... fail, sleep, xdomain

Rows are split at the colon and at commas, never by width: numbers outgrow their columns, and names have blanks, colons and digits.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from zoneviz.captures import freebsd, libxo, listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.tables import Format, Row, Table, damaged, tables
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter
from zoneviz.state.rows import SIZE_LIMIT

_COLUMNS = ("size", "limit", "used", "free", "requests", "fail", "sleep", "xdomain")
_LEAST = 5
"""Values of a row in the oldest releases."""
_ROW = re.compile(
    r"[ \t]*(?P<name>(?!\S*[ \t]*load average)[^\s,][^\n,]{0,99}?)[ \t]*:[ \t]*(?P<values>\d{1,20}(?:[ \t]*,[ \t]*\d{1,20}){4,15})[ \t]*"
)
_HEADER = re.compile(r"ITEM\s+SIZE\s+LIMIT\b.*")
_WORDS = re.compile(r"SIZE|LIMIT|USED|FREE|REQ|FAIL|SLEEP|XDOMAIN")
_LIKE_ROW = re.compile(r"(?m)^[ \t]*([^\s,:][^\n,:]{0,99}):(?:[ \t]*\d*[ \t]*$|[^\n,]{1,24},[ \t]*\S*\d)")
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

    def row(self, text: str) -> tuple[str, list[int]] | None:
        found = _ROW.fullmatch(text)
        values = [int(value) for value in found["values"].split(",")] if found else []
        return (found["name"], values) if found and len(values) >= self._need() else None

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
        return found[1] if found else ""

    def other(self, line: Line) -> None:
        self.capture.system = freebsd.system(line.text) or self.capture.system
        sentence = ""
        if _FILTER.search(line.text):
            sentence = "The command lists only some zones: the total is not all memory of the kernel."
        elif _SECOND_TABLE.match(line.text):
            sentence = "The table of malloc types was left out: their memory is in the numbered zones, and counts once."
        if sentence and sentence not in self.capture.trust:
            self.capture.trust.append(sentence)


def _finished(table: Table[list[int]], capture: Capture, notes: dict[str, str]) -> tuple[Moment, dict[str, Any]]:
    """The moment and the figures of a listing. Rows with fewer or more values than most are damaged."""
    usual = max(Counter(len(row.values) for row in table.rows).items(), key=lambda item: (item[1], item[0]))[0]
    kept, extras = list[ZoneRow](), list[dict[str, int]]()
    for row in table.rows:
        size, limit, used, free = row.values[:4]
        if len(row.values) != usual:
            table.skipped += 1
            damaged(capture, row.line, row.name)
        elif max(size, used, free, size * (used + free)) >= SIZE_LIMIT:
            table.skipped += 1
            capture.skip(row.line, f"the row {row.name} has an impossible figure")
        else:
            kept.append(_zone(row.name, row.values))
            extras.append({"limit": limit, "free": free, "values": usual} | dict(zip(_COLUMNS[4:], row.values[4:8], strict=False)))
    _say(notes, kept, extras)
    moment = Moment(kept, stamp=table.when.stamp, uptime=table.when.uptime, counters=freebsd.counters(kept), line=table.line)
    return moment, listings.figures(kept, extras, table.skipped)


def _zone(zone: str, values: list[int]) -> ZoneRow:
    size, limit, used, free, requests = values[:5]
    return ZoneRow(
        zone,
        size,
        used,
        free,
        (used + free) * size,
        limit * size if 0 < limit * size < SIZE_LIMIT else UNKNOWN,
        requests if requests < SIZE_LIMIT else UNKNOWN,
        failures=values[5] if len(values) > 5 and values[5] < SIZE_LIMIT else UNKNOWN,
    )


def _say(notes: dict[str, str], rows: list[ZoneRow], extras: list[dict[str, int]]) -> None:
    """Add what must be said beside a listing, by zone: a later listing says it better."""
    for row, extra in zip(rows, extras, strict=True):
        fails, sleeps = extra.get("fail", 0), extra.get("sleep", 0)
        if (fails or sleeps) and 0 < extra["limit"] <= row.in_use:
            full = f"{row.in_use:,} of {extra['limit']:,} items in use, {fails + sleeps:,} failures"
            notes[row.name] = f"{row.name} ended at its limit: {full}."
        elif fails or sleeps:
            notes[row.name] = f"{row.name}: {fails + sleeps:,} failed requests since boot."
        if row.name == "mbuf_packet" and row.in_use:
            notes["mbuf_packet, clusters"] = "Each mbuf_packet in use also holds a cluster, which mbuf_cluster counts."
        if "pcpu" in row.name:
            notes["pcpu"] = "Items of pcpu zones exist once for each CPU."


def read(text: Text, capture: Capture) -> Moments:
    """The listings of a text; see `CaptureImporter.read`."""
    capture.system = "FreeBSD"
    capture.facts = {"table": "UMA zones"}
    said, notes = list[dict[str, Any]](), dict[str, str]()
    of_json = _JSON in text.head.decode("utf-8", "replace")
    for table in _of_json(text, capture) if of_json else tables(text, capture, _Rows(capture)):
        moment, figures = _finished(table, capture, notes)
        said.append(figures)
        yield moment
    capture.trust += notes.values()
    if any("fail" in row for listing in said for row in listing["top"]) and not any(": " in note for note in notes.values()):
        capture.trust.append("No row has a failure: none of these zones was at its limit.")
    capture.trust.append("Bytes are (used + free) x size; what a slab cannot use is in no row.")
    if len(said) == 1:
        capture.cannot_show.append("One listing is one moment: it does not show growth.")
    if said:
        listings.say(capture, said)


def _of_json(text: Text, capture: Capture) -> Iterator[Table[list[int]]]:
    """The listings in libxo's JSON, which may be cut."""
    for table in libxo.lists(text, _JSON, capture):
        out = Table[list[int]](table.line, when=table.when, skipped=table.skipped)
        for row in table.rows:
            values = [row.values[key] for key in _COLUMNS if key in row.values]
            whole = list(row.values)[:_LEAST] == list(_COLUMNS[:_LEAST])
            if whole and all(isinstance(value, int) and 0 <= value < 1 << 64 for value in values):
                out.rows.append(Row(row.name, values, row.line))
            else:
                out.skipped += 1
                damaged(capture, row.line, row.name)
        if out.rows:
            yield out


IMPORTER = CaptureImporter(
    "freebsd-vmstat-z", "vmstat -z listing", "a listing of vmstat -z, FreeBSD", _sniff, read, zone_noun="UMA zone",
    shows=frozenset({"zones", "elements", "sizes", "limits"}), rank=40,
)  # fmt: skip
