"""The ends of a run, and the result of a trap that blocks."""

from dataclasses import dataclass, field
from typing import Any, Final

BLOCKED: Final = object()
"""Returned by a trap when its thread is no longer the running one."""

OUTCOMES: Final = ("panic", "finished", "booted", "error", "hang", "interrupted")


@dataclass(frozen=True, slots=True)
class Panic:
    """`text`: as on the console. `memory`: what ran out. `zone`: the one that asked, "" if none. `call_path`: outermost first."""

    text: str
    zone: str
    memory: str
    task: str
    call_path: list[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended. `outcome`: one of OUTCOMES. `kern_return`: of the outcome "error". `extra`: the scenario's own results."""

    outcome: str
    kern_return: int = 0
    panic: Panic | None = None
    why: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class Halt(Exception):
    """Unwinds the kernel when the run has ended."""
