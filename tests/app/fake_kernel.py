"""A kernel that only emits events, to test the code that drives a kernel: unlike a real one it can fail at a given step."""

from dataclasses import dataclass, field
from typing import Any

from zoneviz.events import Catalog, Kind, Sink, ZoneInfo


@dataclass
class Panic:
    text: str = "zalloc: zone tasks exhausted"
    zone: str = "tasks"
    memory: str = "zone_map"
    task: str = "bomb"
    call_path: list[str] = field(default_factory=lambda: ["task_create", "zalloc"])


@dataclass
class Ended:
    outcome: str
    kern_return: int = 0
    panic: Panic | None = None
    why: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class FakeKernel:
    """Emits three events per step and panics after `last` steps. `fail_at`: the step that raises `error`."""

    last = 100
    fail_at = 0
    error: BaseException = RuntimeError("the kernel is broken")

    def __init__(self, profile: object, *, sink: Sink, catalog: Catalog, seed: int) -> None:
        self.sink, self.catalog, self.seed = sink, catalog, seed
        self.time = 0
        self.steps = 0
        self.ended: Ended | None = None

    def boot(self) -> None:
        self.catalog.zones.append(ZoneInfo(1, "tasks", 100, 4096, 4096, ""))
        self.emit(Kind.ZINIT, 1, 100, 4096)

    def emit(self, kind: Kind, subject: int, size: int, extra: int) -> None:
        self.time += 1000
        self.sink((int(kind), self.time, 0, 0, 0, subject, 0, size, extra))

    def run(self, steps: int) -> bool:
        for _ in range(steps):
            if self.ended:
                return False
            self.steps += 1
            if self.steps == self.fail_at:
                raise self.error
            for _ in range(3):
                self.emit(Kind.MARK, 0, 0, self.steps)
            if self.steps == self.last:
                self.emit(Kind.PANIC, self.catalog.names.intern("zalloc: zone tasks exhausted"), 0, self.catalog.names.intern("zone_map"))
                self.ended = Ended("panic", 0, Panic())
        return self.ended is None

    def end(self, outcome: str) -> None:
        self.ended = Ended(outcome)

    def machine(self) -> dict[str, Any]:
        used = self.steps * 4096
        return {
            "counts": {"operations": self.steps},
            "zone_map": {"size": 1 << 20, "used": used, "free": (1 << 20) - used, "wasted": 0},
            "zones": [],
        }
