"""Listings of zprint, of all releases of macOS: one zone a line, sizes in K.

The name has dots for blanks. Rows are read from the left by their form, so that a listing without header (grep, -H), with further
columns (-t, -w) or with another width is read as well. Only the zone table counts: the sections on wired memory, tags and maps after
it are of other memory.
"""

import re
from typing import Any

from zoneviz.captures import listings, stamps
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.joining import Joiner
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter

_NAME_WIDTHS = (24, 25)
_ROW = re.compile(
    r"(?P<name>\S+(?: [A-Za-z]\S*){0,4})[ \t]+(?P<elem>\d+)[ \t]+(?P<cur>\d+)K"
    r"[ \t]+(?P<max>\d+K|-+)[ \t]+(?P<elts>\d+)[ \t]+(?P<max_elts>\d+|-+)"
    r"[ \t]+(?P<inuse>\d+)[ \t]+(?P<alloc>\d+)K[ \t]+(?P<count>\d+)(?:[ \t]+\S.*)?"
)
_SNIFF = re.compile(rf"(?m)^[ \t]*{_ROW.pattern}$|^[ \t]*zone name[ \t]+size[ \t]+size[ \t]+size\b")
_HEADER = re.compile(r"\s*zone name\s+size\b")
_UPPER = re.compile(r"\s*elem\s+cur\s+max\b")
_DASHES = re.compile(r"\s*-{20,}\s*")
_SECTION = re.compile(r"\s*(?:wired memory|zone tags|maps|zone views|kext|total)\s*", re.IGNORECASE)
"""The heading of a section after the zone table."""
_LIKE_ROW = re.compile(r"\s*(?P<name>\S+(?: [A-Za-z]\S*){0,4})\s+\d[\d.,]*(?:\s|K\b|$)")
_REST = re.compile(r"\s*(?:\d+K?|-{1,19})(?:\s+(?:\d+K?|-{1,19}))*(?:\s+[A-Z]+)*")
"""The end of a row that was wrapped."""
_FILTER = re.compile(r"zprint\b.*\|\s*(?:\S*grep|awk|head|tail|sed)\b|zprint\s+(?!-)\w")


def _sniff(text: str) -> bool:
    return bool(_SNIFF.search(text))


class _Listing:
    """One listing being read."""

    def __init__(self, line: int, stamp: stamps.Stamp | None) -> None:
        self.line, self.stamp = line, stamp
        self.rows: list[ZoneRow] = []
        self.derived: list[dict[str, bool]] = []
        self.skipped = 0

    def add(self, found: re.Match[str]) -> None:
        name, elem, in_use = found["name"], int(found["elem"]), int(found["inuse"])
        current, elements = int(found["cur"]) * 1024, int(found["elts"])
        hidden = not current and not elements and in_use > 0
        limit = int(found["max"][:-1]) * 1024 if found["max"][0] != "-" and not hidden else UNKNOWN
        free = UNKNOWN if hidden or elements < in_use else elements - in_use
        self.rows.append(ZoneRow(name, elem, in_use, free, in_use * elem if hidden else current, limit))
        self.derived.append({"derived": hidden})

    def moment(self) -> Moment:
        return Moment(self.rows, stamp=self.stamp, line=self.line)

    def said(self) -> dict[str, Any]:
        return listings.figures(self.rows, self.derived, self.skipped)


def read(text: Text, capture: Capture) -> Moments:
    """The listings of a text; see `CaptureImporter.read`."""
    capture.system = "macOS"
    listing, stamp, inside, headed = _Listing(1, None), None, True, False
    joiner = Joiner(_row, lambda text: _begins(text, headed and bool(listing.rows)), lambda text: bool(_REST.fullmatch(text)))
    said = list[dict[str, Any]]()
    for line in text.lines():
        if not line.text:
            continue
        found, lost = (_row(line.text), None) if inside else (None, None)
        heading = _HEADER.match(line.text)
        if found or heading:
            lost = joiner.end()
        elif inside and not (_UPPER.match(line.text) or _DASHES.fullmatch(line.text)):
            found, lost = joiner.take(line)
        _name(lost, capture, listing)
        if heading:
            if listing.rows:
                said.append(listing.said())
                yield listing.moment()
            listing, inside, headed = _Listing(line.number, stamp), True, True
            stamp = None
        elif _DASHES.fullmatch(line.text) or _SECTION.fullmatch(line.text):
            inside = not listing.rows
        elif found:
            listing.add(found)
        elif inside and not _UPPER.match(line.text):
            stamp = _around(line, capture) or stamp
    _name(joiner.end(), capture, listing)
    if listing.rows:
        said.append(listing.said())
        yield listing.moment()
    _say(capture, said)


def _row(text: str) -> re.Match[str] | None:
    return _ROW.fullmatch(_untouched(text))


def _untouched(text: str) -> str:
    """The row with a blank between a name of full width and the element size, which old releases print without one.

    A name cut at its width ends in "$". Without it the size is the one that fits the other figures; if none does, the row stays as it is.
    """
    text = text.strip()
    name = text.split(None, 1)[0]
    if "$" in name[:-1]:
        return text.replace("$", "$ ", 1)
    if len(name) <= _NAME_WIDTHS[0] or not name[-1].isdigit():
        return text
    fitting = []
    for width in _NAME_WIDTHS:
        found = _ROW.fullmatch(f"{text[:width]} {text[width:]}")
        if found:
            elem, elements, current, alloc = (int(found[name]) for name in ("elem", "elts", "cur", "alloc"))
            if abs(elem * elements - current * 1024) <= alloc * 1024 + elem:
                fitting.append(found[0])
    return fitting[0] if len(fitting) == 1 and not _ROW.fullmatch(text) else text


def _begins(text: str, in_table: bool) -> bool:
    """Whether a line begins like a row."""
    return bool(_LIKE_ROW.match(text) and (in_table or re.search(r"\d+K\s", text)))


def _name(lost: Line | None, capture: Capture, listing: _Listing) -> None:
    """Name a line that begins like a row but has no end."""
    if lost is not None:
        capture.skip(lost.number, f"the row {lost.text.split()[0][:40]} is cut or damaged")
        listing.skipped += 1


def _around(line: Line, capture: Capture) -> stamps.Stamp | None:
    """What a line between listings says: a date, or a command that lists only some zones."""
    if _FILTER.search(line.text):
        capture.trust.append("The command lists only some zones: the total is not the zone map.")
    return stamps.find(line.text)


def _say(capture: Capture, said: list[dict[str, Any]]) -> None:
    rows = [row for listing in said for row in listing.get("top", ())]
    if any(row["derived"] for row in rows):
        capture.trust.append("Sizes are 0K without privilege; bytes are elements in use times element size. Run zprint as root.")
        capture.cannot_show.append("zprint ran without privilege: it does not report free elements and held bytes.")
    listings.conclude(capture, said)


IMPORTER = CaptureImporter(
    "macos-zprint", "zprint listing", "a listing of zprint, macOS", _sniff, read, shows=frozenset({"zones", "elements", "sizes", "limits"})
)
