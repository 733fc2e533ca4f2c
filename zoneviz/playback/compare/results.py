"""What a comparison returns: plain immutable values."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from zoneviz import words
from zoneviz.playback.compare.aligned import NOTHING, Aligned
from zoneviz.playback.compare.curves import Curve
from zoneviz.playback.compare.differences import Hunk
from zoneviz.playback.compare.readings import ReadingsCompared
from zoneviz.playback.compare.tables import Tables


@dataclass(frozen=True, slots=True)
class Line:
    """One event for people: the task and thread that ran (`who`), what it did, and the call path. `time` in ns."""

    seq: int
    time: int
    who: str
    what: str
    path: str


@dataclass(frozen=True, slots=True)
class ZoneBefore:
    """A zone right before the divergence, in bytes; `free`: elements on its free list; `next`: the addresses it hands out next."""

    name: str
    in_use: int
    free: int
    cur_size: int
    max_size: int
    next: list[int]

    def __str__(self) -> str:
        on_list = ", ".join(f"{address:#x}" for address in self.next)
        free = f"{words.number(self.free)} on the free list" + (f" (next {on_list})" if on_list else "")
        return f"{words.number(self.in_use)} in use, {free}, {words.size(self.cur_size)} of {words.size(self.max_size)}"


@dataclass(frozen=True, slots=True)
class Side:
    """A divergence in one recording: compared events before it, events from it on (empty if the recording has ended), its zones."""

    before: list[Line]
    after: list[Line]
    zones: list[ZoneBefore]


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place where two recordings differ in what happened ("event"), a "size" or a "place".

    `index`: compared events before it; `seqs`: the event's number in each, one past the end if that recording has ended.
    """

    kind: str
    index: int
    seqs: tuple[int, int]
    a: Side
    b: Side


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing recordings A and B.

    `kinds`: names of the kinds compared. `lengths`: compared events of each; `prefix`: equal ones before the first difference in
    what happened; `equal`: equal ones in total; `hunks`: the differences, as ranges of compared events; `more`: there are more
    than these, which `further` finds. `constant`: add it to A's addresses below all maps to get B's. `outcomes`, `panics`: how
    each ended. `tables`: at aligned points, in order. `aligned`: which moments correspond.
    `readings`: the zones at the last corresponding readings, if both consist of readings; only `aligned`, `lengths` (readings of
    each), `prefix` and `equal` then have figures besides.
    """

    files: tuple[str, str]
    align: str
    kinds: list[str]
    mixed: bool
    lengths: tuple[int, int]
    prefix: int
    equal: int
    hunks: list[Hunk]
    more: bool
    constant: int
    divergence: Divergence | None
    size: Divergence | None
    place: Divergence | None
    outcomes: tuple[str, str]
    panics: tuple[str, str]
    operations: tuple[int, int]
    tables: list[Tables]
    curves: tuple[Curve, Curve]
    aligned: Aligned
    verdict: str = ""
    readings: ReadingsCompared | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values, without the curves and the corresponding moments. Sizes in bytes, times in ns."""
        left_out = ("curves", "aligned", "readings")
        return {name: value for name, value in asdict(replace(self, aligned=NOTHING)).items() if name not in left_out}
