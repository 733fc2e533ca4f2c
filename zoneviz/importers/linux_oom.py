"""Reports of Linux's OOM killer: the block "Unreclaimable slab info" and the memory counters before it.

Rows are objects times size, of the caches that cannot be given back. Each block is a moment: caches that another block repeats
are the same memory later. mm/slab_common.c, dump_unreclaimable_slab.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from zoneviz import words
from zoneviz.captures import listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.clock import When, console
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter, reads
from zoneviz.words import count

_HEAD = re.compile(r"Unreclaimable slab info:|\s*Name\s+Used\s+Total\s*$")
_ROW = re.compile(r"\s*(?P<name>\S+(?:\s+[^\d\s]\S*)*?)\s+(?P<used>\d{1,12})\s?KB(?:\s+(?P<total>\d{1,12})\s?KB)?\s*")
_LIKE_ROW = re.compile(r"\s*(?P<name>(?=\S*[A-Za-z])[\w.,:()/-]+)\s+\d+\s?(?:K?B?\s*$|KB(?:\s|\d+KB\s*$))")
_SNIFF = re.compile(
    r"(?m)^[ \t]*Unreclaimable slab info:|^[ \t]*Name[ \t]+Used[ \t]+Total[ \t]*$|(?:^[ \t]*\S+[ \t]+\d+KB[ \t]+\d+KB[ \t]*$\n?){3}"
)
_COUNTERS = re.compile(r"\bslab_(reclaimable|unreclaimable):(\d{1,12})(?![\dk])")
_RAM = re.compile(r"\s*(\d{1,12}) pages RAM\b")
_BEGINS = re.compile(r"\binvoked oom-killer\b|^\s*Mem-Info:")
_KERNEL = re.compile(r"\bLinux version (\d\S{0,60})|\bNot tainted (\d+\.\d+\S{0,60}) #|\bTainted: .{1,80}? (\d+\.\d+\S{0,60}) #")
_PAGE = 4096


@dataclass(slots=True)
class _Block:
    """One report being read. `ended`: a line of another form came after its rows."""

    line: int
    when: When = field(default_factory=When)
    rows: list[ZoneRow] = field(default_factory=list)
    used: list[int] = field(default_factory=list)
    pages: dict[str, int] = field(default_factory=dict)
    single: bool = False
    open: bool = False
    ended: bool = False
    skipped: int = 0
    seen: set[tuple[str, str]] = field(default_factory=set)

    def takes(self, found: re.Match[str]) -> bool:
        """Whether a row is one of this table: all have two numbers, or in an extract all have one."""
        return self.open and self.single if self.rows and not found["total"] else self.open or bool(found["total"])

    def add(self, found: re.Match[str], line: Line) -> None:
        if not self.rows:
            self.when.take(console(line.prefix))
        self.single |= found["total"] is None
        self.rows.append(ZoneRow(found["name"], cur_size=int(found["total"] or found["used"]) * 1024))
        self.used.append(int(found["used"]) * 1024 if found["total"] else UNKNOWN)
        self.open, self.ended = True, False

    def repeated(self, line: Line) -> bool:
        """Whether the log has the same line twice, with the same time."""
        key = line.prefix, line.text
        if console(line.prefix).uptime is None or key not in self.seen:
            self.seen.add(key)
            return False
        return True

    def moment(self, kernel: str) -> Moment:
        sizes = {f"slab_{name}": pages * _PAGE for name, pages in self.pages.items() if name != "ram"}
        sizes |= {"total_memory": self.pages["ram"] * _PAGE} if "ram" in self.pages else {}
        total = sizes.get("slab_unreclaimable", UNKNOWN)
        if total < sum(row.cur_size for row in self.rows):
            total = UNKNOWN
        rest = "(unreclaimable, in no row)"
        return Moment(self.rows, sizes, stamp=self.when.stamp, uptime=self.when.uptime, boot=kernel, total=total, rest=rest, line=self.line)


class _Reader:
    """Reads the reports of a log."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.block = _Block(1)
        self.kernel = ""
        self.said = list[dict[str, Any]]()
        self.blocks = list[_Block]()
        self.skipped = self.doubled = 0

    def moments(self, text: Text) -> Moments:
        """One for each report."""
        for line in text.lines():
            found = _ROW.fullmatch(line.text)
            if found and self.block.repeated(line):
                self.doubled += 1
            elif found and self.block.takes(found):
                self.block.add(found, line)
            elif line.text:
                yield from self._other(line)
        yield from self._ended(0)

    def _other(self, line: Line) -> Moments:
        """A line that is not a row."""
        text, block = line.text, self.block
        if _HEAD.match(text):
            yield from self._ended(line.number)
            self.block.open, self.block.ended = True, False
            return
        if _BEGINS.search(text):
            yield from self._ended(line.number)
            self.block = _Block(line.number)
            return
        if block.open and not block.ended and (damaged := _LIKE_ROW.match(text)):
            self.capture.skip(line.number, f"the row {damaged['name'][:40]} is cut or damaged")
            self.skipped += 1
            return
        block.ended = True
        for name, pages in _COUNTERS.findall(text):
            block.pages.setdefault(name, int(pages))
        if ram := _RAM.match(text):
            block.pages["ram"] = int(ram[1])
        if kernel := _KERNEL.search(text):
            self.kernel = next(name for name in kernel.groups() if name)

    def _ended(self, line: int) -> Moments:
        """The report before line `line`, if it has rows; another one begins."""
        block = self.block
        if not block.rows:
            return
        self.block = _Block(line)
        if len(self.said) < listings.SNAPSHOTS:
            extras = [{"used_bytes": used} if used != UNKNOWN else {} for used in block.used]
            self.said.append(listings.figures(block.rows, extras) | _pages(block) | {"trust": []})
        self.blocks = [*self.blocks[-1:], block]
        yield block.moment(self.kernel)

    def say(self) -> None:
        """Fill in the capture."""
        capture = self.capture
        capture.system = f"Linux {self.kernel}".strip()
        capture.trust.append("Only caches that cannot be given back are listed. Bytes are objects times size: slabs are larger.")
        last = self.blocks[-1] if self.blocks else None
        if last and not last.ended:
            capture.trust.append("The block has no line after it: rows may be missing.")
        if last and last.single:
            capture.trust.append("Rows with one number are taken as the held size.")
        if last and "ram" in last.pages:
            capture.trust.append(f"The machine has {words.number(last.pages['ram'])} pages of memory, taken to have 4 KiB each.")
        if self.doubled:
            capture.trust.append(f"The log repeats {count(self.doubled, 'line')} with the same time: each was counted once.")
        if len(self.said) > 1:
            capture.trust.append("Each report is a moment: caches that come again are the same memory later.")
        capture.cannot_show += ["Reclaimable caches.", "Which task or call site holds the objects.", "How many objects there are."]
        if self.said:
            listings.say(capture, self.said, self.skipped)


def _pages(block: _Block) -> dict[str, int]:
    names = {"ram": "ram_pages", "reclaimable": "slab_reclaimable_pages", "unreclaimable": "slab_unreclaimable_pages"}
    return {names[name]: pages for name, pages in block.pages.items()}


IMPORTER = CaptureImporter(
    "linux-oom",
    "report of the OOM killer",
    "the OOM killer's block Unreclaimable slab info, Linux",
    lambda text: bool(_SNIFF.search(text)),
    reads(_Reader),
    zone_noun="slab cache",
    rank=22,
    words=("slab info", "used", "kb"),
)
