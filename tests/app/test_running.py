"""A run from start to end."""

from pathlib import Path

from zoneviz.app.running import Progress, run
from zoneviz.app.spec import recordings_folder
from zoneviz.spec import RunSpec

SPEC = RunSpec("kernel-loop", "upstream-2007", ("operation=mach_port_allocate", "zone_map_size=1M"))


def test_progress_is_reported_up_to_the_end() -> None:
    reports: list[Progress] = []
    result, path = run(SPEC, reports.append)
    assert reports[-1].events == result["events"]
    assert (reports[-1].used, reports[-1].size) == (result["zone_map"]["used"], 1 << 20)
    assert [p.events for p in reports] == sorted(p.events for p in reports)
    assert path is not None and path.parent == recordings_folder() and path.suffix == ".zvz"


def test_a_run_can_be_stopped(tmp_path: Path) -> None:
    result, path = run(RunSpec("fork-bomb", output=tmp_path / "a.zvz"), should_stop=lambda: True)
    assert result["outcome"] == "interrupted" and path == tmp_path / "a.zvz"


def test_the_result_has_the_parts_of_the_contract() -> None:
    result, path = run(RunSpec(SPEC.scenario, SPEC.profile, SPEC.settings, record=False))
    assert path is None
    assert list(result) == [
        "scenario",
        "profile",
        "seed",
        "parameters",
        "outcome",
        "kern_return",
        "panic",
        "counts",
        "zone_map",
        "kernel_map",
        "kalloc_map",
        "physical",
        "zones",
        "events",
        "digest",
        "simulated_seconds",
        "wall_seconds",
        "kernel",
    ]
    assert list(result["panic"]) == ["text", "zone", "memory", "task", "call_path"]
    assert list(result["counts"]) == ["operations", "forks", "processes", "tasks", "threads", "ports", "messages"]
    assert list(result["zone_map"]) == ["size", "used", "free", "wasted"]
    assert list(result["kernel_map"]) == list(result["kalloc_map"]) == ["size", "used", "free"]
    assert list(result["physical"]) == ["pages", "free", "wired"]
    assert list(result["zones"][0]) == ["name", "elem_size", "in_use", "free", "cur_size", "max_size", "flags"]
