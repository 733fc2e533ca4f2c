"""Boot equals that of the real kernel: every event, every zone, every byte of address space."""

import csv
import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mach.bench import boot, profile
from zoneviz.events import Event, Kind
from zoneviz.mach import mach_msg, startup, vm_fault
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.sizes import PAGE, MiB
from zoneviz.scenarios import Run, find

DATA = Path(__file__).parent.parent / "data"
ELEMENTS = {Kind.ZINIT: "zinit", Kind.ZALLOC: "zalloc", Kind.ZFREE: "zfree", Kind.ZCRAM: "zcram"}
NOTES = {
    Kind.TASK_CREATE: "task_create",
    Kind.THREAD_CREATE: "thread_create",
    Kind.STACK_ALLOC: "stack_alloc",
    Kind.STACK_FREE: "stack_free",
    Kind.STACK_HANDOFF: "stack_handoff",
    Kind.STACK_COLLECT: "stack_collect",
    Kind.PMAP_CREATE: "pmap_create",
    Kind.PAGEOUT: "vm_pageout_scan",
    Kind.ZONE_GC: "consider_zone_gc",
    Kind.PT_PAGE: "page_table_page_alloc",
}
# The real kernel's event names, by our kinds.
SAME = {"kalloc": "zalloc", "kfree": "zfree", "kmem_init": "kmem", "kmem_alloc_wired": "kmem", "kmem_alloc_aligned": "kmem"}

Row = tuple[str, str, int, int, int]
"""Event, zone or map, address, size, bytes asked for << 1 | fresh; zeros where it has none."""


