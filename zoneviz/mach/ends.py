"""How a run ends, and what a trap says whose thread runs no longer."""

from dataclasses import dataclass, field
from typing import Any

BLOCKED = object()
"""What a trap returns when its thread no longer runs."""

OUTCOMES = ("panic", "finished", "booted", "error", "hang", "interrupted")


@dataclass(frozen=True, slots=True)
class Panic:
    """`text` as on the console; `memory` that ended; `zone` that asked last, "" if none; `call_path` outermost first."""

    text: str
    zone: str
    memory: str
    task: str
    call_path: list[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: an outcome of OUTCOMES, the kern_return of an "error", the panic."""

    outcome: str
    kern_return: int = 0
    panic: Panic | None = None
    why: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class Halt(Exception):
    """Leaves the kernel from anywhere when the run has ended."""
