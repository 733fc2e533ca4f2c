"""Allocations of the running kernel, and of pages built as it writes them."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from zoneviz.events import Catalog, Kind
from zoneviz.sources.kallsyms import Symbols
from zoneviz.sources.linux_kmem import ALLOCATING, EVENTS, Flags, LinuxKmem, Tasks, Zones, read
from zoneviz.sources.tracing import Tracing

NEW = '{(unsigned long)((( gfp_t)((((1UL))) << (22)))), "__GFP_ACCOUNT"}, {( unsigned long)(( gfp_t)((((1UL))) << (0))), "GFP_DMA"}'
OLD = '{(unsigned long)(((gfp_t)0x100000u)), "__GFP_ACCOUNT"}, {(unsigned long)(((gfp_t)0x10u)), "__GFP_RECLAIMABLE"}'


def test_flags_are_read_from_the_print_format_of_new_and_old_kernels() -> None:
    assert Flags.of(NEW) == Flags(1 << 22, 0, 1)
    assert Flags.of(OLD) == Flags(0x100000, 0x10, 0)


@pytest.mark.parametrize("stacks", [False, True])
def test_pipes_that_stay_open_are_seen_with_cache_owner_and_function(tracing_root: Path, stacks: bool) -> None:
    catalog = Catalog()
    flags = Flags.of((tracing_root / "events/kmem/kmalloc/format").read_text())
    symbols = Symbols(Path("/proc/kallsyms").read_text())
    asked = [f"kmem/{name}" for name in ALLOCATING] if stacks else []
    opened = []
    try:
        with Tracing(tracing_root, EVENTS, stacks=asked, buffer=8 << 20) as tracing:
            kmem = LinuxKmem(tracing.formats, flags, catalog, symbols, Zones(catalog), Tasks(catalog), sized=True)
            opened = [os.pipe() for _ in range(100)]
            tracing.stop()
            rows = read(tracing, kmem, time.monotonic_ns() + 1_000_000_000)
    finally:
        for pair in opened:
            os.close(pair[0])
            os.close(pair[1])
    mine = {task.id for task in catalog.tasks if task.name.endswith(f"({os.getpid()})")}
    assert len(mine) == 1
    pipes = {path for path in range(len(catalog.paths.rows)) if catalog.paths.rows[path][1] == "alloc_pipe_info"}
    allocs = rows[(rows[:, 0] == Kind.ZALLOC) & np.isin(rows[:, 2], list(mine)) & np.isin(rows[:, 4], list(pipes))]
    zones = {catalog.zones[zone - 1].name for zone in allocs[:, 5].tolist()}
    assert zones and all(name.startswith("kmalloc") for name in zones)
    inodes = [address for address in kmem.ledger.live[:, 0].tolist() if address in set(allocs[:, 6].tolist())]
    assert len(inodes) >= 100
    if stacks:
        assert any("do_pipe2" in catalog.paths.frames(path) for path in set(allocs[:, 4].tolist()))
    assert (np.diff(rows[:, 1]) >= 0).all()


def test_a_pid_that_is_used_again_is_another_task(tmp_path: Path) -> None:
    catalog = Catalog()
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text("Name:\tsh\nTgid:\t7\n")
    (tmp_path / "8").mkdir()
    (tmp_path / "8" / "status").write_text("Name:\tworker\nTgid:\t7\n")
    tasks = Tasks(catalog, tmp_path)
    first = tasks.id(7)
    assert tasks.id(8) == first, "a thread belongs to its process"
    tasks.executed(7, "find")
    assert tasks.id(7) == first
    tasks.forked(7, "sh")
    assert tasks.id(7) != first
    assert catalog.task_names[first] == "find (7)"
    assert tasks.id(9) not in (first, tasks.id(7)), "a process that has gone"
    assert catalog.task_names[tasks.id(9)] == "pid 9"
