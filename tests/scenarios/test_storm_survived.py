"""storm-survived: the storm of a recording, with its tables where the real kernel put them."""

import csv
from pathlib import Path

import pytest

from tests.scenarios.running import Result, run
from zoneviz.events import Event, Kind

MAPS = Path(__file__).parents[1] / "mach" / "data" / "storm-kalloc-map.csv"


def tables(result: Result) -> list[tuple[str, int, int]]:
    """Every range of kalloc_map allocated or freed: event, bytes, offset."""
    where = result.kernel.kalloc_map

    def row(event: Event) -> tuple[str, int, int]:
        kind, *_, address, size, moved = event
        name = "kmem_free" if kind == Kind.KMEM_FREE else "kmem_realloc" if moved else "kmem_alloc"
        return name, size, address - where.start

    return [row(e) for e in result.events if e[0] in (Kind.KMEM_ALLOC, Kind.KMEM_FREE) and e[5] == where.id]


def test_the_recorded_storm() -> None:
    kernel = {"zone_map_size": "16M", "task_max": "65536", "thread_max": "65536"}
    result = run("storm-survived", kernel=kernel, jitter="0")
    assert (result.ended.outcome, result.ended.panic) == ("finished", None)
    with MAPS.open(newline="") as file:
        assert tables(result) == [(r["event"], int(r["bytes"]), int(r["offset"], 16)) for r in csv.DictReader(file)]
    assert sum(e[0] == Kind.NOTIFY for e in result.events) == 10_000
    # The real kernel: 3,932 and 3. Seeds with another phase of the scheduler's second give 2,011 to 4,055 and 2 to 3,549.
    assert 3_500 < result.kernel.extra["null_threads"] < 4_100
    assert 2 <= result.kernel.extra["ext2fs_threads"] <= 3
    assert result.kernel.messages == 0


@pytest.mark.parametrize("profile", ["upstream-2007", "antrik-2005"])
def test_a_few_files_need_two_threads(profile: str) -> None:
    result = run("storm-survived", profile, clients="2", opens="30")
    assert result.ended.outcome == "finished"
    assert result.kernel.extra == {"null_threads": 2, "ext2fs_threads": 2}
    assert sum(e[0] == Kind.TASK_TERMINATE for e in result.events) == 2


def test_a_server_without_names_ends_the_run_with_an_error() -> None:
    result = run("storm-survived", kernel={"max_task_ports": "300"}, opens="400")
    assert (result.ended.outcome, result.ended.kern_return) == ("error", 6)
