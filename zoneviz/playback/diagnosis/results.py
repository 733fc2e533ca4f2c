"""What a diagnosis says: typed, plain values, ready for JSON, a page or a window. All text in it is plain text, never markup."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from zoneviz.playback.diagnosis.fragments import Fragments
from zoneviz.playback.diagnosis.memories import Memory
from zoneviz.playback.diagnosis.patterns import NONE

FACT = "fact"
"""The confidence of a sentence that only says what was counted; the others are those of `patterns`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence and what it rests on.

    `kind`: memory, others, asked, most, holder, pattern, keepers, largest, since, kept, threads, fragments. `confidence`: "fact", or for
    the pattern "cause", "likely" or "open". `seq`: the event to look at; `range`, `zone`, `task`, `path`: what to select, None, "", 0
    and -1 for nothing. `numbers`: the figures in the sentence, bytes, counts, events or shares 0 to 1, by name.
    """

    kind: str
    sentence: str
    confidence: str = FACT
    seq: int = 0
    range: tuple[int, int] | None = None
    zone: str = ""
    task: int = 0
    path: int = -1
    numbers: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Live elements of one zone, taken by one task at one call path, at the moment looked at; `grown`: bytes since the stretch began."""

    zone: str
    task: int
    task_name: str
    path: int
    call_path: list[str]
    count: int
    bytes: int
    grown: int


@dataclass(frozen=True, slots=True)
class ZoneGrowth:
    """A zone over the stretch. `bytes`: of elements in use at its end; `size`: what the zone holds; `grown`: bytes in use since its start.

    `since`: event from which it grows up to the end, None if it does not. `allocs`: in the stretch; `kept`: of these, never freed.
    """

    zone: str
    bytes: int
    size: int
    grown: int
    since: int | None
    allocs: int
    kept: int


@dataclass(frozen=True, slots=True)
class TaskGrowth:
    """A task at the end of the stretch: what it took and still lives, its threads and the ports it receives from.

    `made`: threads made for it in the stretch; `received`: messages it received in it.
    """

    task: int
    name: str
    bytes: int
    threads: int
    ports: int
    names: int
    made: int
    received: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a memory filled up, between the events `first` and `at` (simulated ns `began` and `time`).

    `pattern`: one of `patterns.PATTERNS`, "other" or "none"; `confidence`: "cause", "likely" or "open". `parts`: bytes of what
    filled the memory `filled`, by what they were for; `late`: of the youngest quarter of them. `largest`: the zone that holds
    most, which need not be the cause. The lists stand in order, most bytes first.
    """

    first: int
    at: int
    began: int
    time: int
    time_kind: str
    outcome: str
    pattern: str = NONE
    confidence: str = "open"
    task: int = 0
    filled: str = ""
    parts: dict[str, int] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    largest: str = ""
    findings: list[Finding] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    zones: list[ZoneGrowth] = field(default_factory=list)
    tasks: list[TaskGrowth] = field(default_factory=list)
    fragments: Fragments | None = None

    @property
    def ended(self) -> Memory | None:
        """The memory that had no more to give, None if none ended."""
        return next((memory for memory in self.memories if memory.ended), None)

    def finding(self, kind: str) -> Finding | None:
        """The first finding of a kind."""
        return next((finding for finding in self.findings if finding.kind == kind), None)

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        told = asdict(self)
        told["memories"] = [asdict(memory) | {"full": round(memory.full, 6)} for memory in self.memories]
        return told
