"""The machine at a moment, computed from the recording alone, against the result of the run."""

from pathlib import Path

import pytest

from zoneviz.app.info import info
from zoneviz.app.running import run
from zoneviz.app.state import state
from zoneviz.errors import InputError
from zoneviz.spec import RunSpec

MACHINE = ("counts", "zone_map", "kernel_map", "kalloc_map", "physical", "zones")
SMALL = ("operation=task_create", "zone_map_size=1M")


@pytest.fixture(scope="module")
def panicked(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path]:
    path = tmp_path_factory.mktemp("state") / "a.zvz"
    result, _ = run(RunSpec("kernel-loop", "upstream-2007", SMALL, output=path))
    assert result["outcome"] == "panic"
    return result, path


@pytest.mark.parametrize("at", ["panic", "end"])
def test_the_state_at_the_end_is_the_result_of_the_run(panicked: tuple[dict[str, object], Path], at: str) -> None:
    result, path = panicked
    found = state(path, at)
    assert {name: found[name] for name in MACHINE} == {name: result[name] for name in MACHINE}
    assert found["event"] == result["events"]
    assert found["simulated_seconds"] == result["simulated_seconds"]


@pytest.mark.parametrize("events", [1, 500, 3000])
def test_a_state_is_the_result_of_a_run_cut_there(panicked: tuple[dict[str, object], Path], events: int, tmp_path: Path) -> None:
    cut, _ = run(RunSpec("kernel-loop", "upstream-2007", SMALL, record=False, max_events=events))
    found = state(panicked[1], str(cut["events"]))
    assert {name: found[name] for name in MACHINE} == {name: cut[name] for name in MACHINE}


def test_servers_and_tasks(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=1M",), output=path))
    found = state(path, "panic")
    proc = next(server for server in found["servers"] if server["name"] == "proc")
    assert proc["threads"] == proc["listening"] + sum(proc["blocked"].values()) and proc["ports"] > found["counts"]["forks"]
    children = [task for task in found["tasks"] if task["name"] == "bomb"]
    # The last ones were still starting.
    assert len(children) > 20 and all(task["pid"] > 1 and task["names"] > 10 and task["threads"] == 2 for task in children[:-3])
    everything = sum(task["threads"] for task in found["tasks"])
    assert found["counts"]["threads"] - everything < 3  # those of the kernel task
    in_use = sum(zone["in_use"] * zone["elem_size"] for zone in found["zones"])
    assert 0 < sum(task["bytes"] for task in found["tasks"]) < in_use


def test_before_the_first_event_there_is_nothing(panicked: tuple[dict[str, object], Path]) -> None:
    found = state(panicked[1], "0")
    assert found["event"] == 0 and found["zones"] == [] and found["zone_map"]["used"] == 0


def test_the_header_says_what_was_run(panicked: tuple[dict[str, object], Path]) -> None:
    result, path = panicked
    header = info(path)
    for name in ("scenario", "profile", "seed", "parameters", "outcome", "events", "digest", "simulated_seconds"):
        assert header[name] == result[name]
    assert header["complete"] and header["kind"] == "simulated" and header["size"] == path.stat().st_size
    assert header["profile_values"]["zone_map_size"] == 1 << 20


def test_an_invalid_file_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "a.zvz").write_text("not SQLite")
    for path in (tmp_path / "a.zvz", tmp_path / "none.zvz", tmp_path):
        with pytest.raises(InputError):
            state(path, "end")
