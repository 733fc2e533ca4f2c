"""A toy machine that emits plausible events, and arbitrary events, for the tests of recording and playback."""

import random

import numpy as np
from hypothesis import strategies as st

from zoneviz.events import Catalog, Event, Kind, Machine, MapInfo, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.state.rows import Ints

ZONES = ("tasks", "threads", "ipc ports", "vm objects", "kalloc.64", "maps")
KERNEL_MAP, ZONE_MAP, KALLOC_MAP = 1, 2, 3
BASE = 1 << 20


def catalog() -> Catalog:
    """Six zones, of which kalloc.64 is collectable, and three maps; two tasks, four threads, some names and paths."""
    made = Catalog()
    made.machine = Machine(boot_zone_memory=442368, table_entries=4, table_entry_size=16)
    for i, name in enumerate(ZONES, 1):
        made.zones.append(ZoneInfo(i, name, 32 * i, 1 << 20, 4096, "exhaustible collectable" if name == "kalloc.64" else ""))
    made.maps.append(MapInfo(KERNEL_MAP, "kernel_map", 0, 1 << 26, 0))
    made.maps.append(MapInfo(ZONE_MAP, "zone_map", BASE, BASE + (1 << 22), KERNEL_MAP))
    made.maps.append(MapInfo(KALLOC_MAP, "kalloc_map", 1 << 25, (1 << 25) + (1 << 20), KERNEL_MAP))
    for i in (1, 2):
        made.tasks.append(TaskInfo(i, f"task {i}"))
    for i in range(1, 5):
        made.threads.append(ThreadInfo(i, 1 + i % 2, f"thread {i}"))
    for text in ("zalloc: zone maps exhausted", "zone_map", "waits for a message"):
        made.names.intern(text)
    for frame in ("fork", "task_create", "zalloc"):
        _ = made.paths[len(made.paths.rows) - 1, frame]
    return made


def run(count: int, seed: int = 1) -> list[Event]:
    """`count` events of a run that boots, allocates, frees, queues messages and panics at the end."""
    chance = random.Random(seed)
    out: list[Event] = []
    live: list[tuple[int, int]] = []
    free: list[tuple[int, int]] = []
    now, top = 0, BASE

    def tell(kind: Kind, subject: int, address: int = 0, size: int = 0, extra: int = 0) -> None:
        out.append((int(kind), now, chance.randrange(3), chance.randrange(5), chance.randrange(4), subject, address, size, extra))

    for i in range(1, len(ZONES) + 1):
        tell(Kind.ZINIT, i, 0, 32 * i, 1 << 20)
    tell(Kind.KMEM_SUBALLOC, ZONE_MAP, BASE, 1 << 22, KERNEL_MAP)
    tell(Kind.KMEM_SUBALLOC, KALLOC_MAP, 1 << 25, 1 << 20, KERNEL_MAP)
    tell(Kind.PAGE_RELEASE, 60000, 0, 1)
    tell(Kind.TASK_CREATE, 1)
    tell(Kind.THREAD_CREATE, 1, 0, 0, 1)
    tell(Kind.BOOTED, 0)
    while len(out) < count - 1:
        now += chance.randrange(5000)
        draw = chance.random()
        if draw < 0.45 or not live:
            if free and chance.random() < 0.5:
                zone, address = free.pop(chance.randrange(len(free)))
                fresh = 0
            else:
                zone, address, fresh = chance.randrange(1, len(ZONES) + 1), top, 1
                top += 32 * zone
            live.append((zone, address))
            tell(Kind.ZALLOC, zone, address, 32 * zone, 20 << 1 | fresh)
        elif draw < 0.8:
            free.append(live.pop(chance.randrange(len(live))))
            tell(Kind.ZFREE, free[-1][0], free[-1][1], 32 * free[-1][0], 20 << 1)
        else:
            kind = chance.choice((Kind.THREAD_RUN, Kind.THREAD_BLOCK, Kind.THREAD_READY, Kind.KMEM_ALLOC, Kind.MSG_QUEUE, Kind.PORT_CREATE))
            tell(kind, chance.randrange(1, 4), chance.randrange(64) * 4096 + BASE, 4096, chance.randrange(3))
    tell(Kind.PANIC, 1, 0, 0, 2)
    return out[:count]


def as_rows(events: list[Event], first: int = 1) -> Ints:
    """Events as an array like `Recording.events`: (n, 10), numbered from `first`."""
    rows = np.empty((len(events), 10), np.int64)
    rows[:, 0] = np.arange(first, first + len(events))
    rows[:, 1:] = np.array(events, np.int64).reshape(len(events), 9)
    return rows


def any_events(most: int = 120) -> st.SearchStrategy[list[Event]]:
    """Events of all kinds but READING, which has an order, in any order, with few subjects and addresses, so that they often coincide."""
    small = st.integers(0, 6)
    address = st.sampled_from([0, BASE, BASE + 64, BASE + 4096, BASE + 8192, 1 << 40])
    size = st.sampled_from([0, 1, 64, 4096, 10000])
    event = st.tuples(
        st.sampled_from([int(kind) for kind in Kind if kind != Kind.READING]),
        *(small, small, small, st.integers(0, 3), st.integers(1, 6), address, size, small),
    )
    return st.lists(event, max_size=most).map(_in_time)


def _in_time(events: list[Event]) -> list[Event]:
    now, out = 0, []
    for kind, step, *rest in events:
        now += step
        task, thread, path, subject, address, size, extra = rest
        out.append((kind, now, task, thread, path, subject, address, size, extra))
    return out
