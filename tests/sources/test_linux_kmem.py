"""Allocations of the running kernel, and of pages built as it writes them."""

import os
import re
import struct
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.sources.formats import KERNELS, Recorded, captured, formats
from zoneviz.events import Catalog, Kind
from zoneviz.importers.kmem import Counts
from zoneviz.sources.kallsyms import Symbols
from zoneviz.sources.linux_caches import INFERRED, Zones
from zoneviz.sources.linux_kmem import ALLOCATIONS, EVENTS, LinuxKmem
from zoneviz.sources.owners import Tasks
from zoneviz.sources.ringbuffer import Format, decode
from zoneviz.sources.tracing import Tracing
from zoneviz.state.rows import Ints

TEXT = """ffffffff81000000 t do_one
ffffffff81000100 t do_two
ffffffff81000200 t kmem_cache_alloc_noprof
"""
ONE, TWO = 0xFFFFFFFF81000010, 0xFFFFFFFF81000110
A, B, C = (0xFFFF888004A2C000 + 64 * i for i in range(3))
END = 1 << 60


def brief(rows: Ints, catalog: Catalog) -> list[tuple[str, str, int, int]]:
    """Kind, zone, size and bytes asked for of each event about an element."""
    names = [zone.name for zone in catalog.zones]
    found = rows[np.isin(rows[:, 0], (Kind.ZALLOC, Kind.ZFREE))].tolist()
    return [(Kind(row[0]).name, names[row[5] - 1], row[7], row[8] >> 1) for row in found]


@pytest.mark.parametrize("kernel", KERNELS)
def test_events_of_older_kernels(kernel: str, tmp_path: Path) -> None:
    machine = Recorded(formats(kernel), tmp_path, TEXT)
    old = "kmalloc_node" in machine.formats
    machine.event("kmalloc", call_site=ONE, ptr=A, bytes_req=50, bytes_alloc=64, gfp_flags=0xCC0)
    machine.event("kmalloc", call_site=ONE, ptr=B, bytes_req=50, bytes_alloc=64, gfp_flags=0x400CC0)
    machine.event("kmem_cache_alloc_node" if old else "kmem_cache_alloc", call_site=TWO, ptr=C, bytes_req=190, bytes_alloc=192)
    machine.event("kmem_cache_free", call_site=TWO, ptr=C, name="dentry")
    machine.event("kfree", call_site=TWO, ptr=A)
    rows = machine.rows()
    inferred = "do_two 192 (inferred)"
    assert brief(rows, machine.catalog) == [
        ("ZALLOC", "kmalloc-64", 64, 50),
        ("ZALLOC", "kmalloc-cg-64", 64, 50),
        ("ZALLOC", inferred, 192, 190),
        ("ZFREE", inferred, 192, 190),
        ("ZFREE", "kmalloc-64", 64, 50),
    ]
    machine.event("kmem_cache_alloc", call_site=TWO, ptr=C, bytes_req=190, bytes_alloc=192)
    later = "dentry" if "name" in machine.formats["kmem_cache_free"].fields else inferred
    assert brief(machine.rows(), machine.catalog) == [("ZALLOC", later, 192, 190)], "a free has named the cache"
    assert machine.catalog.paths.text(int(rows[-1, 4])) == "do_two"


@pytest.mark.parametrize("kernel", KERNELS)
def test_owners_and_stacks_of_older_kernels(kernel: str, tmp_path: Path) -> None:
    machine = Recorded(formats(kernel), tmp_path, TEXT)
    machine.event("task_newtask", common_pid=5, pid=7, comm="sh", clone_flags=0)
    machine.event("kmalloc", common_pid=7, call_site=ONE, ptr=A, bytes_alloc=64)
    machine.event("sched_process_exec", common_pid=7, pid=7, old_pid=7, filename="/usr/bin/a-long-command-name")
    machine.event("kmalloc", common_pid=7, call_site=ONE, ptr=B, bytes_alloc=64)
    machine.stack(0xFFFFFFFF81000210, ONE, TWO)
    machine.event("kmalloc", common_pid=7, common_flags=0x10, call_site=TWO, ptr=C, bytes_alloc=64)
    machine.event("sched_process_exit", common_pid=7, pid=7, comm="a-long-command-")
    rows = machine.rows()
    allocs = rows[rows[:, 0] == Kind.ZALLOC]
    names = machine.catalog.task_names
    assert [names[task] for task in allocs[:, 2].tolist()] == ["sh (7)", "a-long-command-name (7)", "interrupts (softirq)"]
    assert [machine.catalog.paths.text(path) for path in allocs[:, 4].tolist()] == ["do_one", "do_two > do_one", "do_two"]


