"""Readings of slab caches for the benchmark: those of a large file of listings, and those of a machine that is recorded for a day."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from zoneviz.app.live import Live
from zoneviz.app.live_spec import LiveSpec
from zoneviz.captures.capture import UNKNOWN, Moment, ZoneRow, ZoneTable
from zoneviz.events import WIDTH, Catalog, FigureInfo, Kind, ZoneInfo
from zoneviz.recording import Header, Recorder
from zoneviz.recording.header import SAMPLED
from zoneviz.state.figures import CUR_SIZE, FREE, IN_USE
from zoneviz.state.rows import Ints

PERIOD = 30 * 10**9
"""ns between two readings."""
CHANGED = 0.25
"""Share of the caches that differ from one reading to the next."""

_SECOND = 10**9
_BUSIEST, _FEWER = 0.95, 12
"""Share of the readings, a second apart, in which the busiest cache of a machine changes, and how many ranks lower it is 1/e of that."""
_FIGURES = {
    "free_memory": 1.0, "available_memory": 1.0, "page_cache": 1.0, "page_tables": 0.95, "free_in_large_blocks": 0.75, "slab": 0.65,
    "kernel_stacks": 0.65, "slab_reclaimable": 0.6, "slab_unreclaimable": 0.45, "vmalloc_used": 0.45,
}  # fmt: skip
_COUNTS = {"open_files": 0.65, "thread_count": 0.45, "load_percent": 0.2}
"""Share of the readings in which a figure changes. All shares: Linux 6.18, two processors that compile and test, read each second."""


def arrays(count: int, caches: int) -> Iterator[Ints]:
    """The events of each reading, (n, 9)."""
    chance = np.random.default_rng(1)
    level = np.floor(10 ** chance.uniform(2, 6, caches + 1)).astype(np.int64)
    for number in range(1, count + 1):
        changed = np.flatnonzero(chance.random(caches) < (CHANGED if number > 1 else 1.0)) + 1
        level[changed] = np.maximum(level[changed] * chance.uniform(0.99, 1.0102, len(changed)), 1).astype(np.int64)
        in_use = level[changed]
        set_now = [(Kind.ZINIT, 0, np.full_like(in_use, 256))] if number == 1 else []
        figures = ((IN_USE, in_use), (FREE, in_use // 50), (CUR_SIZE, in_use * 256))
        set_now += [(Kind.ZONE_FIGURE, which, values) for which, values in figures]
        rows = np.zeros((1 + len(changed) * len(set_now), WIDTH), np.int64)
        rows[0, [0, 5]] = int(Kind.READING), number
        for part, (kind, which, values) in zip(np.split(rows[1:], len(set_now)), set_now, strict=True):
            part[:, 0], part[:, 5], part[:, 7], part[:, 8] = int(kind), changed, values, which
        rows[:, 1] = number * PERIOD
        yield rows


def record(path: Path, count: int, caches: int) -> int:
    """Record the readings, a few thousand events at a time; the number of events."""
    catalog = Catalog()
    catalog.zones += [ZoneInfo(i, f"cache-{i}", 256, 0, 0, "") for i in range(1, caches + 1)]
    catalog.figures.append(FigureInfo(1, "SUnreclaim", "bytes"))
    shows = frozenset({"zones", "elements", "sizes"})
    recorder = Recorder(path, catalog, Header(kind=SAMPLED, zone_noun="slab cache", shows=shows), force=True)
    waiting: list[Ints] = []
    for rows in arrays(count, caches):
        waiting.append(rows)
        if sum(map(len, waiting)) >= 1 << 14:
            recorder.feed(np.concatenate(waiting))
            waiting = []
    if waiting:
        recorder.feed(np.concatenate(waiting))
    recorder.finish("finished")
    return recorder.events


class Machine:
    """A `ReadingSource` with this number of caches, of which some change with each reading as on a machine at work."""

    system, zone_noun, shows = "Linux", "slab cache", frozenset({"zones", "elements", "sizes", "machine"})

    def __init__(self, caches: int) -> None:
        self.trust, self.cannot_show = list[str](), list[str]()
        self._chance = np.random.default_rng(2)
        self._shares = _BUSIEST * np.exp(-np.arange(caches) / _FEWER)
        self._slabs = np.floor(10 ** self._chance.uniform(0, 4, caches)).astype(np.int64)
        self._in_use = self._slabs * 16
        self._figures = np.full((caches, len(ZoneRow._fields) - 1), UNKNOWN)
        self._names = [f"cache-{number}" for number in range(caches)]
        self._values = dict.fromkeys((*_FIGURES, *_COUNTS), 1 << 20)

    def moment(self) -> Moment:
        """The next reading. Slabs have 16 elements of 256 bytes."""
        chance = self._chance
        changed = np.flatnonzero(chance.random(len(self._names)) < self._shares)
        self._in_use[changed] = np.maximum(self._in_use[changed] + chance.integers(-40, 41, len(changed)), 0)
        self._slabs = np.clip(self._slabs, -(-self._in_use // 16), self._in_use // 16 + 8)
        figures = self._figures.copy()
        figures[:, 0], figures[:, 1], figures[:, 2], figures[:, 3] = 256, self._in_use, self._slabs * 16 - self._in_use, self._slabs * 4096
        for name, share in (_FIGURES | _COUNTS).items():
            if chance.random() < share:
                self._values[name] = max(0, self._values[name] + int(chance.integers(-1000, 1001)))
        sizes, counts = ({name: self._values[name] for name in names} for names in (_FIGURES, _COUNTS))
        return Moment(ZoneTable(self._names, figures), sizes, counts, whole=True)


class Clock:
    """A clock in ns that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Pass seconds at once."""
        self.now += round(seconds * _SECOND)


def watch(path: Path, readings: int, caches: int) -> int:
    """Record a machine for this number of readings, one a second; the number of events."""
    clock = Clock()
    spec = LiveSpec(every=1, seconds=readings - 1, output=path, force=True)
    live = Live(spec, Machine(caches), clock=clock, sleep=clock.sleep)
    while live.advance(60):
        pass
    return live.events
