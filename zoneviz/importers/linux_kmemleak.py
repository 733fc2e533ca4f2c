"""Linux kmemleak reports (/sys/kernel/debug/kmemleak): objects that nothing points to, grouped by size and call chain.

Hex dumps and commands are not kept: they may be private.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from zoneviz import words
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.clock import Clock, When
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter, reads
from zoneviz.words import count

_OBJECT = re.compile(r"\s*(?:kmemleak: )?unreferenced object (?:\((?:phys|percpu)\) )?(?P<address>\S+) \(size (?P<size>\d{1,12})\):\s*")
_LIKE_OBJECT = re.compile(r"\s*(?:kmemleak: )?unreferenced (?:\w+ )?object\b")
_JIFFIES = re.compile(r"\bjiffies (?P<jiffies>\d{1,20})(?: \(age (?P<age>\d{1,12}(?:\.\d{1,3})?)\s?s(?:ec)?\))?")
_BACKTRACE = re.compile(r"\s*backtrace(?: \(crc [0-9a-f]+\))?:\s*")
_FRAME = re.compile(r"\s*(?:\[<\S{1,40}>\] )?(?P<name>[A-Za-z_.][\w.$]*)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[[^\]\s]+\])?\s*")
_BARE = re.compile(r"\s*(?:\[<\S{1,40}>\] )?(?P<name>0x[0-9a-f]{1,16})\s*")
_CUT = re.compile(r"\s*\[<.{0,300}")
_SNIFF = re.compile(r"(?m)^[ \t]*(?:kmemleak: )?unreferenced object (?:\((?:phys|percpu)\) )?0x[0-9a-f]+ \(size \d+\):")
_ALLOCATOR = re.compile(
    r"_*(?:save_stack_trace|create_object|kmemleak_\w+|k[mvz]*alloc\w*|kmem_cache_\w+|slab_\w+|krealloc\w*|kstrn?dup|kmemdup\w*|kvmalloc\w*|"
    r"vmalloc\w*|stack_trace_save|set_track_prepare)(?:\.\w+)*"
)
_FRAMES = 64
_LISTED = 1000
"""Objects whose sizes and ages are printed one by one."""


@dataclass(slots=True)
class _Object:
    """An object being read."""

    address: str
    size: int
    jiffies: str = ""
    age: float | None = None
    chain: list[str] = field(default_factory=list)


class _Reader:
    """Reads the objects of a text. `groups`: the numbers of objects by size and call chain; `ages`: the youngest and oldest of each."""

    def __init__(self, capture: Capture) -> None:
        self.capture, self.clock, self.when = capture, Clock(), When()
        self.object: _Object | None = None
        self.groups: dict[tuple[int, tuple[str, ...]], int] = {}
        self.ages: dict[tuple[int, tuple[str, ...]], tuple[float, float]] = {}
        self.seen = set[tuple[str, int, str]]()
        self.sizes, self.seconds = list[int](), list[float]()
        self.objects = self.bytes = self.skipped = self.cut = self.first = self.twice = 0
        self.tracing = False

    def moments(self, text: Text) -> Moments:
        """One, if the text has an object: what was found up to now."""
        for line in text.lines():
            self._line(line)
        self._ended()
        if self.objects:
            zones = [ZoneRow(_name(*key), key[0], many, UNKNOWN, key[0] * many) for key, many in self.groups.items()]
            yield Moment(zones, stamp=self.when.stamp, uptime=self.when.uptime, boot=self.clock.kernel, line=self.first)

    def _line(self, line: Line) -> None:
        text, now = line.text, self.object
        if found := _OBJECT.fullmatch(text):
            self._ended()
            if not self.first:
                self.when, self.first = self.clock.begin(line), line.number
            self.object, self.tracing = _Object(found["address"], int(found["size"])), False
        elif _LIKE_OBJECT.match(text):
            self._ended()
            self.capture.skip(line.number, "the object is cut or damaged")
            self.skipped += 1
        elif now is None:
            self.clock.read(line)
        elif _BACKTRACE.fullmatch(text):
            self.tracing = True
        elif not self.tracing:
            if jiffies := _JIFFIES.search(text):
                now.jiffies, now.age = jiffies["jiffies"], float(jiffies["age"]) if jiffies["age"] else None
        elif frame := _FRAME.fullmatch(text) or _BARE.fullmatch(text):
            if len(now.chain) < _FRAMES:
                now.chain.append(frame["name"])
        elif _CUT.fullmatch(text):
            self.capture.skip(line.number, "the frame of a call chain is cut")
            self.cut += 1

    def _ended(self) -> None:
        now, self.object = self.object, None
        if now is None:
            return
        identity = now.address, now.size, now.jiffies
        if identity in self.seen:
            self.twice += 1
            return
        self.seen.add(identity)
        key = now.size, tuple(now.chain)
        self.groups[key] = self.groups.get(key, 0) + 1
        self.objects += 1
        self.bytes += now.size
        if now.age is not None:
            young, old = self.ages.get(key, (now.age, now.age))
            self.ages[key] = min(young, now.age), max(old, now.age)
        if self.objects <= _LISTED:
            self.sizes.append(now.size)
            self.seconds += [now.age] if now.age is not None else []

    def say(self) -> None:
        """Fill in the capture."""
        capture = self.capture
        capture.system = f"Linux {self.clock.kernel}".strip()
        said: dict[str, Any] = {"objects": self.objects, "total_bytes": self.bytes}
        if self.objects <= _LISTED:
            said["sizes"] = self.sizes
            said |= {"ages_s": self.seconds} if len(self.seconds) == self.objects else {}
        capture.trust.append("Objects that nothing seemed to point to when kmemleak looked: some may still be in use.")
        capture.trust.append("Hex dumps and commands were not kept: they may be private.")
        if self.cut:
            capture.trust.append(f"{count(self.cut, 'frame')} of call chains are cut.")
        if self.twice:
            capture.trust.append(f"{count(self.twice, 'object')} of a later scan, with the same address: counted once.")
        if rate := self._rate():
            capture.trust.append(rate)
        capture.cannot_show += ["Memory that is still pointed to, such as a list that only grows.", "Slab caches, and how much each holds."]
        capture.said = said | {"skipped_rows": self.skipped, "trust": capture.trust}

    def _rate(self) -> str:
        """How fast the largest group grew, by the ages of its objects."""
        key = max(self.groups, key=lambda group: group[0] * self.groups[group], default=None)
        young, old = self.ages.get(key, (0.0, 0.0)) if key else (0.0, 0.0)
        if key is None or self.groups[key] < 3 or old <= young:
            return ""
        rate = (self.groups[key] - 1) / (old - young) * 3600
        what = f"{words.number(self.groups[key])} objects of {words.number(key[0])} bytes"
        return f"{what} from {_place(key[1])}: {rate:,.3g} an hour, by their ages."


def _place(chain: tuple[str, ...]) -> str:
    return next((name for name in chain if not _ALLOCATOR.fullmatch(name)), chain[0] if chain else "an unknown place")


def _name(size: int, chain: tuple[str, ...]) -> str:
    outside = [name for name in chain if not _ALLOCATOR.fullmatch(name)] or list(chain) or ["(no call chain)"]
    return f"{' < '.join(outside[:3])} ({words.number(size)} bytes)"


IMPORTER = CaptureImporter(
    "linux-kmemleak",
    "kmemleak report",
    "/sys/kernel/debug/kmemleak, Linux",
    lambda text: bool(_SNIFF.search(text)),
    reads(_Reader),
    zone_noun="leak",
    shows=frozenset({"zones", "elements", "sizes"}),
    rank=32,
)