def test_an_interrupt_may_come_between_an_event_and_its_stack(tmp_path: Path) -> None:
    machine = Recorded(formats("6.6"), tmp_path, TEXT)
    machine.event("kmalloc", common_pid=7, call_site=ONE, ptr=A, bytes_alloc=64)
    machine.event("kfree", common_pid=7, common_flags=0x10, call_site=TWO, ptr=C)
    machine.event("kmalloc", common_pid=7, common_flags=0x10, call_site=TWO, ptr=B, bytes_alloc=64)
    machine.stack(TWO)
    machine.stack(ONE, TWO)
    allocs = machine.rows()
    paths = [machine.catalog.paths.text(path) for path in allocs[allocs[:, 0] == Kind.ZALLOC, 4].tolist()]
    assert paths == ["do_two > do_one", "do_two"]


def test_processors_are_threads_and_their_events_are_merged_by_time(tmp_path: Path) -> None:
    machine = Recorded(formats("6.6"), tmp_path, TEXT)
    machine.event("kmalloc", cpu=1, call_site=ONE, ptr=A, bytes_alloc=64)
    machine.event("kfree", cpu=0, call_site=ONE, ptr=A)
    rows = machine.rows()
    assert rows[:, [0, 3]].tolist() == [[Kind.ZINIT, 0], [Kind.ZALLOC, 2], [Kind.ZFREE, 1]]
    assert [thread.name for thread in machine.catalog.threads] == ["CPU 0", "CPU 1"]


def test_events_of_the_same_nanosecond_keep_their_order(tmp_path: Path) -> None:
    machine = Recorded(formats("6.6"), tmp_path, TEXT)
    for _ in range(20):
        machine.event("kmem_cache_alloc", time=1000, call_site=ONE, ptr=A, bytes_alloc=64)
        machine.event("kmem_cache_free", time=1000, call_site=ONE, ptr=A, name="dentry")
        machine.event("kmalloc", time=1000, call_site=ONE, ptr=A, bytes_alloc=64)
        machine.event("kfree", time=1000, call_site=ONE, ptr=A)
    machine.rows()
    assert machine.kmem.ledger.counts == Counts(allocs=40, frees=40)


def test_events_after_the_given_time_wait(tmp_path: Path) -> None:
    machine = Recorded(formats("6.6"), tmp_path, TEXT)
    machine.event("kmalloc", time=1000, call_site=ONE, ptr=A, bytes_alloc=64)
    machine.event("task_rename", time=1500, pid=9, newcomm="late")
    machine.event("kmalloc", time=2000, common_pid=9, call_site=ONE, ptr=B, bytes_alloc=64)
    assert machine.rows(1200)[:, 1].tolist() == [1000, 1000]
    assert machine.rows(3000)[:, 1].tolist() == [2000]
    assert "late (9)" in machine.catalog.task_names.values()


def test_gaps_are_events_at_their_time_and_frees_that_are_missing_are_implied(tmp_path: Path) -> None:
    machine = Recorded(formats("6.6"), tmp_path, TEXT)
    machine.event("kmalloc", cpu=1, time=1000, call_site=ONE, ptr=A, bytes_alloc=64)
    machine.rows(1100)
    machine.lose(cpu=1, count=1234)
    machine.event("kmalloc", cpu=1, time=2000, call_site=ONE, ptr=A, bytes_alloc=64)
    rows = machine.rows()
    assert [Kind(row[0]).name for row in rows.tolist()] == ["LOST", "ZFREE", "ZALLOC"]
    assert rows[0].tolist() == [Kind.LOST, 2000, 0, 2, 0, 2, 0, 1234, 0]
    assert machine.kmem.ledger.counts.implied == 1


def test_only_zones_and_processes_that_are_wanted(tmp_path: Path) -> None:
    machine = Recorded(formats("6.6"), tmp_path, TEXT, partial=True, owned=True, keep=lambda name: name == "kmalloc-64")
    machine.event("kmalloc", common_pid=7, call_site=ONE, ptr=A, bytes_alloc=64)
    machine.event("kmalloc", common_pid=7, call_site=ONE, ptr=B, bytes_alloc=128)
    machine.event("kmalloc", common_pid=7, common_flags=0x08, call_site=ONE, ptr=C, bytes_alloc=64)
    for pointer in (A, B, C):
        machine.event("kfree", common_pid=8, call_site=ONE, ptr=pointer)
    machine.event("kmem_cache_free", call_site=ONE, ptr=B, name="kmalloc-64")
    assert [row[:2] for row in brief(machine.rows(), machine.catalog)] == [("ZALLOC", "kmalloc-64"), ("ZFREE", "kmalloc-64")]
    assert machine.kmem.ledger.counts.unmatched == 0, "others are not missing their allocations"


