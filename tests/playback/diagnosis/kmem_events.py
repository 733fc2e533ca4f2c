"""Recordings of kmem events, built allocation by allocation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoneviz.events import WIDTH, Catalog, FigureInfo, Kind, TaskInfo, ZoneInfo
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.recording.header import LIVE

SECOND = 1_000_000_000
SHOWS = frozenset({"zones", "elements", "sizes", "paths", "tasks"})
SIZES = {"filp": 256, "dentry": 192, "ext4_inode_cache": 1128, "kmalloc-1k": 1024, "task_struct": 9000}

NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Stream:
    """Allocations of one zone by one task on one call path (outermost frame first), at `times` in seconds; each is freed after `life`."""

    zone: str
    task: str
    path: tuple[str, ...]
    times: Sequence[float]
    life: float | None = None


def evenly(count: int, first: float = 0.0, last: float = 20.0) -> list[float]:
    """`count` times at even distances."""
    return [first + (last - first) * (i + 0.5) / count for i in range(count)]


def recorded(
    path: Path,
    streams: Iterable[Stream],
    *,
    seconds: float = 20.0,
    figures: Mapping[str, Sequence[int]] | None = None,
    more: Iterable[tuple[float, int, int, int]] = (),
    kind: str = LIVE,
    time_kind: str = "ns",
    result: Mapping[str, object] = NOTHING,
    parameters: Mapping[str, object] = NOTHING,
) -> Recording:
    """A recording of these streams, of `seconds`.

    `figures`: values of figures of the machine at even distances; `more`: events (seconds, kind, subject, size) without an owner.
    """
    catalog = Catalog()
    zones, tasks = dict[str, int](), dict[str, int]()
    rows = [_row(time, kind, subject=subject, size=size) for time, kind, subject, size in more]
    address = 0x1000
    for stream in streams:
        if stream.zone not in zones:
            zones[stream.zone] = len(zones) + 1
            catalog.zones.append(ZoneInfo(zones[stream.zone], stream.zone, SIZES.get(stream.zone, 64), 0, 0, ""))
            rows.append(_row(0, Kind.ZINIT, subject=zones[stream.zone], size=SIZES.get(stream.zone, 64)))
        if stream.task not in tasks:
            tasks[stream.task] = len(tasks) + 1
            catalog.tasks.append(TaskInfo(tasks[stream.task], stream.task))
        where = 0
        for frame in stream.path:
            where = catalog.paths[where, frame]
        for time in (time for time in stream.times if time < seconds):
            address += 0x4000
            one = {"task": tasks[stream.task], "path": where, "subject": zones[stream.zone], "address": address}
            one["size"] = SIZES.get(stream.zone, 64)
            rows.append(_row(time, Kind.ZALLOC, **one))
            if stream.life is not None and time + stream.life < seconds:
                rows.append(_row(time + stream.life, Kind.ZFREE, **one))
    for number, (name, values) in enumerate((figures or {}).items(), 1):
        catalog.figures.append(FigureInfo(number, name, "bytes"))
        for time, value in zip(evenly(len(values), last=seconds), values, strict=True):
            rows.append(_row(time, Kind.MACHINE_FIGURE, subject=number, size=value))
    rows.append(_row(seconds, Kind.MARK))
    header = Header(parameters=parameters, kind=kind, system="Linux 6.18", zone_noun="slab cache", shows=SHOWS, time_kind=time_kind)
    recorder = Recorder(path, catalog, header)
    recorder.feed(np.array(sorted(rows, key=lambda row: row[1]), np.int64))
    recorder.finish("finished", result)
    return Recording(path)


def _row(seconds: float, kind: int, *, task: int = 0, path: int = 0, subject: int = 0, address: int = 0, size: int = 0) -> list[int]:
    row = [int(kind), round(seconds * SECOND), task, 0, path, subject, address, size, size << 1]
    assert len(row) == WIDTH
    return row
