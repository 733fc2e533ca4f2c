"""The running kernel's events with and without filters. Each test starts the process that allocates."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from zoneviz.errors import UsageError
from zoneviz.events import Catalog, Kind, ZoneInfo
from zoneviz.sources import kmem_source, tracing
from zoneviz.sources.kmem_source import KmemSource, _affordable
from zoneviz.sources.wanted import Wanted
from zoneviz.state.rows import Ints

PIPES = 'read go; exec 3<>"$0"; (exec 4<>"$0"; ls / >/dev/null; ls /bin >/dev/null); read stay'
"""Opens a FIFO, then in a child a second time, and lists folders there."""


@contextmanager
def shell(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A shell that runs PIPES when a line is sent to it."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with subprocess.Popen(["/bin/sh", "-c", PIPES, str(fifo)], stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def recorded(root: Path, tmp_path: Path, wanted: Wanted, *, stacks: bool = False) -> tuple[Ints, Catalog, KmemSource, int]:
    """What the shell does, and its pid; a wish for pid 1 means the shell."""
    catalog = Catalog()
    with shell(tmp_path) as process:
        assert process.stdin is not None
        if wanted.pid == 1:
            wanted = Wanted(wanted.only, wanted.min_size, process.pid)
        with KmemSource(catalog, wanted=wanted, stacks=stacks, buffer=16 << 20, root=root) as source:
            process.stdin.write(b"go\n")
            process.stdin.flush()
            time.sleep(0.3)
            process.kill()
            process.wait()
            time.sleep(0.1)
            source.stop()
            rows = source.rows(time.monotonic_ns())
    assert not list((root / "instances").glob(f"zoneviz-{os.getpid()}*"))
    return rows, catalog, source, process.pid


def owners(rows: Ints, catalog: Catalog) -> set[str]:
    return {catalog.task_names[task] for task in rows[rows[:, 0] == Kind.ZALLOC, 2].tolist()}


def zones(rows: Ints, catalog: Catalog) -> set[str]:
    return {catalog.zones[zone - 1].name for zone in rows[rows[:, 0] == Kind.ZALLOC, 5].tolist()}


def test_everything(tracing_root: Path, tmp_path: Path) -> None:
    rows, catalog, source, pid = recorded(tracing_root, tmp_path, Wanted())
    assert f"sh ({pid})" in owners(rows, catalog)
    assert any(name.startswith("ls (") for name in owners(rows, catalog))
    assert {"filp", "dentry"} & zones(rows, catalog)
    assert {thread.name for thread in catalog.threads} <= {f"CPU {number}" for number in range(os.cpu_count() or 1)}
    assert source.counts.allocs > 100


@pytest.mark.parametrize("stacks", [False, True])
def test_a_process_and_its_children(tracing_root: Path, tmp_path: Path, stacks: bool) -> None:
    rows, catalog, source, pid = recorded(tracing_root, tmp_path, Wanted(pid=1), stacks=stacks)
    names = owners(rows, catalog)
    assert f"sh ({pid})" in names and any(name.startswith("ls (") for name in names)
    assert all(name.startswith(("sh (", "ls (")) for name in names), names
    frees = rows[rows[:, 0] == Kind.ZFREE]
    assert len(frees) > 0.5 * source.counts.allocs, "also what others free"
    assert source.counts.unmatched == 0
    if stacks:
        assert any("do_syscall_64" in catalog.paths.frames(path) for path in rows[:, 4].tolist())


def test_caches_and_sizes(tracing_root: Path, tmp_path: Path) -> None:
    rows, catalog, _, _ = recorded(tracing_root, tmp_path, Wanted(only=("kmalloc-*", "dentry"), min_size=64))
    assert zones(rows, catalog) and all(name == "dentry" or name.startswith("kmalloc-") for name in zones(rows, catalog))
    allocs = rows[rows[:, 0] == Kind.ZALLOC]
    assert allocs[:, 7].min() >= 64
    assert np.isin(rows[rows[:, 0] == Kind.ZFREE, 6], allocs[:, 6]).all(), "only what was seen allocated"


def test_a_command(tracing_root: Path, tmp_path: Path) -> None:
    rows, catalog, _, _ = recorded(tracing_root, tmp_path, Wanted(command="ls"))
    assert owners(rows, catalog) and all(name.startswith("ls (") for name in owners(rows, catalog))


def test_what_cannot_match_leaves_nothing_behind(tracing_root: Path) -> None:
    with pytest.raises(UsageError, match="no process"):
        KmemSource(Catalog(), wanted=Wanted(pid=(1 << 22) + 1), root=tracing_root)
    assert not list((tracing_root / "instances").glob(f"zoneviz-{os.getpid()}*"))


def test_a_small_buffer_loses_events_and_says_so(tracing_root: Path) -> None:
    catalog = Catalog()
    with KmemSource(catalog, buffer=64 << 10, root=tracing_root) as source:
        for _ in range(20_000):
            os.close(os.open("/dev/null", os.O_RDONLY))
        source.stop()
        rows = source.rows(time.monotonic_ns())
        lost = rows[rows[:, 0] == Kind.LOST]
        assert 1000 < lost[:, 7].sum() <= source.lost, "a page without room for it does not say how many"
        assert "lost because the kernel's buffer was full" in source.trust[0]
    assert (np.diff(rows[:, 1]) >= 0).all()


def test_a_processor_with_more_than_one_look_reads_holds_back_the_others(tracing_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_LEAST_PAGES", 2)
    monkeypatch.setattr(tracing, "LOOK_PAGES", 1)
    with KmemSource(Catalog(), buffer=8 << 20, root=tracing_root) as source:
        for _ in range(3000):
            os.close(os.open("/dev/null", os.O_RDONLY))
        source.stop()
        looks = [source.rows(time.monotonic_ns())]
        while source.behind:
            looks.append(source.rows(time.monotonic_ns()))
        assert len(looks) > 10 and source.lost == 0
        rows = np.concatenate(looks)
    mine = rows[rows[:, 0] == Kind.ZALLOC]
    assert len(mine) > 3000
    assert (np.diff(rows[:, 1]) >= 0).all() and len(np.unique(mine[:, 1])) > 0.9 * len(mine), "no time is moved"


def test_the_buffers_take_a_part_of_the_available_memory(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:        8000000 kB\nMemFree:          100000 kB\nMemAvailable:     1600000 kB\n")
    assert _affordable(tmp_path / "meminfo") == 200_000 * 1024 // (os.cpu_count() or 1)
    (tmp_path / "meminfo").write_text("MemTotal:        8000000 kB\nMemFree:          100000 kB\n")
    assert _affordable(tmp_path / "meminfo") > 1 << 40, "unknown before 3.14"


def test_a_buffer_smaller_than_asked_for_is_said(tracing_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kmem_source, "_affordable", lambda: 1 << 20)
    with KmemSource(Catalog(), root=tracing_root) as source:
        assert any(said.startswith("The kernel's buffer has 1 MiB for each processor, not 64 MiB: ") for said in source.trust)


def test_nothing_is_left_behind_if_the_processes_cannot_be_read(tracing_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(catalog: Catalog) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(kmem_source, "Tasks", broken)
    with pytest.raises(KeyboardInterrupt):
        KmemSource(Catalog(), root=tracing_root)
    assert not list((tracing_root / "instances").glob(f"zoneviz-{os.getpid()}*"))


def test_the_names_of_merged_caches(tracing_root: Path, tmp_path: Path) -> None:
    catalog = Catalog()
    slab = Path("/sys/kernel/slab")
    links = {path.name: os.readlink(path) for path in slab.iterdir() if path.is_symlink()}
    with KmemSource(catalog, buffer=1 << 20, root=tracing_root) as source:
        assert source.merged == {}, "no cache has been seen"
        catalog.zones += [ZoneInfo(i, name, 64, 0, 0, "") for i, name in enumerate(sorted(links), 1)]
        merged = source.merged
    for name, others in merged.items():
        assert others == sorted(others) and {links[other] for other in others} == {links[name]} and name not in others
    if len(links) > len(set(links.values())):
        assert merged, "some caches are merged here"