def real_boot() -> list[Row]:
    """The rows of boot.csv, without its marks."""
    rows: list[Row] = []
    with (DATA / "boot.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            event = row["event"]
            event = "kmem" if event.startswith("kmem") else SAME.get(event, event)
            if event == "MARK":
                continue
            if event in ELEMENTS.values():
                asked = int(row["requested_size"] or 0) << 1 | (row["source"] == "fresh") if event in ("zalloc", "zfree") else 0
                rows.append((event, row["zone_or_map"], int(row["address"], 16), int(row["size"]), asked))
            elif event == "kmem":
                name = row["zone_or_map"] or "kernel_map"
                address = int(row["address"], 16) if row["event"] != "kmem_init" else 0
                rows.append((event, name, address, 0, 0))
            else:
                rows.append((event, "", 0, 0, 0))
    return rows


def our_row(kernel: Kernel, event: Event) -> Row | None:
    """An event as a row of boot.csv; None for kinds that it does not have."""
    kind, subject, address, size, extra = Kind(event[0]), event[5], event[6], event[7], event[8]
    if kind in ELEMENTS:
        asked = extra if kind in (Kind.ZALLOC, Kind.ZFREE) else 0
        return ELEMENTS[kind], kernel.catalog.zones[subject - 1].name, address, size, asked
    if kind in (Kind.KMEM_ALLOC, Kind.KMEM_SUBALLOC):
        return "kmem", kernel.catalog.maps[subject - 1].name, address, 0, 0
    return (NOTES[kind], "", 0, 0, 0) if kind in NOTES else None


def test_boot_equals_the_real_boot_event_for_event() -> None:
    events: list[Event] = []
    kernel = Kernel(profile("upstream-2007"), events.append)
    kernel.boot()
    thread = startup.load_program(kernel)
    # The first steps of the program, up to its first reply port, where boot.csv ends.
    vm_fault.user_touch(kernel, thread.task.map, startup.BSS, 1, True)
    mach_msg.mach_task_self(kernel, thread)
    mach_msg.mach_reply_port(kernel, thread)
    assert kernel.ended is None
    ours = [row for row in (our_row(kernel, event) for event in events) if row is not None]
    real = real_boot()
    assert len(ours) == len(real) == 219
    for number, (mine, theirs) in enumerate(zip(ours, real, strict=True)):
        assert mine == theirs, f"event {number}"
    assert sum(zone.cur_size for zone in kernel.zones.values()) == 32_052


def run_boot(module: str, profile_name: str) -> Kernel:
    """Run the boot scenario."""
    kernel = Kernel(profile(profile_name), lambda event: None)
    kernel.boot()
    scenario = find("boot")
    scenario.start(Run(kernel, scenario.parse({"module": module}), random.Random(1)))
    while kernel.run(100):
        pass
    assert kernel.ended is not None
    assert kernel.ended.outcome == "booted"
    return kernel


def zones(year: str) -> list[dict[str, Any]]:
    data = json.loads((DATA / f"zones{year}.json").read_text())
    found: list[dict[str, Any]] = data["zones"]
    return found


@pytest.mark.parametrize(("year", "name", "limit"), [("", "upstream-2007", "max_size_initial"), ("-2005", "upstream-2005", "max_size")])
def test_the_39_zones_have_the_real_sizes(year: str, name: str, limit: str) -> None:
    kernel = boot(name)
    made = [(z.name, z.elem_size, z.max_size, z.alloc_size, z.flags.split()) for z in kernel.catalog.zones]
    assert made == [(z["name"], z["elem_size"], z[limit], z["alloc_size"], z["flags"]) for z in zones(year)]
    assert len(made) == 39


def test_elements_in_use_at_the_first_user_instruction_of_2007() -> None:
    # zones.json belongs to a boot module without a zero-fill segment: 31,852 bytes, not the 32,052 of boot.csv.
    kernel = run_boot("small", "upstream-2007")
    ours = {z.name: (z.cur_size, z.in_use, len(z.free)) for z in kernel.zones.values()}
    seen = {z["name"]: z["at_boot_first_user_instruction"] for z in zones("")}
    assert sum(size for size, _, _ in ours.values()) == sum(s["cur_size"] for s in seen.values()) == 31_852
    # The real list does not count the zone "zones", whose structure is cut from the bump region directly.
    assert ours == {name: (s["cur_size"], s["in_use"], s["free"]) for name, s in seen.items()}
    assert kernel.zone_map.used == 7 * PAGE


def test_elements_in_use_at_the_first_user_instruction_of_2005() -> None:
    kernel = run_boot("test", "upstream-2005")
    data = json.loads((DATA / "zones-2005.json").read_text())
    ours = {z.name: (z.cur_size, z.in_use) for z in kernel.zones.values()}
    assert ours == {z["name"]: (s["cur_size"], s["in_use"]) for z in zones("-2005") if (s := z["at_boot_first_user_instruction"])}
    assert sum(size for size, _ in ours.values()) == data["sum_cur_size"] == 32_996
    for name in ("kernel_map", "zone_map", "kalloc_map", "ipc_kernel_map", "device_io_map"):
        found, real = kernel.maps[name], data["maps_at_boot"][name]
        assert (found.start, found.end, found.used) == (int(real["min"], 16), int(real["max"], 16), real["used"]), name
    assert kernel.kernel_map.size - kernel.kernel_map.used == 13_131_776


# Free kernel_map after boot in MiB, measured; None: panic kmem_suballoc.
FREE = [
    ("128M", "16M", "40M", 10.54),
    ("128M", "16M", "40M+ram/15", 19.06),
    ("256M", "12M", "40M", 12.52),
    ("256M", "16M", "40M", 8.52),
    ("256M", "16M", "40M+ram/15", 25.58),
    ("256M", "24M", "40M", 0.52),
    ("256M", "24M", "40M+ram/15", 17.58),
    ("256M", "32M", "40M", None),
    ("256M", "32M", "40M+ram/15", 9.58),
    ("1G", "8M", "40M+ram/15", 28.64),
    ("1G", "16M", "40M+ram/15", 20.64),
    ("1G", "24M", "40M+ram/15", 12.64),
]


@pytest.mark.parametrize(("ram", "zone_map", "window", "free"), FREE)
@pytest.mark.parametrize("name", ["debian-2005", "upstream-2007"])
def test_free_kernel_map_after_boot(name: str, ram: str, zone_map: str, window: str, free: float | None) -> None:
    kernel = boot(name, ram=ram, zone_map_size=zone_map, kernel_window=window)
    if free is None:
        assert kernel.ended is not None
        assert kernel.ended.panic is not None
        assert (kernel.ended.panic.text, kernel.ended.panic.memory) == ("kmem_suballoc", "kernel_map")
        assert kernel.ended.panic.call_path[-2:] == ["kmem_suballoc", "panic"]
    else:
        assert (kernel.kernel_map.size - kernel.kernel_map.used) / MiB == pytest.approx(free, abs=0.006)


@pytest.mark.parametrize("ram", ["8M", "1G", "2G"])
def test_only_ram_below_960_mib_becomes_free_pages(ram: str) -> None:
    kernel = boot("upstream-2007", ram=ram)
    assert kernel.ended is None
    bytes_directly_mapped = min(kernel.profile.ram, 960 * MiB)
    assert 0.77 * bytes_directly_mapped < kernel.phys.pages * PAGE < bytes_directly_mapped


@settings(deadline=None, max_examples=150)
@given(
    name=st.sampled_from(["antrik-2005", "debian-2005", "debian-2007", "upstream-2007"]),
    ram=st.integers(8 * MiB, 2048 * MiB),
    zone_map=st.integers(64 * 1024, 64 * MiB),
    window=st.sampled_from(["40M", "40M+ram/15"]),
)
def test_every_machine_boots_or_panics(name: str, ram: int, zone_map: int, window: str) -> None:
    kernel = boot(name, ram=str(ram), zone_map_size=str(zone_map), kernel_window=window)
    if kernel.ended is not None:
        assert kernel.ended.outcome == "panic"
        assert kernel.ended.panic is not None
        assert kernel.ended.panic.text == "kmem_suballoc" or kernel.ended.panic.text.startswith("zalloc: zone kalloc.")
    else:
        assert len(kernel.zones) == 39
        assert 0 <= kernel.kernel_map.used <= kernel.kernel_map.size
    # The state is available whatever happened.
    machine = kernel.machine()
    assert machine["kernel_map"]["size"] == machine["kernel_map"]["used"] + machine["kernel_map"]["free"]


@settings(deadline=None, max_examples=50)
@given(ram=st.integers(8, 1024), zone_map=st.integers(1, 64))
def test_more_zone_map_leaves_less_kernel_map(ram: int, zone_map: int) -> None:
    smaller = boot(ram=f"{ram}M", zone_map_size=f"{zone_map}M")
    larger = boot(ram=f"{ram}M", zone_map_size=f"{zone_map + 1}M")
    if smaller.ended is None and larger.ended is None:
        free = [k.kernel_map.size - k.kernel_map.used for k in (smaller, larger)]
        assert free[0] - free[1] == MiB
    else:
        assert larger.ended is not None


def test_a_machine_with_64_mib_panics_like_the_real_one() -> None:
    # Measured: zone_map 32 MiB on 64 MiB of RAM; the fourth submap does not fit.
    kernel = boot("upstream-2007", ram="64M", zone_map_size="32M")
    assert kernel.ended is not None
    assert kernel.ended.panic is not None
    assert kernel.ended.panic.call_path[-4:] == ["device_service_create", "mach_device_init", "kmem_suballoc", "panic"]
    assert kernel.kernel_map.end == 0x6C22000
    assert kernel.kernel_map.used == 111_484_928
    assert [kernel.maps[name].start for name in ("zone_map", "kalloc_map", "ipc_kernel_map")] == [0x414C000, 0x614C000, 0x694C000]
    assert kernel.phys.wired == 76
    # LOW_PAGES is fitted (docs/fidelity.md): one page is within its uncertainty.
    assert abs(kernel.phys.free - 15_693) <= 1


def test_maps_are_inside_their_parents_and_do_not_overlap() -> None:
    kernel = boot("debian-2007")
    kernel_map, *submaps = kernel.catalog.maps
    assert kernel_map.name == "kernel_map"
    ordered = sorted(submaps, key=lambda m: m.start)
    for before, after in itertools.pairwise(ordered):
        assert before.end <= after.start
    assert all(m.parent == kernel_map.id and kernel_map.start <= m.start < m.end <= kernel_map.end for m in submaps)
