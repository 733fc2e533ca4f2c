"""What an importer makes of a text: a capture, and the moments in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, overload

import numpy as np

from zoneviz.captures.stamps import Stamp
from zoneviz.state.rows import SIZE_LIMIT, Ints

UNKNOWN = -1
"""A figure that the text does not report. Never 0."""


class ZoneRow(NamedTuple):
    """A zone at one moment, as one row of a listing. Figures that the text does not report are UNKNOWN.

    `elem_size`, `cur_size` (held, free elements included) and `max_size` in bytes; `in_use` and `free` in elements; the rest counts
    since boot. From `in_use` on the figures are those of `state.figures.ZONE_FIGURES`, in their order.
    """

    name: str
    elem_size: int = UNKNOWN
    in_use: int = UNKNOWN
    free: int = UNKNOWN
    cur_size: int = UNKNOWN
    max_size: int = UNKNOWN
    allocs: int = UNKNOWN
    frees: int = UNKNOWN
    failures: int = UNKNOWN


class ZoneTable(Sequence[ZoneRow]):
    """The zones of one moment as columns: `names`, and `figures` (n, 8), the other fields of ZoneRow in their order.

    A figure that no recording can hold is SIZE_LIMIT. Long series are read with tables, because a ZoneRow for each costs more.
    """

    __slots__ = ("figures", "names")

    def __init__(self, names: Sequence[str], figures: Ints) -> None:
        self.names, self.figures = names, figures

    @classmethod
    def of(cls, rows: Sequence[ZoneRow]) -> "ZoneTable":
        """The table with these rows."""
        if isinstance(rows, ZoneTable):
            return rows
        return cls([row[0] for row in rows], integers([row[1:] for row in rows]).reshape(-1, len(ZoneRow._fields) - 1))

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[ZoneRow]:
        return (ZoneRow(name, *figures) for name, figures in zip(self.names, self.figures.tolist(), strict=True))

    @overload
    def __getitem__(self, place: int) -> ZoneRow: ...
    @overload
    def __getitem__(self, place: slice) -> "ZoneTable": ...
    def __getitem__(self, place: int | slice) -> "ZoneRow | ZoneTable":
        names, figures = self.names[place], self.figures[place]
        return ZoneRow(names, *figures.tolist()) if isinstance(names, str) else ZoneTable(names, figures)


def integers(rows: Sequence[Sequence[int]]) -> Ints:
    """Rows of equal length as an array; figures too large for a recording are SIZE_LIMIT where one exceeds 64 bits."""
    try:
        return np.array(rows, np.int64)
    except OverflowError:
        return np.array([[value if abs(value) < SIZE_LIMIT else SIZE_LIMIT for value in row] for row in rows], np.int64)


@dataclass(slots=True)
class Skips:
    """Lines skipped for one reason: their number, and the first ten line numbers."""

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
class Panic:
    """How a machine ended. `zone`: the one that was asked for an element; `memory`: what was full, "" if the text does not say."""

    text: str
    zone: str = ""
    memory: str = ""


@dataclass(slots=True)
class Moment:
    """A machine at one moment: a reading of a recording.

    `sizes` and `counts`: figures of the machine by name, the former in bytes; "zone_map_used" and "zone_map_cap" draw the zone map
    and its limit. `total`: bytes of all zones together, if the text has it; the difference to the zones known is the zone `rest`.
    `whole`: the listing has every zone, so a zone missing in it is gone. `uptime`: ns since boot; `elapsed`: ns since the
    capture's first moment, of a text that has only times of day. `boot`: names the boot, if the text does. `counters`: counts by
    name that only a boot resets; a few are enough. `line`: where it begins. A moment with a panic is the last of its boot.
    """

    zones: Sequence[ZoneRow] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    stamp: Stamp | None = None
    uptime: int | None = None
    elapsed: int | None = None
    boot: str = ""
    counters: Mapping[str, int] = field(default_factory=dict)
    total: int = UNKNOWN
    rest: str = "(in no zone)"
    whole: bool = False
    panic: Panic | None = None
    line: int = 1


@dataclass(slots=True)
class Capture:
    """What was read of one file; the importer fills it while it yields the file's moments.

    `kind`: the importer's name; `system`: such as "macOS 26.3 (xnu-12377.81.4)", "" if the text does not say. `facts`: what identifies
    the machine, such as its model; captures whose facts differ are of different machines. They are compared and not stored.
    `said`: the figures as `import --json` prints them, a key only for what the text reports (docs/importing.md). `shows`: what the
    file has data on, words of `recording.header.SHOWN`. `trust`: what must be said beside the figures; `cannot_show`: what the file
    cannot show; both are sentences. `skipped`: lines without a reading, by reason.
    """

    kind: str
    file: str
    zone_noun: str = "zone"
    shows: frozenset[str] = frozenset({"zones", "sizes"})
    system: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    trust: list[str] = field(default_factory=list)
    cannot_show: list[str] = field(default_factory=list)
    skipped: dict[str, Skips] = field(default_factory=dict)

    def skip(self, line: int, reason: str) -> None:
        """Count a line that gave nothing. `reason`: such as "the row kmalloc-8192 is cut"."""
        self.skipped.setdefault(reason, Skips()).add(line)

    @property
    def family(self) -> str:
        """The part of `kind` before the first dash: captures of different families are never of one machine."""
        return self.kind.partition("-")[0]


Moments = Iterator[Moment]
