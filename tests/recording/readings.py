"""A machine that reports tables: readings of slab caches, as events and as the figures that they must give."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from zoneviz.events import Catalog, Event, FigureInfo, Kind, MapInfo, ZoneInfo
from zoneviz.recording import Header, Recorder
from zoneviz.recording.header import SAMPLED
from zoneviz.state.figures import CUR_SIZE, IN_USE, MAX_SIZE, ZONE_FIGURES
from zoneviz.state.rows import Ints

CAP = 1 << 30
FIGURES = {"zone_map_used": "bytes", "SUnreclaim": "bytes", "physical_free": "count"}
HEADER = Header(
    kind=SAMPLED, system="Linux 6.18.4 x86_64", zone_noun="slab cache", shows=frozenset({"zones", "elements", "machine", "sizes"})
)


@dataclass
class Readings:
    """`events` of all readings; per reading `ends` (seq of its last event), `times`, `zones` (caches, 7) and `figures` by name."""

    catalog: Catalog
    events: list[Event] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    zones: list[Ints] = field(default_factory=list)
    figures: list[dict[str, int]] = field(default_factory=list)

    @property
    def rows(self) -> Ints:
        """The events as `Recorder.feed` takes them, (n, 9)."""
        return np.array(self.events, np.int64)


def readings(count: int = 1500, caches: int = 126, seed: int = 1) -> Readings:
    """`count` readings, half a minute apart; a tenth of the caches appear late, and "SUnreclaim" only in the second reading."""
    chance = random.Random(seed)
    catalog = Catalog()
    catalog.maps.append(MapInfo(1, "zone_map", 0, CAP, 0))
    catalog.zones += [ZoneInfo(i, f"cache-{i}", 8 * i, 0, 4096, "") for i in range(1, caches + 1)]
    catalog.figures += [FigureInfo(i, *info) for i, info in enumerate(FIGURES.items(), 1)]
    made = Readings(catalog)
    first_seen = {i: 1 if i <= caches * 9 // 10 else chance.randint(1, count) for i in range(1, caches + 1)}
    zones, figures = np.zeros((caches, len(ZONE_FIGURES)), np.int64), dict[str, int]()
    for number in range(1, count + 1):
        time = number * 30_000_000_000 + chance.randrange(1000)

        def tell(kind: Kind, subject: int, size: int = 0, extra: int = 0, time: int = time) -> None:
            made.events.append((int(kind), time, 0, 0, 0, subject, 0, size, extra))

        tell(Kind.READING, number)
        for zone, seen in first_seen.items():
            if seen == number:
                tell(Kind.ZINIT, zone, 8 * zone)
            if seen == number or (seen < number and chance.random() < 0.2):
                for figure in (IN_USE, CUR_SIZE) if seen < number else (IN_USE, CUR_SIZE, MAX_SIZE):
                    value = chance.randrange(1 << 24)
                    if value != zones[zone - 1, figure]:
                        tell(Kind.ZONE_FIGURE, zone, value, figure)
                        zones[zone - 1, figure] = value
        for i, name in enumerate(FIGURES, 1):
            if number > 1 or name != "SUnreclaim":
                figures[name] = chance.randrange(CAP)
                tell(Kind.MACHINE_FIGURE, i, figures[name])
        made.ends.append(len(made.events))
        made.times.append(time)
        made.zones.append(zones.copy())
        made.figures.append(dict(figures))
    return made


def record(
    path: Path, made: Readings, *, batch: int = 10_000, header: Header = HEADER, result: Mapping[str, Any] | None = None
) -> Recorder:
    """A finished recording of readings, fed `batch` events at a time."""
    recorder = Recorder(path, made.catalog, header)
    for start in range(0, len(made.events), batch):
        recorder.feed(made.rows[start : start + batch])
    recorder.finish("finished", result or {})
    return recorder
