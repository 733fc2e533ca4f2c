"""The rows of a small boot, and a fixture that reads rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from zoneviz.events import Catalog, Event
from zoneviz.importers import ImportReport
from zoneviz.importers.gnumach_stream import read

HEADER = "n,time_us,event,zone_or_map,size,address,task,thread,call_path,detail"
BOOT = """\
zinit,zones,48,1000,,,boot>zone_bootstrap,
zalloc,zones,48,1030,,,boot>zinit,fresh
zinit,tasks,132,1030,,,boot,
zalloc,zones,48,1060,,,boot>zinit,fresh
zinit,kalloc.4096,4096,1060,,,boot,
kmem_init,kernel_map,1048576,100000,,,boot,
kmem_suballoc,zone_map,65536,100000,,,boot,
task_create,,,,,,boot,parent= inherit=0
zalloc,tasks,132,2000,,,boot,fresh task=0"""


@dataclass
class Result:
    report: ImportReport
    events: list[Event]
    catalog: Catalog
    details: list[tuple[int, str]] = field(default_factory=list)
    flushes: int = 0


Reading = Callable[..., Result]


@pytest.fixture
def boot() -> str:
    return BOOT


@pytest.fixture
def reading() -> Reading:
    """Reads `rows` (from column event on) after the header, or `whole` as it is."""

    def go(rows: str = "", *, whole: bytes = b"", companion: Mapping[str, Any] | None = None) -> Result:
        text = HEADER + "\n" + "".join(f"{i},{i * 10},{row}\n" for i, row in enumerate(rows.splitlines(), 1))
        catalog, events, details, flushes = Catalog(), list[Event](), list[tuple[int, str]](), list[int]()
        report = read(
            [whole or text.encode()],
            companion or {},
            catalog,
            events.append,
            lambda: flushes.append(len(events)),
            lambda seq, words: details.append((seq, words)),
        )
        return Result(report, events, catalog, details, len(flushes))

    return go
