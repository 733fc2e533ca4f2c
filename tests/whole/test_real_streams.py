"""Complete runs of the real kernel: the model allocates the same elements, at the same addresses, in the same order.

The streams are in tests/importers/data. ZONEVIZ_STREAMS names a folder with more of them; missing ones are skipped.
"""

import csv
import io
import os
import random
from pathlib import Path

import pytest
import zstandard

from zoneviz.events import Event, Kind
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES, override
from zoneviz.scenarios import Run, find

Step = tuple[str, str, int, int]

HERE = Path(__file__).parents[1] / "importers" / "data"
FOLDERS = [HERE, Path(os.environ.get("ZONEVIZ_STREAMS", HERE))]
RUNS = {
    "01_fork_like_2m": ("kernel-loop", {"operation": "fork_like"}, {"zone_map_size": "2M"}),
    "03_task_create_12m": ("kernel-loop", {"operation": "task_create"}, {}),
    "08_dead_name_10000_12m": ("kernel-loop", {"operation": "dead_name_storm", "count": "10000"}, {}),
    "12_messages_4000_4m": ("kernel-loop", {"operation": "mach_msg_send"}, {"zone_map_size": "4M"}),
    "14_boot_64m_zonemap32m": ("boot", {}, {"ram": "64M", "zone_map_size": "32M"}),
}


def simulated(name: str) -> tuple[Kernel, list[Event]]:
    """Run the workload of a stream on the model."""
    scenario_name, params, values = RUNS[name]
    profile = PROFILES["upstream-2007"]
    for key, value in values.items():
        profile = override(profile, key, value)
    events: list[Event] = []
    kernel = Kernel(profile, events.append)
    kernel.boot()
    if kernel.ended is None:
        scenario = find(scenario_name)
        scenario.start(Run(kernel, scenario.parse(params), random.Random(1)))
        while kernel.run(100_000):
            pass
    return kernel, events


def steps_of_model(kernel: Kernel, events: list[Event]) -> list[Step]:
    """The steps of the model, in terms common to both."""
    zones, maps = kernel.catalog.zones, kernel.catalog.maps
    out: list[Step] = []
    for kind, _, _, _, _, subject, address, size, _ in events:
        if kind == Kind.ZALLOC or kind == Kind.ZFREE:
            out.append(("zalloc" if kind == Kind.ZALLOC else "zfree", zones[subject - 1].name, address, 0))
        elif kind in (Kind.KMEM_ALLOC, Kind.KMEM_SUBALLOC) and address:
            out.append(("kmem_alloc", maps[subject - 1].name, address, size))
        elif kind == Kind.KMEM_FREE:
            out.append(("kmem_free", maps[subject - 1].name, address, size))
        elif kind == Kind.RPC:
            out.append(("rpc", "", subject, 0))
        elif kind == Kind.OBJECT_SHADOW:
            out.append(("vm_object_shadow", "", address, size))
        elif kind == Kind.ZEXTEND:
            out.append(("zget_space_extend", "", address, 0))
    return out


def steps_of_stream(path: Path) -> list[Step]:
    """The steps of the real kernel."""
    out: list[Step] = []
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as plain:
        for row in csv.DictReader(io.TextIOWrapper(plain, "utf-8")):
            event, where = row["event"], row["zone_or_map"]
            address, size = int(row["address"] or "0", 16), int(row["size"] or 0)
            if where == "kalloc_map" and event in ("kalloc", "kfree"):
                event = "kmem_" + event.replace("kalloc", "alloc").replace("kfree", "free")
            if event in ("zalloc", "kalloc", "zfree", "kfree"):
                if address:
                    out.append(("zalloc" if event.endswith("alloc") else "zfree", where, address, 0))
            elif event in ("kmem_alloc", "kmem_alloc_wired", "kmem_alloc_aligned", "kmem_realloc", "kmem_suballoc"):
                if address:
                    out.append(("kmem_alloc", where, address, size))
            elif event == "kmem_free":
                out.append(("kmem_free", where, address, size))
            elif event == "rpc":
                out.append(("rpc", "", int(row["detail"].split("msgh_id=")[1].split()[0]), 0))
            elif event == "vm_object_shadow":
                out.append(("vm_object_shadow", "", address, size))
            elif event == "zget_space_extend":
                out.append(("zget_space_extend", "", int(row["detail"].split("space_end=")[1].split()[0], 16), 0))
    return out


@pytest.mark.parametrize("name", RUNS)
def test_the_model_does_what_the_real_kernel_did(name: str) -> None:
    path = next((p for p in (folder / f"{name}.csv.zst" for folder in FOLDERS) if p.exists()), None)
    if path is None:
        pytest.skip(f"the stream {name} is missing")
    kernel, events = simulated(name)
    mine, real = steps_of_model(kernel, events), steps_of_stream(path)
    for number, (ours, theirs) in enumerate(zip(mine, real, strict=False)):
        assert ours == theirs, f"step {number} of {len(real)}"
    assert len(mine) == len(real)
