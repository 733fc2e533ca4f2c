"""Reports of memleak (bcc, libbpf-tools) on Linux: the call stacks whose allocations are outstanding.

The tool sees pages and slab elements. A stack that takes pages for a slab and one that takes elements from it show the same bytes:
they count once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zoneviz import words
from zoneviz.captures import listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter, reads
from zoneviz.words import count

_HEADER = re.compile(r"\s*\[(?P<time>\d\d:\d\d:\d\d)\] Top (?P<most>\d{1,9}) stacks with outstanding allocations")
_STACK = re.compile(r"\s*(?P<bytes>\d{1,15}) bytes in (?P<allocs>\d{1,12}) allocations from stack\s*")
_LIKE_STACK = re.compile(r"\s*\d+ bytes in\b|\s*\d+ bytes\s*$")
_ADDRESS = re.compile(r"\s*addr = \S+ size = \d+\s*")
_FRAME = re.compile(r"\s+(?:\d{1,3} )?(?:\[?<?(?:0x)?[0-9a-f]{8,16}>?\]?[ \t]+)?(?P<name>\[unknown\]|[^\s\[(]\S*)(?: .*)?")
_QUOTED = re.compile(r"\s*b?(?P<quote>['\"])(?P<frames>.*)(?P=quote)(?: .*)?\s*")
_SNIFF = re.compile(r"(?m)stacks with outstanding allocations|^[ \t]*\d+ bytes in \d+ allocations from stack")
_PAGES = re.compile(r"_*(?:alloc_pages|get_free_pages|get_zeroed_page|folio_alloc|alloc_frozen_pages|alloc_page)\w*")
_SLAB = re.compile(r"_*(?:kmalloc|kmem_cache_alloc|kzalloc|krealloc|slab_alloc|kvmalloc)\w*")
_OFFSET = re.compile(r"\+0x[0-9a-f]+$")
_DAY = 86400
_FRAMES = 64


@dataclass(slots=True)
class _Stack:
    """Outstanding allocations of one stack; `frames` innermost first, as printed."""

    bytes: int
    allocs: int
    frames: list[str] = field(default_factory=list)

    @property
    def functions(self) -> list[str]:
        """The frames without their offsets."""
        return [_OFFSET.sub("", frame) for frame in self.frames]


@dataclass(slots=True)
class _Report:
    """One report being read. `most`: stacks that its header announces; UNKNOWN without a header."""

    line: int
    time: str = ""
    most: int = UNKNOWN
    stacks: list[_Stack] = field(default_factory=list)


class _Reader:
    """Reads the reports of a text. `names`: zones by stack; `day`: the seconds of whole days since the first report."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.report = _Report(1)
        self.said = list[dict[str, Any]]()
        self.names: dict[tuple[str, ...], str] = {}
        self.used: dict[str, int] = {}
        self.skipped = self.twice = 0
        self.short = ""
        self.untimed = False
        self._start: int | None = None
        self._last = 0

    def moments(self, text: Text) -> Moments:
        """One for each report."""
        for line in text.lines():
            stack = _STACK.fullmatch(line.text)
            if header := _HEADER.match(line.text):
                yield from self._ended()
                self.report = _Report(line.number, header["time"], int(header["most"]))
            elif stack:
                self.report.stacks.append(_Stack(int(stack["bytes"]), int(stack["allocs"])))
            elif _LIKE_STACK.match(line.text):
                self.capture.skip(line.number, "the stack is cut or damaged")
                self.skipped += 1
            elif self.report.stacks and line.text and not _ADDRESS.fullmatch(line.text):
                self._frame(line)
        yield from self._ended()

    def _frame(self, line: Line) -> None:
        frames = self.report.stacks[-1].frames
        quoted = _QUOTED.fullmatch(line.text)
        for text in re.split(r"\\n", quoted["frames"]) if quoted else [line.text]:
            found = _FRAME.fullmatch(" " + text.replace("\\t", " ") if quoted else text)
            if found and len(frames) < _FRAMES:
                frames.append(found["name"])

    def _ended(self) -> Moments:
        report = self.report
        if not report.stacks:
            return
        self.report = _Report(0)
        stacks = self._distinct(report.stacks)
        if len(self.said) < listings.SNAPSHOTS:
            self.said.append(_said(report, stacks))
        if len(report.stacks) < report.most:
            self.short = f"The report of {report.time} has {words.number(len(report.stacks))} of up to {words.number(report.most)} stacks."
        zones = [ZoneRow(self._name(stack), UNKNOWN, stack.allocs, UNKNOWN, stack.bytes) for stack in stacks]
        yield Moment(zones, elapsed=self._elapsed(report.time), line=report.line)

    def _distinct(self, stacks: Sequence[_Stack]) -> list[_Stack]:
        """The stacks without those that take the pages of another stack's slab elements."""
        slabs = {(stack.bytes, stack.allocs) for stack in stacks if any(map(_SLAB.fullmatch, stack.functions[:1]))}
        kept = [
            stack for stack in stacks if (stack.bytes, stack.allocs) not in slabs or not any(map(_PAGES.fullmatch, stack.functions[:1]))
        ]
        self.twice += len(stacks) - len(kept)
        return kept

    def _elapsed(self, time: str) -> int | None:
        """ns from the first report to the time of day `time`; reports come in order, within a day of each other."""
        if not time:
            self.untimed = True
            return None
        hours, minutes, seconds = map(int, time.split(":"))
        now = (hours * 60 + minutes) * 60 + seconds
        if self._start is None:
            self._start = self._last = now
        while now < self._last:
            now += _DAY
        self._last = now
        return (now - self._start) * 10**9

    def _name(self, stack: _Stack) -> str:
        """The zone of a stack: its first functions outside the allocator; another stack of the same ones is another zone."""
        key = tuple(stack.frames)
        if key not in self.names:
            outside = [name for name in stack.functions if not (_PAGES.fullmatch(name) or _SLAB.fullmatch(name))]
            name = " < ".join((outside or stack.functions)[:3]) or "(no stack)"
            self.used[name] = self.used.get(name, 0) + 1
            self.names[key] = name if self.used[name] == 1 else f"{name} #{self.used[name]}"
        return self.names[key]

    def say(self) -> None:
        """Fill in the capture."""
        capture = self.capture
        capture.system = "Linux"
        capture.trust.append("The pages of slabs and the elements in them may both be listed: a sum can count memory twice.")
        if self.twice:
            capture.trust.append(f"{count(self.twice, 'page stack')} equal to a slab stack: the same memory, counted once.")
        if self.short:
            capture.trust.append(self.short)
        if self.untimed and len(self.said) > 1:
            capture.trust.append("Reports without a time have only an order.")
        capture.cannot_show += ["Allocations older than the tool's start.", "Slab caches, and how much each holds."]
        if len(self.said) == 1:
            capture.cannot_show.append(listings.NO_GROWTH)
        if len(self.said) == 1:
            capture.said.update(self.said[0])
        elif self.said:
            capture.said["snapshots"] = self.said
        capture.said |= {"skipped_rows": self.skipped, "trust": capture.trust}


def _said(report: _Report, stacks: Sequence[_Stack]) -> dict[str, Any]:
    top = sorted(stacks, key=lambda stack: -stack.bytes)[: listings.TOP]
    rows = [{"bytes": stack.bytes, "allocs": stack.allocs, **({"frame": stack.frames[0]} if stack.frames else {})} for stack in top]
    time = {"time": report.time} if report.time else {}
    return time | {"stacks": len(report.stacks), "total_bytes": sum(stack.bytes for stack in stacks), "top": rows}


IMPORTER = CaptureImporter(
    "linux-memleak",
    "memleak report",
    "memleak of bcc or libbpf-tools, Linux",
    lambda text: bool(_SNIFF.search(text)),
    reads(_Reader),
    zone_noun="stack",
    shows=frozenset({"zones", "elements", "sizes"}),
    rank=33,
    words=("outstanding allocations", "allocations from stack"),
)
