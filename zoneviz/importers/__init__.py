"""Streams of events from elsewhere, one file or folder of files each; one with a module-level `IMPORTER` is found by itself.

Which importer reads a stream is decided by the head of its content, never by its name. `opening.py` is the way in.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Sink

Details = Callable[[int, str], object]
"""Called with (seq, text): what stood in a row and has no column of ours."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a stream before its first event: for the head of a recording.

    `time_kind`: "ns" if its events carry times, "events" if only their order is known (time is then 0).
    `values`: plain JSON values, such as the kernel's limits.
    """

    format: str
    time_kind: str
    title: str = ""
    workload: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Skips:
    """Lines of one kind of trouble: how many, and the numbers of the first ten (1 is the header's line)."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < 10:
            self.first.append(line)

    def __str__(self) -> str:
        more = ", ..." if self.count > len(self.first) else ""
        return ", ".join(f"{line}" for line in self.first) + more


@dataclass(frozen=True, slots=True)
class Check:
    """A figure that the file beside the stream gives, and what the events add up to."""

    what: str
    expected: int
    found: int

    @property
    def ok(self) -> bool:
        """Whether they agree."""
        return self.expected == self.found

    def __str__(self) -> str:
        return f"{self.what}: {self.found:,} by the events, {self.expected:,} by the file beside them"


@dataclass(slots=True)
class ImportReport:
    """What an import did and what did not add up. Nothing is left out of the recording without standing here.

    `lines`: rows read, the header not counted; `skipped` of them gave no event, why stands in `reasons`. `outcome`
    and `kern_return` as `run --json` gives them; `panic` is None or has text, zone, memory, task, call_path.
    `checks` are empty if no file with figures lies beside the stream.
    """

    format: str
    lines: int = 0
    events: int = 0
    skipped: Skips = field(default_factory=Skips)
    reasons: dict[str, Skips] = field(default_factory=dict)
    outcome: str = "finished"
    kern_return: int | None = None
    panic: dict[str, Any] | None = None
    checks: list[Check] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def mismatches(self) -> list[Check]:
        """The checks that failed."""
        return [check for check in self.checks if not check.ok]

    def sentences(self) -> list[str]:
        """What a person should know, one sentence each: skipped lines, checks, notes."""
        out = []
        if self.skipped.count:
            plural = "" if self.lines == 1 else "s"
            out.append(f"{self.skipped.count:,} of {self.lines:,} line{plural} skipped: {self.skipped}.")
            out += [f"{reason.capitalize()} ({skips.count:,}): {skips}." for reason, skips in self.reasons.items()]
        wrong = self.mismatches
        if wrong:
            out.append(f"{len(wrong):,} of {len(self.checks):,} figures differ from the file beside the stream.")
            out += [f"{check}." for check in wrong[:20]]
        elif self.checks:
            out.append(f"All {len(self.checks):,} figures of the file beside the stream agree.")
        return out + self.notes

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "format": self.format,
            "lines": self.lines,
            "events": self.events,
            "skipped": {"count": self.skipped.count, "first": self.skipped.first},
            "reasons": {reason: {"count": skips.count, "first": skips.first} for reason, skips in self.reasons.items()},
            "checked": len(self.checks),
            "mismatches": [{"what": c.what, "expected": c.expected, "found": c.found} for c in self.mismatches],
            "notes": list(self.notes),
        }


Read = Callable[[Iterable[bytes], Mapping[str, Any], Catalog, Sink, Callable[[], object], Details | None], ImportReport]


@dataclass(frozen=True, slots=True)
class Importer:
    """A format. `head`: the first bytes of the stream, up to 64 KiB; `beside`: the JSON object beside it, or empty.

    `sniff(head)`: whether it is this format, cheaply and without raising.
    `about(head, beside)`: what is known at the start; InputError in one sentence if it cannot be read after all.
    `read(blocks, beside, catalog, sink, flush, details)`: calls `sink` with every event and `flush` every few ten
    thousand; bytes come in blocks of any size. Memory does not grow with the number of rows.
    Errors: InputError in one sentence for a stream that holds no events or mostly what is none.
    """

    name: str
    summary: str
    sniff: Callable[[bytes], bool]
    about: Callable[[bytes, Mapping[str, Any]], About]
    read: Read


def importers() -> dict[str, Importer]:
    """All importers of this folder by name, in alphabetical order."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        importer = getattr(importlib.import_module(f"{__name__}.{module.name}"), "IMPORTER", None)
        if isinstance(importer, Importer):
            found[importer.name] = importer
    return dict(sorted(found.items()))


def find(head: bytes, name: str) -> Importer:
    """The importer for a stream that begins with `head`; `name` is what to call it in an error.

    Errors: InputError if none knows it.
    """
    known = importers()
    for importer in known.values():
        if importer.sniff(head):
            return importer
    if not head:
        raise InputError(f"{name} is empty.")
    if head.startswith(b"SQLite format 3\0"):
        raise InputError(f"{name} is a database: a recording is opened, not imported.")
    formats = "; ".join(f"{importer.name} ({importer.summary})" for importer in known.values())
    raise InputError(f"{name} is no event stream that zoneviz knows; it knows: {formats}.")
