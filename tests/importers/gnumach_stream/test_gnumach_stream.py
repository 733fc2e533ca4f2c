"""Imported streams of a real kernel end with the zones, maps and panic that the kernel reported."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoneviz.events import Catalog, Event, Kind
from zoneviz.importers import ImportReport
from zoneviz.importers.opening import open_stream
from zoneviz.state.machine import MachineState

DATA = Path(__file__).parents[1] / "data"
STREAMS = sorted(path.name.removesuffix(".csv.zst") for path in DATA.glob("*.csv.zst"))


def imported(name: str) -> tuple[ImportReport, list[Event], Catalog, dict[str, Any]]:
    catalog, events = Catalog(), list[Event]()
    with open_stream(DATA / f"{name}.csv.zst") as stream:
        report = stream.read(catalog, events.append, lambda: None)
        assert stream.progress() == 1.0
    return report, events, catalog, json.loads((DATA / f"{name}.json").read_text())


def replayed(events: list[Event], catalog: Catalog) -> MachineState:
    state = MachineState(catalog)
    rows = np.empty((len(events), 10), np.int64)
    rows[:, 0] = np.arange(1, len(events) + 1)
    rows[:, 1:] = events
    state.apply(rows)
    return state


def test_the_streams_exist() -> None:
    assert STREAMS == ["10_forkrun_12m", "12_messages_4000_4m", "14_boot_64m_zonemap32m"]


@pytest.mark.parametrize("name", STREAMS)
def test_every_row_is_an_event(name: str) -> None:
    report, events, _, said = imported(name)
    assert report.lines == report.events == len(events) == said["total_events"]
    assert report.skipped.count == 0
    assert report.notes == []
    assert len(report.checks) > 4 * len(said["final_zones"])
    assert report.mismatches == []
    assert report.sentences() == [f"All {len(report.checks)} figures of the companion file agree."]


@pytest.mark.parametrize("name", STREAMS)
def test_replay_ends_where_the_kernel_ended(name: str) -> None:
    _, events, catalog, said = imported(name)
    machine = replayed(events, catalog).machine()
    finals = {zone["name"]: zone for zone in said["final_zones"]}
    assert [zone["name"] for zone in machine["zones"]] == [zone.name for zone in catalog.zones]
    assert {zone["name"] for zone in machine["zones"]} == set(finals)
    for zone in machine["zones"]:
        final = finals[zone["name"]]
        assert {key: zone[key] for key in ("elem_size", "in_use", "free", "cur_size", "max_size")} == {
            key: final[key] for key in ("elem_size", "in_use", "free", "cur_size", "max_size")
        }, zone["name"]
        assert zone["flags"] == final["flags"].lower()
    for name_ in ("zone_map", "kernel_map", "kalloc_map"):
        given, final = machine[name_], said["final_maps"][name_]
        assert (given["size"], given["used"], given["free"]) == (final["span"], final["used"], final["free"])
    assert machine["zone_map"]["wasted"] == said["zalloc_wasted_space"]
    assert machine["counts"]["tasks"] == finals["tasks"]["in_use"]
    assert machine["counts"]["threads"] == finals["threads"]["in_use"]


def test_panic_of_the_zone_map() -> None:
    report, events, catalog, said = imported("12_messages_4000_4m")
    assert report.outcome == "panic"
    assert report.panic == {
        "text": "zalloc: zone kalloc.4096 exhausted",
        "zone": "kalloc.4096",
        "memory": "zone_map",
        "task": "program",
        "call_path": said["panic_call_path"].split(">"),
    }
    kinds = [event[0] for event in events]
    at = kinds.index(Kind.PANIC)
    assert kinds[at - 1] == Kind.KMEM_FAIL
    assert catalog.names.strings[events[at][5]] == said["outcome"]["panic"]
    state = replayed(events, catalog)
    assert state.panic is not None and state.panic.memory == "zone_map"
    assert state.machine()["counts"]["operations"] == said["operations_done"] == 1019


def test_panic_at_boot_has_no_refusal_before_it() -> None:
    report, _, _, _ = imported("14_boot_64m_zonemap32m")
    assert report.panic is not None
    assert (report.panic["memory"], report.panic["zone"], report.panic["task"]) == ("kernel_map", "", "kernel")


def test_tasks_and_threads_are_known_when_created() -> None:
    report, events, catalog, _ = imported("10_forkrun_12m")
    assert report.outcome == "finished" and report.panic is None
    made = [event for event in events if event[0] == Kind.TASK_CREATE]
    assert [event[5] for event in made] == list(range(1, 9))
    assert all(event[6] for event in made)
    assert [event[8] for event in made] == [0, 0, 2, 3, 4, 5, 6, 7]  # each child forks the next
    addresses = {event[5]: event[6] for event in made}
    ended = [event for event in events if event[0] in (Kind.TASK_TERMINATE, Kind.TASK_DESTROY)]
    assert len(ended) == 12 and all(event[6] == addresses[event[5]] for event in ended)
    threads = [event for event in events if event[0] == Kind.THREAD_CREATE]
    assert [event[5] for event in threads] == list(range(1, 15))
    assert [info.task for info in catalog.threads][-6:] == [3, 4, 5, 6, 7, 8]
    gone = [event for event in events if event[0] == Kind.THREAD_DESTROY]
    assert [event[8] for event in gone] == [catalog.threads[event[5] - 1].task for event in gone]
    shadows = [event for event in events if event[0] == Kind.OBJECT_SHADOW]
    assert len(shadows) == 132 and all(event[6] and event[8] and event[6] != event[8] for event in shadows)
    pmaps = {event[6]: event[5] for event in events if event[0] == Kind.PMAP_CREATE}
    assert sorted(pmaps.values()) == list(range(2, 9))
    state = replayed(events, catalog)
    assert [task.id for task in state.task_states()] == [1, 2]


def test_times_are_ns_and_never_decrease() -> None:
    _, events, _, said = imported("10_forkrun_12m")
    times = [event[1] for event in events]
    assert times == sorted(times)
    assert times[-1] == said["duration_us"] * 1000


def test_a_stream_without_a_companion_file(tmp_path: Path) -> None:
    """The built-in table of zones has the limits and flags of the kernel."""
    for name in STREAMS:
        alone = tmp_path / f"{name}.csv.zst"
        alone.write_bytes((DATA / alone.name).read_bytes())
        catalog = Catalog()
        with open_stream(alone) as stream:
            report = stream.read(catalog, lambda event: None, lambda: None)
        assert report.checks == [] and report.sentences() == []
        assert catalog.zones == imported(name)[2].zones


def test_a_wrong_figure_is_reported(tmp_path: Path) -> None:
    name = STREAMS[-1]
    said = json.loads((DATA / f"{name}.json").read_text())
    said["final_zones"][5]["in_use"] += 3
    said["outcome"] = {"panic": "another"}
    (tmp_path / "x.json").write_text(json.dumps(said))
    (tmp_path / "x.csv.zst").write_bytes((DATA / f"{name}.csv.zst").read_bytes())
    with open_stream(tmp_path / "x.csv.zst") as stream:
        assert stream.about.title == name
        report = stream.read(Catalog(), lambda event: None, lambda: None)
    assert [str(check) for check in report.mismatches] == ["ipc ports: in_use: 13 from the events, 16 in the companion file"]
    assert any("the events another end" in sentence for sentence in report.sentences())
    assert report.as_json()["mismatches"] == [{"what": "ipc ports: in_use", "expected": 16, "found": 13}]
