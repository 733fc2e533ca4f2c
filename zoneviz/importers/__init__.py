"""Import formats. Each file or folder adds one: a module-level `IMPORTER = Importer(...)`.

The head of a stream decides which importer reads it, never its name. `opening.open_stream` opens one.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Sink

Details = Callable[[int, str], object]
"""Called with (seq, text): the part of a row that has no column in a recording."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a stream before its first event, for the header of the recording.

    `time_kind`: "ns" if events have times, "events" if they only have an order (all times are then 0). `values`: plain JSON values,
    such as the kernel's limits.
    """

    format: str
    time_kind: str
    title: str = ""
    workload: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Skips:
    """Lines skipped for one reason: their number, and the first ten line numbers (line 1 is the header)."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """Count a line."""
        self.count += 1
        if len(self.first) < 10:
            self.first.append(line)

    def __str__(self) -> str:
        more = ", ..." if self.count > len(self.first) else ""
        return ", ".join(f"{line}" for line in self.first) + more


@dataclass(frozen=True, slots=True)
class Check:
    """A figure from the companion file (`expected`), and the same from the events (`found`)."""

    what: str
    expected: int
    found: int

    @property
    def ok(self) -> bool:
        """Whether they agree."""
        return self.expected == self.found

    def __str__(self) -> str:
        return f"{self.what}: {self.found:,} from the events, {self.expected:,} in the companion file"


@dataclass(slots=True)
class ImportReport:
    """The result of an import. Everything left out of the recording is counted here.

    `lines`: rows read, without the header; `skipped`: those without an event, by cause in `reasons`. `outcome` and `kern_return`:
    as in `run --json`; `panic`: None, or text, zone, memory, task, call_path. `checks`: empty without a companion file.
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
        """Skipped lines, failed checks and notes, one sentence each."""
        out = []
        if self.skipped.count:
            plural = "" if self.lines == 1 else "s"
            out.append(f"Skipped {self.skipped.count:,} of {self.lines:,} line{plural}: {self.skipped}.")
            out += [f"{reason.capitalize()} ({skips.count:,}): {skips}." for reason, skips in self.reasons.items()]
        wrong = self.mismatches
        if wrong:
            out.append(f"{len(wrong):,} of {len(self.checks):,} figures differ from the companion file.")
            out += [f"{check}." for check in wrong[:20]]
        elif self.checks:
            out.append(f"All {len(self.checks):,} figures of the companion file agree.")
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
    """A format. `head`: the first bytes of the stream, up to 64 KiB; `companion`: the JSON object of the companion file, or {}.

    `sniff(head)`: whether it is this format; fast, and never raises.
    `about(head, companion)`: what is known at the start. Errors: InputError if the header is invalid.
    `read(blocks, companion, catalog, sink, flush, details)`: calls `sink` with every event, and `flush` every few tens of thousands;
    the stream comes in blocks of bytes of any size. Memory is constant. Errors: InputError for a stream without events, or one
    of which most lines are skipped.
    """

    name: str
    summary: str
    sniff: Callable[[bytes], bool]
    about: Callable[[bytes, Mapping[str, Any]], About]
    read: Read


def importers() -> dict[str, Importer]:
    """All importers by name, in alphabetical order."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        importer = getattr(importlib.import_module(f"{__name__}.{module.name}"), "IMPORTER", None)
        if isinstance(importer, Importer):
            found[importer.name] = importer
    return dict(sorted(found.items()))


def find(head: bytes, name: str) -> Importer:
    """The importer for a stream that begins with `head`; `name`: of the stream, for errors.

    Errors: InputError for an unknown format.
    """
    known = importers()
    for importer in known.values():
        if importer.sniff(head):
            return importer
    if not head:
        raise InputError(f"{name} is empty.")
    if head.startswith(b"SQLite format 3\0"):
        raise InputError(f"{name} is a database. If it is a recording, open it instead of importing it.")
    formats = "; ".join(f"{importer.name} ({importer.summary})" for importer in known.values())
    raise InputError(f"{name} is not an event stream zoneviz can read. It reads: {formats}.")
