"""Linux /proc/slabinfo: one slab cache a line. Several listings, with dates or uptimes around them, are several moments.

Held bytes are slabs times pages per slab times the page size, which the file does not have.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zoneviz.captures import listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments
from zoneviz.captures.clock import Clock, When
from zoneviz.captures.joining import Joiner
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter, reads
from zoneviz.importers.linux_slabinfo.rows import PAGE, Columns, Rows, SlabRow
from zoneviz.words import listed, number

_VERSION = re.compile(r"slabinfo - version: *(\d+\.\d+)")
_NAMES = re.compile(r"#\s*name\s+<active_objs>")
_OTHER = re.compile(r"\s*(?:slabdata|tunables|globalstat|cpustat)\b|\s*[\d:]")
_LIKE_ROW = re.compile(r"\s*(?=\S*[A-Za-z_])[\w.,:()/-]+(?:\s+[a-z]\w*){0,2}(?:\s+(?=\?|[^\s:]*\d)[^\s:]+)+(?:\s+:.*)?\s*")
_OLD = r"(?:size-\d+(?:\(DMA\))?|buffer_head|dentry_cache|inode_cache|kmem_cache|skbuff_head_cache|vm_area_struct|filp)"
_SNIFF = re.compile(
    rf"(?m){_VERSION.pattern}|:[ \t]*tunables(?:[ \t]+\d+){{3}}|(?:^[ \t]*{_OLD}(?:[ \t]+\d+){{6}}(?:[ \t]*:.*)?$\n?){{2}}"
    r"|(?:^[ \t]*\S+(?:[ \t]+\d+){6}[ \t]+:(?:[ \t]+\d+){2}[ \t]*$\n?){2}"
)
_FIRST = ("kmem_cache", "kmem_cache_node", "cache_cache")
"""The kernel's first caches. A new cache is put before all others (mm/slab_common.c), so a whole 2.x listing ends with one of these."""
_PAGES = (PAGE, 8192, 16384, 65536)
_LARGE = 1 << 20
"""Bytes from which a cache that is mostly free is mentioned."""


@dataclass(slots=True)
class _Listing:
    """One listing being read. `headed`: it begins with the version line."""

    line: int
    when: When = field(default_factory=When)
    headed: bool = False
    rows: list[SlabRow] = field(default_factory=list)
    skipped: int = 0

    def whole(self) -> bool:
        """Whether no cache is missing."""
        return self.headed and not self.skipped and self.rows[-1].name in _FIRST and self.rows[-1].per_slab != UNKNOWN


