"""Leaks of which each process leaves a little."""

from pathlib import Path

import pytest

from tests.playback.diagnosis.kmem_events import Stream, evenly, recorded
from zoneviz.playback.diagnosis import Diagnosis, diagnose

EXEC = ("__x64_sys_execve", "load_elf_binary", "kmemdup_noprof")


def processes(count: int, each: int, zone: str = "kmalloc-64", path: tuple[str, ...] = EXEC, first: float = 0.0) -> list[Stream]:
    """Processes that run one after the other from `first` seconds on; each leaves `each` elements and frees twenty others."""
    times = evenly(count, first)
    left = [Stream(zone, f"sh ({1000 + i})", path, [time] * each) for i, time in enumerate(times)]
    return left + [Stream("kmalloc-1k", f"sh ({1000 + i})", ("seq_open",), [time] * 20, life=0.02) for i, time in enumerate(times)]


def found(folder: Path, streams: list[Stream]) -> Diagnosis:
    with recorded(folder / "a.zvz", streams) as recording:
        return diagnose(recording)


def test_many_processes_that_each_leave_an_element(tmp_path: Path) -> None:
    diagnosis = found(tmp_path, processes(200, 1))
    assert diagnosis.verdict == "leak" and diagnosis.growth is not None
    (row,) = diagnosis.growth
    assert (row.zone, row.task, row.pid, row.call_site) == ("kmalloc-64", "sh (200 processes)", None, "kmemdup_noprof")
    assert (row.elements, row.bytes, row.allocations) == (200, 200 * 64, 200) and row.call_path == list(EXEC)
    assert diagnosis.findings[0].sentence.startswith(
        "A leak by sh (200 processes) in the system call execve: 200 of the 200 elements allocated at 1 call site in 20 s"
    )


def test_commands_that_differ_are_counted_only(tmp_path: Path) -> None:
    streams = [Stream("kmalloc-64", f"job{i} ({i})", EXEC, [time]) for i, time in enumerate(evenly(100))]
    diagnosis = found(tmp_path, [*streams, *processes(1, 0)])
    assert diagnosis.growth is not None and [row.task for row in diagnosis.growth] == ["100 processes"]


@pytest.mark.parametrize(
    "streams",
    [
        pytest.param(processes(50, 2), id="few processes"),
        pytest.param(processes(100, 8), id="processes that stay, with their files"),
        pytest.param(processes(100, 1, zone="dentry"), id="what the system takes back"),
        pytest.param(processes(100, 1, path=("dup_task_struct", "alloc_vmap_area")), id="stacks that are kept for the next process"),
        pytest.param(processes(200, 1, first=17.0), id="processes that have just started"),
    ],
)
def test_what_is_not_a_leak_of_many(tmp_path: Path, streams: list[Stream]) -> None:
    assert found(tmp_path, streams).verdict == "no-leak"
