"""Output of Linux's slabtop: a summary, then one slab cache a line, as many as the terminal has lines.

CACHE SIZE is whole slabs. The summary's total size is objects times size, of all caches. OBJ SIZE is rounded, and USE is wrong in
some releases.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from zoneviz.captures import listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.clock import Clock, When
from zoneviz.captures.joining import Joiner
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter, reads

_OBJECTS = r"[ \t]*(?P<objs>\d{1,12})[ \t]+(?P<active>\d{1,12})[ \t]+(?P<use>\d{1,3})%[ \t]+(?P<size>\d{1,9}[.,]\d\d)K"
_SLABS = r"[ \t]+(?P<slabs>\d{1,12})[ \t]+(?P<per>\d{1,9})[ \t]+(?P<held>\d{1,12})K"
_ROW = re.compile(rf"{_OBJECTS}{_SLABS}[ \t]+(?P<name>\S+(?:[ \t]+[^\d\s]\S*)*)[ \t]*")
_NOTE = re.compile(r"[ \t]+[<#(\u2190].*")
"""What people write behind a row: `<-- this one`."""
_BEGUN = re.compile(r"\s*\d{1,12}\s+\d{1,12}\s+\d{1,3}%.*")
_LIKE_ROW = re.compile(r"\s*\d[\d.,']*\s+\d[\d.,']*\s+(?:\d*%|\d+[.,]\d+K|\d+\s+\d+).*|\s*\d[^:]*\d[.,]\d\dK\s.*")
_HEADER = re.compile(r"[ \t]*OBJS[ \t]+ACTIVE[ \t]+USE")
_SUMMARY = re.compile(
    r"\s*Active / Total (?P<what>Objects|Size) \(% used\)\s*:\s*[\d.,]+K? / (?P<total>\d{1,15})(?:[.,](?P<part>\d\d))?K?\s"
)
_SNIFF = re.compile(rf"(?m)^{_HEADER.pattern}|^[ \t]*Active / Total Objects|(?:^{_ROW.pattern}$\n?){{2}}")


class _Row(NamedTuple):
    name: str
    objs: int
    active: int
    use: int
    size: float
    most: int
    held: int

    def zone(self) -> ZoneRow:
        """Its figures; the element size is not exact enough to be one."""
        return ZoneRow(self.name, UNKNOWN, self.active, self.objs - self.active if self.objs >= self.active else UNKNOWN, self.held)


def _parse(text: str) -> _Row | None:
    found = _ROW.fullmatch(text)
    if not found:
        return None
    name = _NOTE.sub("", found["name"]).strip()
    objs, active, use, slabs, per, held = (int(found[name]) for name in ("objs", "active", "use", "slabs", "per", "held"))
    return _Row(name, objs, active, use, float(found["size"].replace(",", ".")), slabs * per, held * 1024)


@dataclass(slots=True)
class _Listing:
    """One listing being read. `total`: bytes of all objects, as its summary says."""

    line: int
    when: When = field(default_factory=When)
    rows: list[_Row] = field(default_factory=list)
    total: int = UNKNOWN


class _Reader:
    """Reads the listings of a text."""

    def __init__(self, capture: Capture) -> None:
        self.capture, self.clock = capture, Clock()
        self.joiner = Joiner(_parse, lambda text: bool(_BEGUN.match(text) or _LIKE_ROW.match(text)), lambda text: len(text.split()) < 5)
        self.listing = _Listing(1)
        self.said = list[dict[str, Any]]()
        self.skipped = 0
        self.wrong_use = self.odd = ""
        self.order = False

    def moments(self, text: Text) -> Moments:
        """One for each listing."""
        for line in text.lines():
            if not line.text:
                continue
            row = _parse(line.text)
            lost = self.joiner.end() if row is not None else None
            if row is None:
                row, lost = self.joiner.take(line)
            self._name(lost)
            if row is None:
                yield from self._between(line)
            else:
                self._add(row, line)
        self._name(self.joiner.end())
        if text.unfinished and self.listing.rows and line.number == self.clock.end:
            self.capture.trust.append(listings.UNFINISHED)
        yield from self._ended(0)

    def _add(self, row: _Row, line: Line) -> None:
        listing = self.listing
        if not listing.rows:
            listing.when = self.clock.begin(line)
        self.clock.end = line.number
        listing.rows.append(row)
        share = 100 * row.active / row.objs if row.objs else row.use
        if abs(share - row.use) > 2 and not self.wrong_use:
            self.wrong_use = f"{row.name} has {share:.0f} % of its objects in use"
        if row.objs > row.most and not self.odd:
            self.odd = row.name

    def _between(self, line: Line) -> Moments:
        """A line that is not a row: a summary, a header or a time."""
        summary = _SUMMARY.match(line.text)
        timed = self.clock.read(line)
        if _HEADER.match(line.text) or (summary and summary["what"] == "Objects") or (timed and self.clock.waiting):
            yield from self._ended(line.number)
        elif summary:
            self.listing.total = round(float(f"{summary['total']}.{summary['part'] or 0}") * 1024)

    def _name(self, lost: Line | None) -> None:
        if lost is not None:
            name = lost.text.split()[-1] if not re.fullmatch(r"[\d.,]+[K%]?", lost.text.split()[-1]) else "without a name"
            self.capture.skip(lost.number, f"the row {name[:40]} is cut or damaged")
            self.skipped += 1

    def _ended(self, line: int) -> Moments:
        """The listing before line `line`, if it has rows; another one begins."""
        listing = self.listing
        if not listing.rows:
            return
        self.listing = _Listing(line)
        zones = [row.zone() for row in listing.rows]
        held = [row.held for row in listing.rows]
        self.order |= max(held) > held[0]
        if len(self.said) < listings.SNAPSHOTS:
            extras = [{"objs": row.objs, "shown_size_K": row.size} for row in listing.rows]
            said = {"time": listing.when.shown} if listing.when.shown else {}
            said |= listings.figures(zones, extras) | {"trust": self.capture.trust, "total_bytes_note": "sum of the rows shown"}
            self.said.append(said | ({"summary_total_bytes": listing.total} if listing.total != UNKNOWN else {}))
        total = listing.total if listing.total > sum(held) else UNKNOWN
        when = listing.when
        boot, where = self.clock.kernel, listing.line
        yield Moment(zones, stamp=when.stamp, uptime=when.uptime, boot=boot, total=total, rest="(not listed)", line=where)

    def say(self) -> None:
        """Fill in the capture."""
        trust = self.capture.trust
        self.capture.system = f"Linux {self.clock.kernel}".strip()
        trust.append("OBJ SIZE is rounded to 0.01K; bytes are CACHE SIZE, which counts whole slabs.")
        trust.append("The list has only as many caches as the terminal has lines; the summary counts all of them, as objects times size.")
        if self.order:
            trust.append("The first row is not the largest: rows are in order of another column.")
        if self.wrong_use:
            trust.append(f"USE is wrong in this release: {self.wrong_use}.")
        if self.odd:
            trust.append(f"{self.odd} has more objects than its slabs can hold: a figure is damaged.")
        self.capture.cannot_show += ["Which task or call site holds the objects.", "Memory that the kernel takes in whole pages."]
        listings.conclude(self.capture, self.said, self.skipped)


IMPORTER = CaptureImporter(
    "linux-slabtop",
    "slabtop listing",
    "output of slabtop, Linux",
    lambda text: bool(_SNIFF.search(text)),
    reads(_Reader),
    zone_noun="slab cache",
    shows=frozenset({"zones", "elements", "sizes"}),
    rank=21,
    words=("objs", "active / total", "%"),
)
