"""The result of a diagnosis: typed plain values for JSON, a page or a window. All text is plain text, never markup."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from zoneviz.playback.diagnosis.fragments import Fragments
from zoneviz.playback.diagnosis.memories import Memory
from zoneviz.playback.diagnosis.patterns import NONE

FACT = "fact"
"""Confidence of a finding that is a count; `patterns` has the others."""
LEAK, NO_LEAK = "leak", "no-leak"
"""Verdicts on kmem events."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence and what it rests on.

    `kind`: memory, others, asked, most, holder, pattern, growth, keepers, largest, since, kept, threads, fragments, caches,
    reserved, rate; of readings and kmem events also shrank, innocent, churn, unknown, next; `app.same_end` adds scenario.
    `confidence`: "fact"; for the pattern "cause", "likely" or "open". `seq`: the event to show; `range`, `zone`, `task`, `path`: the
    selection, None, "", 0 and -1 for none. `numbers`: the figures in the sentence by name, in bytes, counts, event numbers or
    shares 0 to 1.
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
    """Live elements of one zone, allocated by one task on one call path, at event `at`; `grown`: bytes since the stretch began."""

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
    """A zone over the stretch. `bytes`: in use at its end; `size`: the zone's cur_size; `grown`: bytes in use since its start.

    `since`: the event from which it grows to the end, None if it does not. `allocs`: in the stretch; `kept`: of these, never freed.
    """

    zone: str
    bytes: int
    size: int
    grown: int
    since: int | None
    allocs: int
    kept: int


@dataclass(frozen=True, slots=True)
class CallSite:
    """What one process allocated from one zone at one call site in the stretch and is still there at its end.

    `task`: its command, or the name of a kernel thread; `pid`: None if unknown. `elements` and `bytes` are still there, of
    `allocations`; `bytes_per_s`: bytes by the length of the stretch. `task_id`, `path`: in the recording; `call_path`: outermost first.
    `merged`: other caches that Linux merged into this zone, of which the elements may be.
    """

    zone: str
    task: str
    pid: int | None
    call_site: str
    elements: int
    bytes: int
    bytes_per_s: float
    allocations: int
    call_path: list[str]
    task_id: int
    path: int
    merged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TaskGrowth:
    """A task at the end of the stretch: live bytes it allocated, its threads, the ports it receives from, its names.

    `made`: threads created for it in the stretch; `received`: messages it received in the stretch.
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
    """Why a memory filled up after event `first` up to `at` (simulated ns `began` to `time`).

    `pattern`: one of `patterns.PATTERNS`, "other" or "none"; `confidence`: "cause", "likely" or "open". `parts`: bytes that
    filled the memory `filled`, by purpose; `late`: the same for their youngest quarter. `largest`: the largest zone, which need not
    be the cause. Lists are in descending order of bytes.

    Of kmem events: `verdict`: "leak" or "no-leak", None if the events cannot say; `growth`: what leaks, `taken_back`: what grows too,
    but the system takes it back when memory runs short; None without a verdict.
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
    verdict: str | None = None
    growth: list[CallSite] | None = None
    taken_back: list[CallSite] | None = None

    @property
    def ended(self) -> Memory | None:
        """The memory that ran out, None if none did."""
        return next((memory for memory in self.memories if memory.ended), None)

    def finding(self, kind: str) -> Finding | None:
        """The first finding of a kind."""
        return next((finding for finding in self.findings if finding.kind == kind), None)

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        memories = [asdict(memory) | {"full": round(memory.full, 6)} for memory in self.memories]
        return asdict(self) | {"memories": memories}