@pytest.mark.parametrize("stacks", [False, True])
def test_pipes_that_stay_open_are_seen_with_cache_owner_and_function(tracing_root: Path, stacks: bool) -> None:
    catalog = Catalog()
    symbols = Symbols(Path("/proc/kallsyms").read_text())
    asked = ALLOCATIONS if stacks else ()
    opened = []
    try:
        with Tracing(tracing_root, EVENTS, stacks=asked, buffer=8 << 20) as tracing:
            kmem = LinuxKmem(tracing.formats, catalog, symbols, Zones(catalog), Tasks(catalog), sized=True)
            opened = [os.pipe() for _ in range(100)]
            tracing.stop()
            rows = kmem.rows(decode(tracing.read(), tracing.layout), time.monotonic_ns())
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


def test_a_damaged_page_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    machine = Recorded(formats("6.6"), tmp_path, TEXT)
    machine.event("kmalloc", call_site=ONE, ptr=A, bytes_alloc=64)
    machine.raw(struct.pack("<HHI", machine.formats["kmem_cache_free"].id, 0, 7))  # cut: its text is beyond the page
    assert brief(machine.rows(), machine.catalog)[0][:2] == ("ZALLOC", "kmalloc-64")


def real(forms: dict[str, Format], *batches: list[bytes]) -> tuple[list[Ints], Catalog, LinuxKmem]:
    """The events of pages of the real machine, batch by batch."""
    _, layout, _, symbols = captured()
    catalog = Catalog()
    kmem = LinuxKmem(forms, catalog, symbols, Zones(catalog), Tasks(catalog, Path("/nonexistent")), sized=True)
    return [kmem.rows(decode(pages, layout), END) for pages in batches], catalog, kmem


def test_allocations_of_a_real_machine() -> None:
    pages, _, forms, _ = captured()
    (rows,), catalog, kmem = real(forms, pages)
    assert kmem.ledger.counts == Counts(allocs=896, frees=1072, null_frees=233, unmatched=344, implied=6)
    kinds = Counter(Kind(kind).name for kind in rows[:, 0].tolist())
    assert kinds == {"LOST": 2, "ZINIT": 21, "ZALLOC": 896, "ZFREE": 1072 - 344 + 6}
    allocs = rows[rows[:, 0] == Kind.ZALLOC]
    zones = Counter(catalog.zones[zone - 1].name for zone in allocs[:, 5].tolist())
    assert zones.most_common(3) == [("names_cache", 465), ("maple_node", 140), ("vm_area_struct", 116)]
    owners = Counter(re.sub(r"\d+", "N", catalog.task_names[task]) for task in allocs[:, 2].tolist())
    assert owners == {"find (N)": 446, "true (N)": 340, "sh (N)": 109, "pid N": 1}
    stacks = {catalog.paths.text(path) for path in allocs[:, 4].tolist()}
    call = "entry_SYSCALL_64_after_hwframe > do_syscall_64 > "
    assert call + "__x64_sys_execve > do_execveat_common.isra.0 > bprm_execve > load_elf_binary > load_elf_phdrs" in stacks


def test_caches_that_are_not_named_are_learned_from_frees() -> None:
    pages, layout, forms, _ = captured()
    form = forms["kmem_cache_alloc"]
    unnamed = {**forms, "kmem_cache_alloc": replace(form, fields={name: field for name, field in form.fields.items() if name != "name"})}
    half = layout.size * 9
    batches = [part[:half] for part in pages], [part[half:] for part in pages]
    named: list[str] = []
    inferred: list[str] = []
    for into, kinds in ((named, forms), (inferred, unnamed)):
        (_, rows), catalog, _ = real(kinds, *batches)
        into += [catalog.zones[zone - 1].name for zone in rows[rows[:, 0] == Kind.ZALLOC, 5].tolist()]
    assert len(named) == len(inferred) > 300
    wrong = Counter(pair for pair in zip(named, inferred, strict=True) if pair[0] != pair[1])
    assert all(name.endswith(INFERRED) for _, name in wrong), "no allocation is counted in another cache"
    assert wrong.total() < 0.2 * len(named), "only caches without a free so far are not named"
