"""Linux /proc/meminfo, whole or some lines of it: the memory of all slab caches together, one moment a listing."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from zoneviz.captures import listings
from zoneviz.captures.capture import Capture, Moment, Moments
from zoneviz.captures.clock import Clock, When
from zoneviz.captures.text import Line, Text
from zoneviz.errors import InputError
from zoneviz.importers import CaptureImporter, reads

_LINE = re.compile(r"\s*(?P<name>[A-Z]\w{2,30}(?:\(\w+\))?):\s+(?P<size>\d{1,12}) ?kB\s*")
FIGURES = {
    "Slab": "slab",
    "SReclaimable": "slab_reclaimable",
    "SUnreclaim": "slab_unreclaimable",
    "MemTotal": "total_memory",
    "MemFree": "free_memory",
    "MemAvailable": "available_memory",
    "Cached": "page_cache",
    "KernelStack": "kernel_stacks",
    "PageTables": "page_tables",
    "Percpu": "per_cpu_memory",
    "VmallocUsed": "vmalloc_used",
}
"""Lines that are recorded, and the machine's figures they become."""
_LIKE_LINE = re.compile(rf"\s*(?P<name>{'|'.join(FIGURES)}):")
_SLAB = ("Slab", "SReclaimable", "SUnreclaim")
_SNIFF = re.compile(r"(?m)^[ \t]*(?:Slab|SUnreclaim|SReclaimable|MemTotal):[ \t]+\d{1,12} ?kB[ \t]*$")
_SECOND = 10**9


class _Reader:
    """Reads the listings of a text. `points`: figures as printed, in kB, and `times` of theirs."""

    def __init__(self, capture: Capture) -> None:
        self.capture, self.clock = capture, Clock()
        self.values: dict[str, int] = {}
        self.when, self.line = When(), 1
        self.points, self.times = list[dict[str, Any]](), list[When]()
        self.skipped = 0

    def moments(self, text: Text) -> Moments:
        """One for each listing with a line on slabs: it begins where a line comes again, or with a time."""
        for line in text.lines():
            found = _LINE.fullmatch(line.text)
            if found is None:
                if line.text:
                    self._other(line)
                continue
            if found["name"] in self.values or (self.values and self.clock.waiting):
                yield from self._ended()
            if not self.values:
                self.when, self.line = self.clock.begin(line), line.number
            self.clock.end = line.number
            self.values[found["name"]] = int(found["size"])
        yield from self._ended()

    def _other(self, line: Line) -> None:
        if not self.clock.read(line) and (damaged := _LIKE_LINE.match(line.text)):
            self.capture.skip(line.number, f"the line {damaged['name']} is cut or damaged")
            self.skipped += 1

    def _ended(self) -> Moments:
        values, when = self.values, self.when
        self.values = {}
        if not any(name in values for name in _SLAB):
            return
        if len(self.points) < listings.SNAPSHOTS:
            self.times.append(when)
            self.points.append({f"{name.lower()}_kb": values[name] for name in _SLAB if name in values})
        yield replace(_moment(values), stamp=when.stamp, uptime=when.uptime, boot=self.clock.kernel, line=self.line)

    def say(self) -> None:
        """Fill in the capture. Errors: InputError if the text has no line on slabs."""
        capture = self.capture
        if not self.points:
            raise InputError(f"{capture.file} is a part of /proc/meminfo without lines on slabs. Import the output of `cat /proc/meminfo`.")
        points = [_times(when) | point for when, point in zip(self.times, self.points, strict=True)]
        capture.system = f"Linux {self.clock.kernel}".strip()
        capture.said = points[0].copy() if len(points) == 1 else {"points": points}
        rates = self._rates()
        if rates:
            capture.said["sunreclaim_kb_per_min"] = rates
        capture.trust.append("Slab caches together: no cache can be named.")
        if len(rates) > 1 and all(later < earlier for earlier, later in pairwise(rates)):
            capture.trust.append("SUnreclaim grows more slowly each time, as caches do that fill after boot: no leak is proven.")
        if len(points) > 1 and not rates:
            capture.trust.append("No rate: times are missing, or do not rise.")
        capture.cannot_show += ["Any slab cache by name.", "Who holds the memory."]
        if len(points) == 1:
            capture.cannot_show.append(listings.NO_GROWTH)
        capture.said |= {"skipped_rows": self.skipped, "trust": capture.trust}

    def _rates(self) -> list[float]:
        """Growth of SUnreclaim between the points, in kB a minute; empty if a time or a figure is missing."""
        uptimes, stamps = [when.uptime for when in self.times], [when.stamp and when.stamp.ns for when in self.times]
        times = [time for time in (uptimes if None not in uptimes else stamps) if time is not None]
        sizes = [point["sunreclaim_kb"] for point in self.points if "sunreclaim_kb" in point]
        if not len(times) == len(sizes) == len(self.points) or any(b <= a for a, b in pairwise(times)):
            return []
        steps = zip(pairwise(times), pairwise(sizes), strict=True)
        return [round((more - size) * 60 * _SECOND / (end - start), 1) for (start, end), (size, more) in steps]


def parse(text: str) -> Moment:
    """The figures in the /proc/meminfo of a running machine; its total is UNKNOWN without lines on slabs."""
    return _moment({found["name"]: int(found["size"]) for line in text.splitlines() if (found := _LINE.fullmatch(line))})


def _moment(values: dict[str, int]) -> Moment:
    """The figures of lines, in kB."""
    sizes = {figure: values[name] * 1024 for name, figure in FIGURES.items() if name in values}
    if not any(name in values for name in _SLAB):
        return Moment((), sizes)
    total, rest = _total(values)
    return Moment((), sizes, total=total, rest=rest)


def _total(values: dict[str, int]) -> tuple[int, str]:
    """Bytes of all slab caches, and what the part of them is called that no other capture names."""
    both = [values[name] for name in ("SReclaimable", "SUnreclaim") if name in values]
    if "Slab" in values or len(both) == 2:
        return values.get("Slab", sum(both)) * 1024, "(slab caches, not named)"
    return sum(both) * 1024, f"({'un' if 'SUnreclaim' in values else ''}reclaimable slab caches, not named)"


def _times(when: When) -> dict[str, Any]:
    said: dict[str, Any] = {"time": when.shown} if when.shown else {}
    return said | ({"uptime_s": when.uptime // _SECOND} if when.uptime is not None else {})


IMPORTER = CaptureImporter(
    "linux-meminfo",
    "meminfo listing",
    "/proc/meminfo, Linux",
    lambda text: bool(_SNIFF.search(text)),
    reads(_Reader),
    zone_noun="slab cache",
    rank=45,
)