class _Reader:
    """Reads the listings of a text, and collects what must be said of them. `near`: a line is next to a header or a row."""

    def __init__(self, capture: Capture) -> None:
        self.capture, self.clock, self.rows = capture, Clock(), Rows()
        self.joiner = Joiner(self.rows.row, self._starts, lambda text: bool(_OTHER.match(text)))
        self.listing = _Listing(1)
        self.said = list[dict[str, Any]]()
        self.skipped = 0
        self.pages = Counter[int]()
        self.again = self.odd = ""
        self.near = False
        self.mostly_free: list[SlabRow] = []

    def moments(self, text: Text) -> Moments:
        """One for each listing."""
        known, parse, joiner, clock = self.rows.known, self.rows.row, self.joiner, self.clock
        for line in text.lines():
            row = known.get(line.text) or parse(line.text)
            if row is None:
                if not line.text:
                    continue
                self.near = 0 < clock.end >= line.number - 1
                row, lost = joiner.take(line)
                self._name(lost)
                if joiner.broken is not None:
                    clock.end = line.number
                    continue
                if row is None:
                    yield from self._between(line)
                    continue
            elif joiner.broken is not None:
                self._name(joiner.end())
            listing = self.listing
            if not listing.headed and self._repeats(row):
                yield from self._ended(line.number)
                listing = self.listing
            if not listing.rows:
                listing.when = clock.begin(line)
                self.rows.version = self.rows.version or ("2.1" if row.per_slab != UNKNOWN else "")
            clock.end = line.number
            listing.rows.append(row)
        self._name(joiner.end())
        if text.unfinished and self.listing.rows and self.listing.rows[-1].per_slab == UNKNOWN and line.number == clock.end:
            self.capture.trust.append(listings.UNFINISHED)
        yield from self._ended(0)

    def _repeats(self, row: SlabRow) -> bool:
        """Whether a row begins another listing: without headers, when the first cache comes again."""
        rows = self.listing.rows
        if not rows or rows[0].name != row.name:
            return False
        self.again = row.name
        return True

    def _between(self, line: Line) -> Moments:
        """A line that is not a row: a header or a time. Yields the listing before it."""
        version = _VERSION.search(line.text)
        timed = self.clock.read(line)
        if version:
            yield from self._ended(line.number)
            self.rows.version, self.listing.headed, self.clock.end = version[1], True, line.number
        elif _NAMES.search(line.text):
            yield from self._ended(line.number)
            self.rows.header(line.text)
            self.clock.end = line.number
        elif timed and self.clock.waiting:
            yield from self._ended(line.number)

    def _starts(self, text: str) -> bool:
        """Whether a text looks like the beginning of a row."""
        if "tunables" in text or "slabdata" in text:
            return any(map(str.isdigit, text)) and not _NAMES.search(text)
        return self.near and bool(_LIKE_ROW.fullmatch(text)) and not _OTHER.match(text)

    def _name(self, lost: Line | None) -> None:
        if lost is not None:
            self.capture.skip(lost.number, f"the row {lost.text.split()[0][:40]} is cut or damaged")
            self.skipped += 1
            self.listing.skipped += 1

    def _ended(self, line: int) -> Moments:
        """The listing before line `line`, if it has rows; another one begins."""
        listing = self.listing
        if not listing.rows:
            return
        columns = Columns(listing.rows)
        page = _page(columns)
        rows = columns.zones(page)
        self.pages[page if listing.rows[0].slabs != UNKNOWN else 0] += 1
        room = (columns.slabs + 4.0) * columns.per_slab
        odd = np.flatnonzero((columns.total > room) & (room > 0))
        self.odd = self.odd or (columns.names[odd[0]] if len(odd) else "")
        free = (columns.total > 2 * columns.active) & (columns.bytes_of(columns.slabs, page) >= _LARGE)
        self.mostly_free = [listing.rows[place] for place in np.flatnonzero(free)]
        if len(self.said) < listings.SNAPSHOTS:
            self.said.append(listings.figures(rows, [{"objs": row.total} for row in listing.rows]) | {"trust": []} | _time(listing))
        self.listing = _Listing(line)
        when = listing.when
        yield Moment(rows, stamp=when.stamp, uptime=when.uptime, boot=self.clock.kernel, whole=listing.whole(), line=listing.line)

    def say(self) -> None:
        """Fill in the capture."""
        capture = self.capture
        capture.system = f"Linux {self.clock.kernel}".strip()
        capture.trust += list(self._trust())
        capture.cannot_show += [
            "Which task or call site holds the objects.",
            "Memory that the kernel takes in whole pages, large kmallocs among it: it is in no slab cache.",
            "Objects on the per-CPU lists: SLUB counts them as in use.",
            "Caches of equal object size are merged under one name, unless the kernel was booted with slab_nomerge.",
        ]
        listings.conclude(capture, self.said, self.skipped)

    def _trust(self) -> Iterator[str]:
        if self.pages[PAGE]:
            yield "Bytes are slabs times pages per slab times 4,096: the page size is not in the file."
        for page in sorted(set(self.pages) - {0, PAGE}):
            yield f"The objects of a slab do not fit into pages of 4 KiB: pages are taken to have {page // 1024} KiB."
        if self.pages[0]:
            yield "Version 1.0 has numbers of objects and no sizes."
        if self.again:
            yield f"{self.again} comes again without a header or a time: these may be different machines or boots."
        if self.rows.wide:
            yield f"Rows have more numbers than known, {self.rows.wide} first: the further ones were left out."
        if self.odd:
            yield f"{self.odd} has more objects than its slabs can hold: a figure is damaged."
        worst = sorted(self.mostly_free, key=lambda row: -row.pages * row.slabs)[:3]
        if worst:
            rows = listed([f"{row.name} ({number(row.active)} of {number(row.total)} objects in use)" for row in worst])
            yield f"Held but mostly free: {rows}."


def _page(columns: Columns) -> int:
    """Bytes of a page: 4 KiB, unless most caches have more objects in a slab than fit into such pages."""
    need = columns.size.astype(np.float64) * columns.per_slab
    fits = {page: int(np.count_nonzero(need <= columns.pages * page)) for page in _PAGES}
    if fits[PAGE] * 2 >= len(need):
        return PAGE
    return next((page for page in _PAGES if fits[page] * 20 >= len(need) * 19), PAGE)


def _time(listing: _Listing) -> dict[str, str]:
    return {"time": listing.when.shown} if listing.when.shown else {}


IMPORTER = CaptureImporter(
    "linux-slabinfo",
    "slabinfo listing",
    "/proc/slabinfo, Linux",
    lambda text: bool(_SNIFF.search(text)),
    reads(_Reader),
    zone_noun="slab cache",
    shows=frozenset({"zones", "elements", "sizes"}),
    rank=20,
)
