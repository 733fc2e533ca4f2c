"""The header of a recording: the single row of its table `recording`."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoneviz import __version__, words
from zoneviz.errors import InputError, UsageError
from zoneviz.recording.bounds import PLACE
from zoneviz.recording.schema import FORMAT, clean

SIMULATED, IMPORTED, SAMPLED, LIVE = "simulated", "imported", "sampled", "live"
ORIGINS = {
    SIMULATED: "simulated",
    IMPORTED: "imported from a real kernel",
    SAMPLED: "imported from readings of a real machine",
    LIVE: "recorded on a live machine",
}
"""Where the events of each kind of recording come from, in words."""
_CLOCKS = {SIMULATED: "simulated time", IMPORTED: "kernel time", SAMPLED: "machine time", LIVE: "machine time"}
SHOWN = ("zones", "elements", "machine", "maps", "threads", "tasks", "rights", "paths", "sizes", "limits")
"""What a file can show; `Header.shows` is a selection of it."""
INTERRUPTED, EXCERPT = "interrupted", "excerpt"
"""Outcomes of a run that was stopped, and of an excerpt that stops before the end of its run."""
IN_PROGRESS = "it is being recorded, or the recording program was killed"


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a recording.

    The first group is known when recording begins; the recorder fills in the second. `created` is wall-clock text. `time_kind`:
    "ns" if the events carry simulated nanoseconds, "events" if only their order is known. `model` identifies the simulated kernel:
    recordings of one model can be compared event by event. `result` is the output of `run --json`; `last_time` is in ns. `events` is
    the number of the last event; `first_event` is 1, or in an excerpt the number of its first event, with the digest of the whole
    recording as `part_of`.

    `kind`: where the events come from, a key of ORIGINS. `system`: the machine, such as "Linux 6.18.4 x86_64"; empty if simulated.
    `zone_noun`: what that system calls a zone, such as "slab cache". `shows`: what the file has data on; a figure of anything else is
    unknown, not 0.
    """

    kind: str = SIMULATED
    system: str = ""
    zone_noun: str = "zone"
    shows: frozenset[str] = frozenset(SHOWN)
    scenario: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    profile: str = ""
    profile_values: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    created: str = ""
    time_kind: str = "ns"
    zoneviz: str = __version__
    format: int = FORMAT
    model: str = ""
    part_of: str = ""

    outcome: str = ""
    panic_text: str = ""
    panic_zone: str = ""
    panic_memory: str = ""
    first_event: int = 1
    events: int = 0
    last_time: int = 0
    digest: str = ""
    complete: bool = False
    incomplete_reason: str = IN_PROGRESS
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def can_run_again(self) -> bool:
        """Whether zoneviz's own kernel made the events, so that it can make them again."""
        return self.kind == SIMULATED

    @property
    def clock(self) -> str:
        """What the time of its events is, in words: "simulated time", "kernel time" or "machine time"."""
        return _CLOCKS[self.kind]

    @property
    def of_readings(self) -> bool:
        """Whether it consists of readings: its figures are set, and only what a reading set is known.

        A live recording with call paths has events as well.
        """
        return self.kind == SAMPLED or (self.kind == LIVE and "paths" not in self.shows)

    @property
    def has_readings(self) -> bool:
        """Whether it has readings, alone or between events."""
        return self.kind in (SAMPLED, LIVE)

    @property
    def of_allocations(self) -> bool:
        """Whether its events are the allocations and frees of a kernel that is not Mach: they have no maps, ports or tasks of it."""
        return self.kind in (LIVE, IMPORTED) and not self.of_readings and "elements" in self.shows and not self.shows & {"maps", "rights"}

    @property
    def cannot_show(self) -> list[str]:
        """What its files or its machine cannot show or leave open, in sentences: from `cannot_show`, `trust` and `skipped` of `result`."""
        listed = [self.result.get(name) for name in ("cannot_show", "trust")]
        said = [line for lines in listed if isinstance(lines, list) for line in lines if isinstance(line, str)]
        skipped = self.result.get("skipped")
        pairs = skipped.items() if isinstance(skipped, Mapping) else ()
        return said + [f"{words.count(count, 'line')} skipped: {reason}." for reason, count in pairs if isinstance(count, int)]

    @property
    def nouns(self) -> str:
        """What its system calls zones, as the beginning of a heading: "Slab caches"."""
        noun = words.one_line(self.zone_noun, 40)
        return f"{noun[:1].upper()}{noun[1:]}s"

    @property
    def made(self) -> str:
        """How the file came to be: "recorded" or "imported"."""
        return "imported" if self.kind in (IMPORTED, SAMPLED) else "recorded"

    @property
    def origin(self) -> str:
        """Where its events come from, in words."""
        return ORIGINS[self.kind]

    def row(self) -> dict[str, int | str]:
        """The header as columns: mappings as JSON text, `shows` as words in the order of SHOWN, booleans as 0 or 1.

        Errors: UsageError for a seed of more than 64 bits, which a column cannot hold.
        """
        if not -(1 << 63) <= self.seed < 1 << 63:
            raise UsageError(f"The seed {self.seed} is too large: it must fit 64 bits.")
        out: dict[str, int | str] = {}
        for name in COLUMNS:
            value = getattr(self, name)
            if isinstance(value, Mapping):
                value = json.dumps(value, ensure_ascii=False, default=str)
            if name == "shows":
                value = " ".join(word for word in SHOWN if word in value)
            out[name] = clean(value) if isinstance(value, str) else int(value)
        return out


COLUMNS: dict[str, type[int] | type[str]] = {
    name: int if name in ("seed", "format", "first_event", "events", "last_time", "complete") else str
    for name in Header.__dataclass_fields__
}
TEXT_LIMIT = 1 << 20
"""Upper bound of the characters of a text."""


def from_row(row: Mapping[str, Any]) -> Header:
    """The header in a row of `recording`. Unknown columns are ignored, and unknown words of `shows`.

    Errors: InputError if a column is missing or invalid.
    """
    values: dict[str, Any] = {}
    for name, kind in COLUMNS.items():
        value = row.get(name)
        if not isinstance(value, kind) or (isinstance(value, str) and len(value) > TEXT_LIMIT):
            raise InputError(f"Its header has an invalid {name!r}.")
        if isinstance(value, int) and name != "seed" and not -PLACE < value < PLACE:
            raise InputError(f"Its header has an invalid {name!r}.")
        if name in ("parameters", "profile_values", "result"):
            try:
                value = json.loads(str(value), parse_float=_finite, parse_constant=_finite)
            except (ValueError, RecursionError):
                value = None
            if not isinstance(value, dict):
                raise InputError(f"Its header has an invalid {name!r}.")
        if name == "kind" and value not in ORIGINS:
            raise InputError(f"Its header has an invalid {name!r}.")
        if name == "shows":
            value = frozenset(SHOWN).intersection(str(value).split())
        values[name] = bool(value) if name == "complete" else value
    return Header(**values)


def _finite(text: str) -> float:
    """The number in a JSON text. Errors: ValueError unless it is finite: NaN and 1e999 are not."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number


def panic_columns(ended: Mapping[str, Any]) -> tuple[str, str, str]:
    """Text, zone and memory of the panic in a result, whose "panic" is None or has these three."""
    panic = ended.get("panic")
    if not isinstance(panic, Mapping):
        panic = {"text": panic, "zone": ended.get("zone"), "memory": ended.get("memory")}
    text, zone, memory = (str(panic.get(name) or "") for name in ("text", "zone", "memory"))
    return text, zone, memory
