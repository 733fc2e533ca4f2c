"""A small recording of a live machine, made without one."""

from pathlib import Path

from zoneviz.events import Catalog, Event, Kind, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.recording import Header, Recorder

CACHES = (("kmalloc-64", 64), ("dentry", 192), ("buffer_head", 104))
SLABS = 0x8880_0000_0000
"""The first 48 bits of a kernel address."""
STEP = 1_000_000
"""ns between two events."""
SYSTEM = "Linux 6.18.44 x86_64"
SHOWS = frozenset({"zones", "elements", "sizes", "tasks", "paths"})


def catalog() -> Catalog:
    """Three caches, two processors, two processes, and a call path."""
    made = Catalog()
    made.zones += [ZoneInfo(number, name, size, 0, 0, "") for number, (name, size) in enumerate(CACHES, 1)]
    made.threads += [ThreadInfo(1, 0, "CPU 0"), ThreadInfo(2, 0, "CPU 1")]
    made.tasks += [TaskInfo(1, "kernel"), TaskInfo(2, "find (812)")]
    _ = made.paths[made.paths[0, "do_filp_open"], "alloc_empty_file"]
    return made


def events(count: int) -> list[Event]:
    """`count` allocations of three caches, each on separate pages; every fifth is freed again."""
    out: list[Event] = [(int(Kind.ZINIT), 0, 0, 0, 0, zone, 0, size, 0) for zone, (_, size) in enumerate(CACHES, 1)]
    for i in range(count):
        zone, place = i % len(CACHES) + 1, i // len(CACHES)
        size = CACHES[zone - 1][1]
        on_page = 4096 // size
        address = SLABS + (zone << 30) + place // on_page * 3 * 4096 + place % on_page * size
        out.append((int(Kind.ZALLOC), (i + 1) * STEP, 2, i % 2 + 1, 2, zone, address, size, size << 1))
        if i % 5 == 4:
            out.append((int(Kind.ZFREE), (i + 1) * STEP, 2, 1, 2, zone, address, size, size << 1))
    return out


def header(**values: object) -> Header:
    """The header of a live recording."""
    given: dict[str, object] = {"kind": "live", "system": SYSTEM, "zone_noun": "slab cache", "shows": SHOWS, "scenario": ""}
    return Header(**{**given, "created": "2026-01-02T03:04:05+00:00", **values})  # type: ignore[arg-type]


def write(path: Path, rows: list[Event], made: Catalog | None = None) -> Path:
    """A complete recording of these events."""
    recorder = Recorder(path, made or catalog(), header())
    for row in rows:
        recorder.sink(row)
    recorder.finish("finished", {"outcome": "finished"})
    return path
