"""Kernel, recording and player agree on the state of a run."""

import random
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoneviz.app.running import run
from zoneviz.app.state import state
from zoneviz.events import Event
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES, override
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.scenarios import Run, find
from zoneviz.spec import RunSpec
from zoneviz.state.machine import MachineState

PROGRAMS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("kernel-ops", ()),
    ("kernel-loop", (("operation", "fork_like"),)),
    ("kernel-loop", (("operation", "dead_name_storm"), ("count", "300"))),
    ("kernel-loop", (("operation", "thread_send"),)),
    ("kernel-loop", (("operation", "mach_msg_send"), ("message_size", "9000"))),
    ("fork-bomb", ()),
)


class Stop(BaseException):
    """Raised by a sink to stop the kernel at an event."""


def run_to(name: str, params: tuple[tuple[str, str], ...], profile: str, last: int | None) -> tuple[Kernel, list[Event]]:
    """A kernel stopped at event number `last`, and its events."""
    events: list[Event] = []

    def sink(event: Event) -> None:
        events.append(event)
        if len(events) == last:
            raise Stop

    kernel = Kernel(override(PROFILES[profile], "zone_map_size", "256K"), sink)
    try:
        kernel.boot()
        scenario = find(name)
        scenario.start(Run(kernel, scenario.parse(dict(params)), random.Random(1)))
        while kernel.run(10_000):
            pass
    except Stop:
        pass
    return kernel, events


@cache
def length(program: int, profile: str) -> int:
    """The number of events of a complete run."""
    name, params = PROGRAMS[program]
    return len(run_to(name, params, profile, None)[1])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(PROGRAMS) - 1), st.sampled_from(["upstream-2007", "antrik-2005"]), st.floats(0, 1))
def test_state_from_events_equals_the_kernels_state_at_every_event(program: int, profile: str, part: float) -> None:
    last = 1 + int(part * (length(program, profile) - 1))
    name, params = PROGRAMS[program]
    kernel, events = run_to(name, params, profile, last)
    replayed = MachineState(kernel.catalog)
    replayed.apply(np.column_stack([np.arange(1, last + 1), np.array(events, dtype=np.int64)]))
    assert replayed.machine() == kernel.machine()


def record(path: Path, *settings_: str, scenario: str = "fork-bomb") -> dict[str, Any]:
    """Record a run to `path`. Its result."""
    return run(RunSpec(scenario=scenario, settings=settings_, output=path))[0]


def test_a_run_its_recording_and_its_player_agree(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    result = record(path, "zone_map_size=256K")
    assert result["outcome"] == "panic"
    assert result["panic"]["memory"] == "zone_map"
    at_panic = state(path, "panic")
    for part in ("counts", "zone_map", "kernel_map", "kalloc_map", "physical", "zones"):
        assert at_panic[part] == result[part]
    with Recording(path) as recording:
        player = Player(recording)
        player.seek(recording.event_count)
        assert player.state.machine()["zones"] == result["zones"]
        middle = recording.event_count // 2
        player.seek(middle)
        there = player.state.machine()
        player.step(1)
        player.step(-1)
        assert player.state.machine() == there


def test_the_same_run_gives_the_same_recording(tmp_path: Path) -> None:
    first, second = (record(tmp_path / name, "zone_map_size=128K") for name in ("a.zvz", "b.zvz"))
    assert first["digest"] == second["digest"]
    with Recording(tmp_path / "a.zvz") as one, Recording(tmp_path / "b.zvz") as other:
        assert (one.events() == other.events()).all()


@pytest.mark.parametrize(
    ("profile", "memory"),
    [("antrik-2005", "ipc_spaces"), ("debian-2005", "zone_map")],
)
def test_the_profile_decides_which_memory_a_fork_bomb_uses_up(profile: str, memory: str) -> None:
    kernel = Kernel(PROFILES[profile], lambda event: None)
    kernel.boot()
    scenario = find("fork-bomb")
    scenario.start(Run(kernel, scenario.parse({}), random.Random(1)))
    while kernel.run(100_000):
        pass
    assert kernel.ended is not None
    assert kernel.ended.panic is not None
    assert kernel.ended.panic.memory == memory
    assert kernel.forks > kernel.operations > 500
