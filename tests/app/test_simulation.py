"""Driving a kernel: slices, commits, ends and failures. tests/mach tests the kernel itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.fake_kernel import FakeKernel
from zoneviz.app import simulation as module
from zoneviz.app.simulation import Simulation
from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

EVENTS = 1 + 3 * FakeKernel.last + 1


class Clock:
    """A wall clock that advances by a millisecond with each call."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeKernel]]:
    class Kernel(FakeKernel):
        pass

    monkeypatch.setattr(module, "Kernel", Kernel)
    yield Kernel


def scenario(tmp_path: Path, body: str = "pass") -> str:
    path = tmp_path / "own.py"
    path.write_text(f"from zoneviz.scenarios import Scenario\n\ndef start(run):\n    {body}\n\nSCENARIO = Scenario('own', 'mine', start)\n")
    return str(path)


@pytest.fixture
def spec(tmp_path: Path) -> RunSpec:
    return RunSpec(scenario(tmp_path), seed=5, output=tmp_path / "a.zvz")


def test_a_run_continues_until_the_kernel_ends(spec: RunSpec) -> None:
    simulation = Simulation(spec, clock=Clock())
    assert not simulation.ended and simulation.events == 0
    with pytest.raises(ValueError, match="not ended"):
        simulation.result()
    while simulation.advance(0.01):
        pass
    result = simulation.result()
    assert simulation.ended and not simulation.advance(1) and not simulation.step()
    assert (result["scenario"], result["profile"], result["seed"], result["outcome"]) == ("own", "antrik-2005", 5, "panic")
    assert result["panic"] == {
        "text": "zalloc: zone tasks exhausted",
        "zone": "tasks",
        "memory": "zone_map",
        "task": "bomb",
        "call_path": ["task_create", "zalloc"],
    }
    assert result["events"] == EVENTS and result["simulated_seconds"] == EVENTS / 1e6
    assert 0 < result["wall_seconds"] < 10
    with Recording(str(spec.output)) as recording:
        assert recording.complete and recording.event_count == EVENTS
        assert recording.header.digest == result["digest"]
        assert (recording.header.outcome, recording.header.panic_zone) == ("panic", "tasks")
        assert recording.header.result["counts"] == result["counts"]


def test_events_do_not_depend_on_the_slices(spec: RunSpec, tmp_path: Path) -> None:
    digests = set()
    for number, seconds in enumerate((0.0, 0.004, 0.1, 10.0)):
        simulation = Simulation(RunSpec(spec.scenario, output=tmp_path / f"{number}.zvz"), clock=Clock())
        while simulation.advance(seconds):
            pass
        digests.add(simulation.result()["digest"])
    stepped = Simulation(RunSpec(spec.scenario, record=False))
    while stepped.step():
        pass
    assert digests == {stepped.result()["digest"]}


def test_a_step_is_one_step_and_is_committed_at_once(spec: RunSpec) -> None:
    simulation = Simulation(spec)
    assert simulation.step()
    assert simulation.events == 4 and simulation.time == 4000
    with Recording(str(spec.output)) as recording:
        assert recording.event_count == 4 and not recording.complete
    simulation.stop()


def test_events_are_committed_in_time(spec: RunSpec, fake: type[FakeKernel]) -> None:
    fake.last = 10**6
    clock = Clock()
    simulation = Simulation(spec, clock=clock, commit_seconds=0.05)
    seen = []
    for _ in range(20):
        simulation.advance(0.02)
        seen.append(simulation.events)
    assert len(set(seen)) >= 5 and simulation.stream.pending < seen[-1] + module.PENDING_EVENTS
    simulation.stop()


def test_stopping_leaves_a_complete_recording(spec: RunSpec) -> None:
    simulation = Simulation(spec)
    simulation.step()
    simulation.stop()
    simulation.stop()
    assert simulation.result()["outcome"] == "interrupted" and simulation.result()["panic"] is None
    with Recording(str(spec.output)) as recording:
        assert recording.complete and recording.header.outcome == "interrupted" and recording.event_count == 4


@pytest.mark.parametrize("seconds", [0.0, 0.01, 1.0])
def test_a_maximum_of_events_ends_the_run_after_a_step(tmp_path: Path, seconds: float) -> None:
    simulation = Simulation(RunSpec(scenario(tmp_path), record=False, max_events=50), clock=Clock())
    while simulation.advance(seconds):
        pass
    assert simulation.result()["outcome"] == "interrupted" and simulation.result()["events"] == 52


def test_without_a_recording_nothing_is_written(tmp_path: Path) -> None:
    simulation = Simulation(RunSpec(scenario(tmp_path), record=False))
    while simulation.advance(0.1):
        pass
    assert simulation.path is None and simulation.result()["events"] == EVENTS
    assert list(tmp_path.glob("*.zvz")) == []


def test_a_bug_in_the_kernel_keeps_the_events_before_it(spec: RunSpec, fake: type[FakeKernel]) -> None:
    fake.fail_at = 10
    simulation = Simulation(spec)
    with pytest.raises(RuntimeError, match="the kernel is broken"):
        simulation.advance(1)
    with Recording(str(spec.output)) as recording:
        assert not recording.complete and recording.event_count == 28
        assert "the kernel is broken" in recording.header.incomplete_reason


def test_a_full_disk_is_reported_and_keeps_the_events_before_it(spec: RunSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = Simulation(spec)
    simulation.step()

    def full(*args: object) -> None:
        raise EnvironmentProblem("The disk is full.")

    monkeypatch.setattr(simulation.stream, "_take", full)
    with pytest.raises(EnvironmentProblem, match="The disk is full"):
        simulation.advance(1)
    with Recording(str(spec.output)) as recording:
        assert recording.event_count == 4 and not recording.complete


def test_a_mistake_in_a_scenario_file_is_reported_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"own\.py fails in line 4: ZeroDivisionError: division by zero\."):
        Simulation(RunSpec(scenario(tmp_path, "1 / 0"), output=tmp_path / "a.zvz"))
    with Recording(str(tmp_path / "a.zvz")) as recording:
        assert "line 4" in recording.header.incomplete_reason
