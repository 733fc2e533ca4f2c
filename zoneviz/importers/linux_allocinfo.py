"""Linux /proc/allocinfo (6.10 and later): one place in the source a line, with the bytes and calls that are live there.

Pages of slabs are allocated in one place and handed out in all places that use slabs: that place is not a zone, otherwise memory
would count twice.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from zoneviz.captures import listings
from zoneviz.captures.amounts import span
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.clock import Clock, When
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter, reads

_ROW = re.compile(
    r"[ \t]*(?P<size>\d{1,15}(?:\.\d{1,3})?[KMGT]?)[ \t]+(?P<calls>\d{1,15})[ \t]+(?P<place>[^\s\[]\S*:\d+)"
    r"(?:[ \t]+\[(?P<module>[^\]\s]+)\])?[ \t]+func:(?P<function>\S+)(?:[ \t].*)?"
)
_LIKE_ROW = re.compile(r"\s*(?:\d\S*\s+){1,2}(?P<place>\S+:\d+|\w+/\S*$)|.*\sfunc:")
_VERSION = re.compile(r"allocinfo - version: *\d")
_SNIFF = re.compile(rf"(?m)^{_VERSION.pattern}|^{_ROW.pattern}$")
_SLAB_PAGES = frozenset({"alloc_slab_page", "allocate_slab", "new_slab", "kmem_getpages"})


def _parse(text: str) -> tuple[ZoneRow, str | None, bool] | None:
    """A place, its module, and whether its size is rounded; None for anything else."""
    found = _ROW.fullmatch(text)
    size = span(found["size"]) if found else None
    if not found or size is None:
        return None
    name = f"{found['place']} func:{found['function']}"
    return ZoneRow(name, UNKNOWN, int(found["calls"]), UNKNOWN, size.low), found["module"], not size.exact


@dataclass(slots=True)
class _Listing:
    """One listing being read. `headed`: it begins with the version line."""

    line: int
    when: When = field(default_factory=When)
    headed: bool = False
    rows: list[ZoneRow] = field(default_factory=list)
    modules: list[str | None] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        """Its figures."""
        extras = [{"calls": row.in_use, "module": module} for row, module in zip(self.rows, self.modules, strict=True)]
        rows = listings.figures(self.rows, extras)
        top = [{key: row[key] for key in ("name", "bytes", "calls", "module")} for row in rows["top"]]
        time = {"time": self.when.shown} if self.when.shown else {}
        return time | {"sites": rows["zones"], "total_bytes": rows["total_bytes"], "top": top, "skipped_rows": 0}


class _Reader:
    """Reads the listings of a text."""

    def __init__(self, capture: Capture) -> None:
        self.capture, self.clock = capture, Clock()
        self.listing = _Listing(1)
        self.said = list[dict[str, Any]]()
        self.skipped = 0
        self.rounded = self.slabs = self.headed = False

    def moments(self, text: Text) -> Moments:
        """One for each listing."""
        for line in text.lines():
            found = _parse(line.text)
            if found is None:
                yield from self._other(line)
                continue
            row, module, rounded = found
            listing = self.listing
            if listing.rows and not listing.headed and listing.rows[0].name == row.name:
                yield from self._ended(line.number)
                listing = self.listing
            if not listing.rows:
                listing.when = self.clock.begin(line)
            self.clock.end = line.number
            self.rounded |= rounded
            listing.rows.append(row)
            listing.modules.append(module)
        if text.unfinished and self.listing.rows and line.number == self.clock.end:
            self.capture.trust.append(listings.UNFINISHED)
        yield from self._ended(0)

    def _other(self, line: Line) -> Moments:
        if _VERSION.search(line.text):
            yield from self._ended(line.number)
            self.listing.headed = self.headed = True
        elif damaged := _LIKE_ROW.match(line.text):
            self.capture.skip(line.number, f"the row {(damaged['place'] or 'without a place')[:60]} is cut or damaged")
            self.skipped += 1
        elif self.clock.read(line) and self.clock.waiting:
            yield from self._ended(line.number)

    def _ended(self, line: int) -> Moments:
        listing = self.listing
        if not listing.rows:
            return
        self.listing = _Listing(line)
        if len(self.said) < listings.SNAPSHOTS:
            self.said.append(listing.said())
        pages = [row for row in listing.rows if row.name.rpartition("func:")[2] in _SLAB_PAGES]
        self.slabs |= bool(pages)
        zones = [row for row in listing.rows if row not in pages]
        sizes = {"slab_pages": sum(row.cur_size for row in pages)} if pages else {}
        when = listing.when
        yield Moment(zones, sizes, stamp=when.stamp, uptime=when.uptime, boot=self.clock.kernel, line=listing.line)

    def say(self) -> None:
        """Fill in the capture."""
        trust = self.capture.trust
        self.capture.system = f"Linux {self.clock.kernel}".strip()
        trust.append("These are places in the source, not caches.")
        if self.slabs:
            trust.append("alloc_slab_page has the pages of slabs that other places use: it is not a zone of the recording.")
        if self.rounded:
            trust.append("Sizes with a unit letter are rounded.")
        if not self.headed:
            trust.append("The list has no header: it may be sorted, and cut at any line.")
        self.capture.cannot_show += ["Slab caches by name.", "Which task holds the memory."]
        listings.conclude(self.capture, self.said, self.skipped)


IMPORTER = CaptureImporter(
    "linux-allocinfo",
    "allocinfo listing",
    "/proc/allocinfo, Linux",
    lambda text: bool(_SNIFF.search(text)),
    reads(_Reader),
    zone_noun="place",
    shows=frozenset({"zones", "elements", "sizes"}),
    rank=31,
)
