"""Import formats. Each file or folder adds one: a module-level `IMPORTER`, a StreamImporter or a CaptureImporter.

The content of a file decides which importer reads it, never its name. A stream has every event of a kernel; a capture has figures of
moments. docs/importing.md explains how to add an importer.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from zoneviz import words
from zoneviz.captures.capture import Capture, Moments, Skips
from zoneviz.captures.refusals import binary, refusal
from zoneviz.captures.text import Text
from zoneviz.errors import InputError
from zoneviz.events import Catalog, Machine, Sink

Details = Callable[[int, str], object]
"""Called with (seq, text): the part of a row that has no column in a recording."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a stream before its first event, for the header of the recording.

    `time_kind`: "ns" if events have times, "events" if they only have an order (all times are then 0). `values`: plain JSON values,
    such as the kernel's limits. `system`, `shows`, `zone_noun` and `machine` describe the system that the events come from.
    """

    format: str
    time_kind: str
    title: str = ""
    workload: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    system: str = ""
    zone_noun: str = "zone"
    shows: frozenset[str] | None = None
    machine: Machine = field(default_factory=Machine)


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
        return f"{self.what}: {words.number(self.found)} from the events, {words.number(self.expected)} in the companion file"


@dataclass(slots=True)
class ImportReport:
    """The result of an import. Everything left out of the recording is counted here.

    `lines`: rows read, without the header; `skipped`: those without an event, by cause in `reasons`. `outcome` and `kern_return`:
    as in `run --json`; `panic`: None, or text, zone, memory, task, call_path. `said`: as `Capture.said`. `checks`: empty without a
    companion file.
    """

    format: str
    lines: int = 0
    events: int = 0
    skipped: Skips = field(default_factory=Skips)
    reasons: dict[str, Skips] = field(default_factory=dict)
    outcome: str = "finished"
    kern_return: int | None = None
    panic: dict[str, Any] | None = None
    said: dict[str, Any] = field(default_factory=dict)
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
            out.append(f"Skipped {words.number(self.skipped.count)} of {words.number(self.lines)} line{plural}: {self.skipped}.")
            out += [f"{reason.capitalize()} ({words.number(skips.count)}): {skips}." for reason, skips in self.reasons.items()]
        wrong = self.mismatches
        if wrong:
            out.append(f"{words.number(len(wrong))} of {words.number(len(self.checks))} figures differ from the companion file.")
            out += [f"{check}." for check in wrong[:20]]
        elif self.checks:
            out.append(f"All {words.number(len(self.checks))} figures of the companion file agree.")
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
class StreamImporter:
    """A format of events. `head`: the first bytes of the stream, up to 1 MiB; `companion`: the JSON object of the companion file, or {}.

    `sniff(text)`: whether a cleaned text of up to 1 MiB, the beginning or a later part of the file, is this format; fast, and never
    raises. `rank`: importers are asked in this order. `words`: every text of this format has one of them, in lower case; () if unknown.
    `about(head, companion)`: what is known at the start. Errors: InputError if the header is invalid.
    `read(blocks, companion, catalog, sink, flush, details)`: calls `sink` with every event, and `flush` every few tens of thousands;
    the stream comes in blocks of bytes of any size. Memory is constant. Errors: InputError for a stream without events, or one
    of which most lines are skipped.
    """

    name: str
    summary: str
    sniff: Callable[[str], bool]
    about: Callable[[bytes, Mapping[str, Any]], About]
    read: Read
    rank: int = 50
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaptureImporter:
    """A format of figures. `name`: the kind that `import --json` prints, family first, such as "macos-zprint". `noun`: one such file, as
    in "2 zprint listings". `summary`: such as "a listing of zprint (macOS)".

    `sniff`, `rank`, `words`: as of a StreamImporter.
    `read(text, capture)`: a generator of the moments in a text; it fills in the capture meanwhile: `said`, `trust`, what was skipped.
    Memory is constant, or in proportion to a text of up to text.WHOLE_LIMIT. Errors: InputError if the text has nothing to read.
    `zone_noun`, `shows`: what the capture begins with.
    """

    name: str
    noun: str
    summary: str
    sniff: Callable[[str], bool]
    read: Callable[[Text, Capture], Moments]
    zone_noun: str = "zone"
    shows: frozenset[str] = frozenset({"zones", "sizes"})
    rank: int = 50
    words: tuple[str, ...] = ()

    def capture(self, text: Text) -> Capture:
        """The capture that `read` fills in."""
        return Capture(self.name, text.name, self.zone_noun, self.shows)


class Reader(Protocol):
    """Reads one capture, which it was made with."""

    def moments(self, text: Text) -> Moments:
        """The moments of a text. Errors: as `CaptureImporter.read`."""

    def say(self) -> None:
        """Fill in the capture, after the last moment. Errors: as `CaptureImporter.read`."""


def reads(reader: Callable[[Capture], Reader]) -> Callable[[Text, Capture], Moments]:
    """`CaptureImporter.read` by a class that keeps what it has found."""

    def read(text: Text, capture: Capture) -> Moments:
        reading = reader(capture)
        yield from reading.moments(text)
        reading.say()

    return read


Importer = StreamImporter | CaptureImporter


def importers() -> dict[str, Importer]:
    """All importers by name, in the order in which they are asked: by rank, then by name."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        importer = getattr(importlib.import_module(f"{__name__}.{module.name}"), "IMPORTER", None)
        if isinstance(importer, Importer):
            found.append(importer)
    return {importer.name: importer for importer in sorted(found, key=lambda importer: (importer.rank, importer.name))}


def may_be(importer: Importer, lower: str) -> bool:
    """Whether a text in lower case has one of the importer's words; to look for these is many times faster than to sniff."""
    return not importer.words or any(word in lower for word in importer.words)


def find(text: Text) -> Importer:
    """The importer for a text; it looks at the beginning, then further down. Errors: InputError for an unknown format."""
    known = importers()
    if why := binary(text):
        raise InputError(why)
    for window in text.windows():
        lower = window.lower()
        for importer in known.values():
            if may_be(importer, lower) and importer.sniff(window):
                return importer
    raise InputError(refusal(text, [f"{importer.name} ({importer.summary})" for importer in known.values()]))
