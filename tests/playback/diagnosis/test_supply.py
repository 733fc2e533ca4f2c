"""Ends that no user of the memory explains alone: full submaps, reservations, allocator caches; steady leaks and their rates."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.playback.diagnosis.conftest import Recorded
from zoneviz.events import Catalog, Kind, MapInfo, TaskInfo, ZoneInfo
from zoneviz.playback.diagnosis import Diagnosis, diagnose
from zoneviz.recording import Recorder, Recording
from zoneviz.recording.header import Header

MIB, PAGE = 1 << 20, 4096
KERNEL, ZONES, IPC = 1, 2, 3
BASE = 1 << 24
Tell = Callable[..., None]


def diagnosed(folder: Path, tell_all: Callable[[Tell], None], outcome: str = "finished", kernel: int = 64 * MIB) -> Diagnosis:
    """The diagnosis of events of a toy machine with kernel_map, a zone_map of 28 MiB and an ipc_kernel_map of 1 MiB."""
    catalog = Catalog()
    catalog.maps += [MapInfo(KERNEL, "kernel_map", 0, kernel, 0), MapInfo(ZONES, "zone_map", BASE, BASE + 28 * MIB, KERNEL)]
    catalog.maps.append(MapInfo(IPC, "ipc_kernel_map", 0, MIB, KERNEL))
    catalog.zones.append(ZoneInfo(1, "ipc ports", 64, 1 << 30, PAGE, ""))
    catalog.tasks += [TaskInfo(1, "the kernel"), TaskInfo(2, "leaker"), TaskInfo(3, "shell")]
    for text in ("zalloc: zone ipc ports exhausted", "zone_map"):
        catalog.names.intern(text)
    recorder, clock = Recorder(folder / "run.zvz", catalog, Header()), [0]

    def tell(kind: Kind, subject: int, address: int = 0, size: int = 0, extra: int = 0, task: int = 0, ms: int = 1) -> None:
        clock[0] += ms * 1_000_000
        recorder.sink((int(kind), clock[0], task, 0, 0, subject, address, size, extra))

    tell(Kind.ZINIT, 1, 0, 64, 1 << 30)
    tell_all(tell)
    recorder.commit()
    recorder.finish(outcome)
    with Recording(folder / "run.zvz") as recording:
        return diagnose(recording)


def test_a_refusal_of_a_full_submap_is_an_end(tmp_path: Path) -> None:
    def events(tell: Tell) -> None:
        tell(Kind.BOOTED, 0)
        for page in range(256):
            tell(Kind.KMEM_ALLOC, IPC, page * PAGE, PAGE, task=2)
        tell(Kind.KMEM_FAIL, IPC, 0, 2 * PAGE, 3, task=2)
        tell(Kind.CONSOLE, 0)

    found = diagnosed(tmp_path, events)
    assert found.ended is not None and (found.ended.name, found.ended.full, found.ended.size) == ("ipc_kernel_map", 1.0, MIB)
    said = found.finding("memory")
    assert said is not None and "ipc_kernel_map (1 MiB). The last request, for 8 KiB, was refused (error 3)." in said.sentence


def test_a_refusal_does_not_count_if_room_was_made_since(tmp_path: Path) -> None:
    def events(tell: Tell) -> None:
        tell(Kind.BOOTED, 0)
        tell(Kind.KMEM_ALLOC, IPC, 0, MIB, task=2)
        tell(Kind.KMEM_FAIL, IPC, 0, PAGE, 3, task=2)
        tell(Kind.KMEM_FREE, IPC, 0, MIB, task=2)

    assert diagnosed(tmp_path, events).ended is None


def leak(tell: Tell) -> None:
    """zone_map from 56 KiB to 3.9 MiB of 28 in half an hour; the leaker takes 93 %."""
    tell(Kind.KMEM_ALLOC, ZONES, BASE, 56 * 1024)
    tell(Kind.BOOTED, 0)
    for page in range(14, 980):
        address = BASE + page * PAGE
        tell(Kind.KMEM_ALLOC, ZONES, address, PAGE)
        tell(Kind.ZCRAM, 1, address, PAGE, 64)
        for element in range(3):
            tell(Kind.ZALLOC, 1, address + 64 * element, 64, 64 << 1, task=3 if (page * 3 + element) % 14 == 0 else 2, ms=600)


def test_a_steady_leak_is_named_before_its_end(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, leak)
    said = found.finding("growth")
    assert said is not None and said.task == 2
    assert "93 % of the" in said.sentence and "leaker (task 2) ran" in said.sentence and "to 3.83 MiB" in said.sentence
    # 980 of 7,168 pages in 29 minutes: full in 3 hours
    full = said.numbers["full at"] - found.time
    assert full == pytest.approx(6188 * 1.8 * 1e9, rel=0.05)
    assert said.numbers["soonest"] <= said.numbers["full at"] <= said.numbers["latest"]
    assert found.finding("pattern") is None and not any("close to full" in finding.sentence for finding in found.findings)


def test_what_reserved_a_map_is_listed(tmp_path: Path) -> None:
    def events(tell: Tell) -> None:
        tell(Kind.KMEM_SUBALLOC, ZONES, BASE, 28 * MIB, KERNEL)
        tell(Kind.KMEM_SUBALLOC, IPC, 0, MIB, KERNEL)
        tell(Kind.KMEM_ALLOC, ZONES, BASE, 56 * 1024)
        tell(Kind.BOOTED, 0)
        tell(Kind.KMEM_ALLOC, KERNEL, 0, 2 * MIB, task=2)
        tell(Kind.KMEM_FAIL, KERNEL, 0, 2 * MIB, 3, task=2)

    found = diagnosed(tmp_path, events, "error", kernel=32 * MIB)
    said = found.finding("reserved")
    assert found.ended is not None and found.ended.name == "kernel_map" and said is not None
    assert said.sentence == (
        "Reservations take 94 % of the used part of kernel_map: zone_map 28 MiB, of which 56 KiB are used; "
        "ipc_kernel_map 1 MiB, of which 0 B are used; the other 2 MiB are allocations."
    )


def test_a_pool_that_ends_with_almost_nothing_in_use_is_held_by_caches(tmp_path: Path) -> None:
    def events(tell: Tell) -> None:
        tell(Kind.BOOTED, 0)
        for page in range(28 * MIB // PAGE):
            tell(Kind.KMEM_ALLOC, ZONES, BASE + page * PAGE, PAGE)
            tell(Kind.ZCRAM, 1, BASE + page * PAGE, PAGE, 64)
            if page % 4 == 0:
                tell(Kind.ZALLOC, 1, BASE + page * PAGE, 64, 64 << 1, task=2)
        tell(Kind.PANIC, 1, 0, 0, 2)

    found = diagnosed(tmp_path, events, "panic")
    said = found.finding("caches")
    assert (found.pattern, found.confidence) == ("other", "open") and said is not None
    assert "allocator's caches hold zone_map" in said.sentence and "“ipc ports” 27.9 MiB" in said.sentence


def test_a_panic_gives_the_rate_of_one_leak(recorded: Recorded) -> None:
    found = diagnose(recorded("port-leak", "rate=2000"))
    said = found.finding("rate")
    memory = found.ended
    assert said is not None and memory is not None and said.zone == "ipc ports"
    assert said.numbers["rate"] == pytest.approx(memory.room / 76 / ((found.time - found.began) / 1e9), rel=1e-3)
