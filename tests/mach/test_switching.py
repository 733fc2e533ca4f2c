"""Settings switched while a kernel runs, and tasks killed."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoneviz.app.running import run as run_it
from zoneviz.app.simulation import Simulation
from zoneviz.app.verify import verify
from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.mach.switching import Switch, apply, parse
from zoneviz.recording import Batch
from zoneviz.spec import RunSpec
from zoneviz.state.machine import MachineState

BOMB = {"zone_map_size": "640K", "rate": "0"}


def events(settings: dict[str, str], scenario: str = "fork-bomb", slices: float = 0.2) -> tuple[np.ndarray[Any, Any], Simulation]:
    rows: list[np.ndarray[Any, Any]] = []

    def take(batch: Batch) -> None:
        rows.append(batch.rows[:, 1:].copy())

    run = Simulation(RunSpec(scenario, settings=settings, record=False), take=take)
    while run.advance(slices):
        pass
    return np.concatenate(rows), run


def test_a_switch_changes_nothing_before_its_event_and_does_not_depend_on_slices() -> None:
    plain, without = events(BOMB)
    at = len(plain) - 8_000
    switched, run = events(BOMB | {"switch": f"max_processes=8@{at}"})
    again, _ = events(BOMB | {"switch": f"max_processes=8@{at}"}, slices=0.001)
    assert hashlib.blake2b(switched.tobytes()).digest() == hashlib.blake2b(again.tobytes()).digest()
    first = int(np.flatnonzero((switched[: len(plain)] != plain[: len(switched)]).any(axis=1))[0])
    assert first >= at and switched[first, 0] == Kind.MARK
    assert (without.result()["outcome"], run.result()["outcome"]) == ("panic", "error")
    assert run.result()["parameters"]["switch"] == f"max_processes=8@{at}"


def test_a_killed_bomb_stops() -> None:
    plain, _ = events(BOMB)
    _, run = events(BOMB | {"switch": f"kill=bomb@{len(plain) - 8_000}"})
    assert run.result()["outcome"] == "finished"
    assert not [task for task in run.kernel.tasks.values() if task.name == "bomb"]
    assert run.result()["zone_map"]["free"] >= 0


@pytest.mark.parametrize("before_the_end", [10_000, 6_000, 3_000])
def test_a_task_killed_while_it_runs_leaves_what_the_events_say(before_the_end: int) -> None:
    at = len(events(BOMB)[0]) - before_the_end
    killed, run = events(BOMB | {"switch": f"kill=bomb@{at}"})
    state = MachineState(run.catalog)
    state.apply(np.column_stack((np.arange(1, len(killed) + 1), killed)))
    assert state.machine() == run.kernel.machine()


def test_a_recorded_switch_is_repeated(tmp_path: Path) -> None:
    path = tmp_path / "killed.zvz"
    run_it(RunSpec("fork-bomb", settings=BOMB | {"switch": "kill=bomb@155000"}, output=path))
    found = verify(path)
    assert found["ok"] and found["reproduced"]


def test_a_policy_switched_at_boot_is_that_of_the_profile_in_servers_that_start_later() -> None:
    few = {"processes": "2", "opens": "30"}
    from_boot, _ = events(few | {"libports": "pool"}, "ports-to-dev-null")
    switched, run = events(few | {"switch": "libports=pool@10"}, "ports-to-dev-null")
    assert run.kernel.switched and run.kernel.profile.libports == "pool"
    mark = int(np.flatnonzero(switched[:, 0] == Kind.MARK)[0])
    at = np.arange(len(switched)) != mark
    assert (switched[at][:, 0] == from_boot[:, 0]).all() and (switched[at][:, 7] == from_boot[:, 7]).all()


def test_ports_of_users_are_counted_from_the_switch_on() -> None:
    limited = Simulation(RunSpec("port-leak", settings={"max_user_ports": "4000"}, record=False, max_events=60_000))
    free = Simulation(RunSpec("port-leak", record=False, max_events=60_000))
    for run in (limited, free):
        while run.advance(1.0):
            pass
    apply(free.kernel, "max_user_ports", "4000")
    counted = {user: count for user, count in free.kernel.user_ports.items() if count}
    assert counted == {user: count for user, count in limited.kernel.user_ports.items() if count}


def test_switches_are_read_and_written() -> None:
    read = parse("kill=null@30,000;max_threads=64@25000")
    assert read == (Switch(25_000, "max_threads", "64"), Switch(30_000, "kill", "null"))
    assert parse("; ".join(map(str, read))) == read
    spec = RunSpec("boot", settings=("switch=max_threads=64@25000",))
    assert spec.reduced().settings == {"switch": "max_threads=64@25000"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_threads=64", "NAME=VALUE@EVENT"),
        ("zone_map_size=8M@5", "cannot be switched while a kernel runs"),
        ("max_threads=3@5", "max_threads='3' is not"),
        ("kill=@5", "needs the name"),
        ("max_threads=64@soon", "NAME=VALUE@EVENT"),
    ],
)
def test_what_cannot_be_switched_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        RunSpec("boot", settings={"switch": text}).resolve()
