"""A leak from end to end: events of a kernel in, cache, process and call site out."""

import sys
from pathlib import Path

import pytest

from tools.planted_leaks import PLANTED, leaking
from zoneviz.app.diagnosis import diagnose
from zoneviz.app.imports import import_stream
from zoneviz.app.live_spec import LiveSpec
from zoneviz.app.recording_live import record
from zoneviz.errors import EnvironmentProblem
from zoneviz.events import Catalog
from zoneviz.sources.kmem_source import KmemSource

SECONDS = 6.0
"""More than the shortest recording with a verdict."""


def traced() -> str:
    """Lines of ftrace: a process that opens files and keeps them, and one that reads and frees."""
    lines = []
    for i in range(400):
        at = 100 + i / 20
        lines.append(
            f" web-41 [000] .... {at:.6f}: kmem_cache_alloc: call_site=alloc_empty_file+0x4f/0x100 ptr=0xffff88800{i:04x}000 "
            "name=filp bytes_req=232 bytes_alloc=256 gfp_flags=GFP_KERNEL node=-1 accounted=true"
        )
        lines.append(
            f" sh-7 [001] .... {at + 0.01:.6f}: kmalloc: call_site=seq_open+0x1f/0x90 ptr=0xffff88900{i % 8:04x}000 "
            "bytes_req=120 bytes_alloc=128 gfp_flags=GFP_KERNEL node=-1 accounted=false"
        )
        lines.append(f" sh-7 [001] .... {at + 0.02:.6f}: kfree: call_site=seq_release+0x1f/0x90 ptr=0xffff88900{i % 8:04x}000")
    return "\n".join(lines) + "\n"


def test_a_leak_in_a_trace_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "trace.txt").write_text(traced())
    import_stream(str(tmp_path / "trace.txt"), tmp_path / "a.zvz")
    found = diagnose(tmp_path / "a.zvz")
    assert found.verdict == "leak" and found.growth is not None
    (row,) = found.growth
    assert (row.zone, row.task, row.pid, row.elements, row.allocations) == ("filp", "web", 41, 400, 400)
    assert row.call_site.startswith("alloc_empty_file")


def test_a_planted_leak_of_this_kernel(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("the kernel's tracing is that of Linux")
    try:
        KmemSource(Catalog(), buffer=1 << 20).close()
    except EnvironmentProblem as problem:
        pytest.skip(f"this kernel cannot be traced: {problem}")
    pipes = next(planted for planted in PLANTED if planted.name == "pipes")
    with leaking(pipes, SECONDS) as pid:
        record(LiveSpec(stacks=True, pid=pid, seconds=SECONDS, output=tmp_path / "a.zvz"))
    found = diagnose(tmp_path / "a.zvz")
    assert found.verdict == "leak" and found.growth is not None
    first = found.growth[0]
    assert (first.task, first.pid, first.call_site) == ("leak-pipes", pid, "alloc_pipe_info") and first.zone in pipes.caches
    assert any(frame.endswith("sys_pipe2") for frame in first.call_path)
