"""Readings of slab caches for the benchmark: as many as a file of a watchdog has, recorded in constant memory."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from zoneviz.events import WIDTH, Catalog, FigureInfo, Kind, ZoneInfo
from zoneviz.recording import Header, Recorder
from zoneviz.recording.header import SAMPLED
from zoneviz.state.figures import CUR_SIZE, FREE, IN_USE
from zoneviz.state.rows import Ints

PERIOD = 30 * 10**9
"""ns between two readings."""
CHANGED = 0.25
"""Share of the caches that differ from one reading to the next."""


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
