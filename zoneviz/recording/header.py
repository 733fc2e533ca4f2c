"""What a recording says about itself: the one row of its table `recording`."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoneviz import __version__
from zoneviz.errors import InputError, UsageError
from zoneviz.recording.schema import FORMAT, clean

SIMULATED, IMPORTED = "simulated", "imported"
INTERRUPTED, EXCERPT = "interrupted", "excerpt"
"""Outcomes of a run that was stopped, and of an excerpt that stops before the end of its run."""
IN_PROGRESS = "it is being recorded, or the program that recorded it was stopped"


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a recording.

    The first group is known when recording begins and is given by whoever begins it; the second is filled in
    by the recorder. `created` is wall-clock text. `time_kind`: "ns" if the events carry simulated nanoseconds,
    "events" if only their order is known. `model` names the simulated kernel that made it: recordings of one model can
    be compared event by event. `result` is what `run --json` tells of the end; `last_time` is in ns. `events` is the
    number of the last event; `first_event` is 1, or in a part cut out of a recording the number of its first one, and
    `part_of` then the digest of the whole.
    """

    kind: str = SIMULATED
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

    def row(self) -> dict[str, int | str]:
        """The header as columns: mappings become JSON text, truth becomes 0 or 1.

        Errors: UsageError for a seed beyond 64 bits, which a column cannot hold.
        """
        if not -(1 << 63) <= self.seed < 1 << 63:
            raise UsageError(f"The seed {self.seed} is beyond 64 bits.")
        out: dict[str, int | str] = {}
        for name in COLUMNS:
            value = getattr(self, name)
            if isinstance(value, Mapping):
                value = json.dumps(value, ensure_ascii=False, default=str)
            out[name] = clean(value) if isinstance(value, str) else int(value)
        return out


COLUMNS: dict[str, type[int] | type[str]] = {
    name: int if name in ("seed", "format", "first_event", "events", "last_time", "complete") else str
    for name in Header.__dataclass_fields__
}
TEXT_LIMIT = 1 << 20
"""Characters of the longest text of a header that is believed."""


def from_row(row: Mapping[str, Any]) -> Header:
    """The header that stands in a row of `recording`. Columns it does not know are left aside.

    Errors: InputError if a column is missing or of the wrong type.
    """
    values: dict[str, Any] = {}
    for name, kind in COLUMNS.items():
        value = row.get(name)
        if not isinstance(value, kind) or (isinstance(value, str) and len(value) > TEXT_LIMIT):
            raise InputError(f"Its header has no good {name!r}.")
        if name in ("parameters", "profile_values", "result"):
            try:
                value = json.loads(str(value), parse_float=_finite, parse_constant=_finite)
            except (ValueError, RecursionError):
                value = None
            if not isinstance(value, dict):
                raise InputError(f"Its header has no good {name!r}.")
        values[name] = bool(value) if name == "complete" else value
    return Header(**values)


def _finite(text: str) -> float:
    """A number of a JSON text. Errors: ValueError for one that is none, such as NaN or 1e999."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def panic_columns(ended: Mapping[str, Any]) -> tuple[str, str, str]:
    """Text, zone and memory of the panic out of a result, whose "panic" is None or holds these three."""
    panic = ended.get("panic")
    if not isinstance(panic, Mapping):
        panic = {"text": panic, "zone": ended.get("zone"), "memory": ended.get("memory")}
    text, zone, memory = (str(panic.get(name) or "") for name in ("text", "zone", "memory"))
    return text, zone, memory
