"""A live machine that allocates and frees all the time and takes a reading every second, as the events of a recording."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from zoneviz.events import WIDTH, Catalog, FigureInfo, Kind, ZoneInfo
from zoneviz.recording import Header, Recorder
from zoneviz.recording.header import LIVE
from zoneviz.state.figures import CUR_SIZE, FREE, IN_USE
from zoneviz.state.rows import Ints

SECOND = 10**9
ZONES = 8
ELEM = 64
_AT_ONCE = 100
HEADER = Header(kind=LIVE, system="Linux 6.18.4 x86_64", shows=frozenset({"zones", "elements", "paths", "tasks", "sizes", "machine"}))
READINGS = Header(kind=LIVE, system="Linux 6.18.4 x86_64", shows=frozenset({"zones", "elements", "sizes", "machine"}))


def catalog() -> Catalog:
    """Its names: ZONES caches, one figure of the machine and one call path."""
    made = Catalog()
    made.zones += [ZoneInfo(i, f"cache-{i}", ELEM, 0, 0, "") for i in range(1, ZONES + 1)]
    made.figures.append(FigureInfo(1, "slab_unreclaimable", "bytes"))
    _ = made.paths[0, "leak"]
    return made


def seconds(count: int, allocs: int = 0, seed: int = 1) -> Iterator[Ints]:
    """The events (n, 9) of each second: a reading, then `allocs` allocations and nearly as many frees of older elements."""
    chance, in_use, pool, address = np.random.default_rng(seed), np.arange(ZONES + 1) * 10_000, np.zeros((0, 2), np.int64), 4096
    for second in range(count):
        born = np.column_stack([address + ELEM * np.arange(allocs), chance.integers(1, ZONES + 1, allocs)])
        address += ELEM * allocs
        dead = chance.permutation(len(pool))[: allocs - allocs // 50] if len(pool) else np.zeros(0, np.int64)
        rows = np.zeros((len(born) + len(dead), WIDTH), np.int64)
        rows[:, [6, 5]] = np.concatenate([born, pool[dead]])
        rows[:, [2, 3, 4, 7]] = 7, 1, 1, ELEM
        rows[:, 0] = np.repeat([Kind.ZALLOC, Kind.ZFREE], [len(born), len(dead)])
        rows[:, 8] = 50 << 1 | (rows[:, 0] == Kind.ZALLOC)  # each element brings its own memory
        rows = rows[chance.permutation(len(rows))]
        rows[:, 1] = second * SECOND + np.sort(chance.integers(1, SECOND, len(rows)))
        yield np.concatenate([reading(second, in_use), rows])
        pool = np.concatenate([np.delete(pool, dead, axis=0), born])
        step = np.where(rows[:, 0] == Kind.ZALLOC, 1, -1) if allocs else chance.integers(-3, 4, ZONES)
        np.add.at(in_use, rows[:, 5] if allocs else np.arange(1, ZONES + 1), step)


def reading(second: int, in_use: Ints) -> Ints:
    """A reading (n, 9) that sets all figures."""
    head = [(int(Kind.READING), second + 1, 0, 0)]
    if not second:
        head += [(int(Kind.ZINIT), zone, ELEM, 0) for zone in range(1, ZONES + 1)]
    for zone, number in enumerate(in_use[1:].tolist(), 1):
        figures = ((IN_USE, number), (FREE, 5), (CUR_SIZE, (number + 5) * ELEM))
        head += [(int(Kind.ZONE_FIGURE), zone, value, figure) for figure, value in figures]
    head.append((int(Kind.MACHINE_FIGURE), 1, int(in_use.sum()) * ELEM, 0))
    rows = np.zeros((len(head), WIDTH), np.int64)
    rows[:, [0, 5, 7, 8]], rows[:, 1] = head, second * SECOND
    return rows


def record(path: Path, count: int, allocs: int = 0) -> Recorder:
    """A recording of `count` seconds, not finished."""
    recorder = Recorder(path, catalog(), HEADER if allocs else READINGS)
    made = seconds(count, allocs)
    while rows := [*islice(made, _AT_ONCE)]:
        recorder.feed(np.concatenate(rows))
    return recorder
