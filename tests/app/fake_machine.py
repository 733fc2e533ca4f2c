"""A machine to record in tests: its readings and its events, without root."""

import time
from collections.abc import Callable

import numpy as np

from zoneviz.captures.capture import Moment, ZoneRow
from zoneviz.errors import EnvironmentProblem
from zoneviz.events import WIDTH, Catalog, Kind, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.importers.kmem import Counts
from zoneviz.state.rows import Ints

SECOND = 10**9
STEP = 10**6
"""ns between two events."""
SIZE = 64
SLABS = 0x8880_0000_0000


class Growing:
    """A machine whose cache grows by an element with each reading; it breaks after `breaks` readings."""

    system, zone_noun, shows = "Test 1", "slab cache", frozenset({"zones", "elements", "sizes", "machine"})

    def __init__(self, breaks: int = 10_000) -> None:
        self.trust, self.cannot_show = ["It is a test."], list[str]()
        self.taken, self.breaks = 0, breaks

    def moment(self) -> Moment:
        """The next reading."""
        if self.taken >= self.breaks:
            raise EnvironmentProblem("The machine has gone.")
        self.taken += 1
        return Moment([ZoneRow("dentry", 192, 100 + self.taken, 5, 40960)], {"slab": 4096 * self.taken}, whole=True)


class FakeKmem:
    """Stands for `KmemSource`: an allocation of kmalloc-64 each STEP, and a gap of 7 events after the hundredth. `clock`: in ns."""

    def __init__(self, catalog: Catalog, *, clock: Callable[[], int] = time.monotonic_ns, early: int = 0, **options: object) -> None:
        self._catalog, self._clock = catalog, clock
        self._next = clock() - early
        self._made = 0
        self._zone = 0
        self.counts, self.lost, self.closed = Counts(), 0, False
        self.behind, self.trust = False, ["A fake kernel."]
        self.merged = {"kmalloc-64": ["twin"]}
        catalog.tasks += [TaskInfo(1, "kernel"), TaskInfo(2, "find (812)")]
        catalog.threads += [ThreadInfo(1, 0, "CPU 0"), ThreadInfo(2, 0, "CPU 1")]

    def safe(self) -> int:
        """Now: nothing is late."""
        return self._clock()

    def rows(self, until: int) -> Ints:
        """The events up to a time."""
        out: list[list[int]] = []
        while self._next <= until:
            if not self._zone:
                self._zone = len(self._catalog.zones) + 1
                self._catalog.zones.append(ZoneInfo(self._zone, "kmalloc-64", SIZE, 0, 0, ""))
                out.append([Kind.ZINIT, self._next, 0, 0, 0, self._zone, 0, SIZE, 0])
            if self._made == 100:
                self.lost = 7
                out.append([Kind.LOST, self._next, 0, 1, 0, 1, 0, 7, 0])
            address = SLABS + self._made * SIZE
            out.append([Kind.ZALLOC, self._next, 2, self._made % 2 + 1, 0, self._zone, address, SIZE, SIZE << 1])
            self._made, self._next = self._made + 1, self._next + STEP
        return np.array(out, np.int64).reshape(-1, WIDTH)

    def stop(self) -> None:
        """Nothing to stop."""

    def close(self) -> None:
        """Remember it."""
        self.closed = True
