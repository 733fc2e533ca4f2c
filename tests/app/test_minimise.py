"""The smallest workload."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from zoneviz.app.minimise import Smallest, _Search, minimise, recorded, scenario_file
from zoneviz.app.running import run
from zoneviz.errors import InputError, UsageError
from zoneviz.spec import RunSpec

FOURTEEN = (
    "ports 20; threads 10; sleep 5; regions 9; free 5; tasks 5; kill 2; ports 30; sleep 10; tasks 400; ports 10; kill 1; regions 5; sleep 1"
)
MAP = ("zone_map_size=64K",)


def finish(work: Generator[int, None, Smallest]) -> Smallest:
    while True:
        try:
            next(work)
        except StopIteration as finished:
            result: Smallest = finished.value
            return result


@pytest.fixture(scope="module")
def reduced() -> Smallest:
    return finish(minimise(RunSpec("steps", settings=(*MAP, f"steps={FOURTEEN}"), record=False)))


def test_a_fork_bomb_of_fourteen_steps_becomes_one(reduced: Smallest) -> None:
    assert reduced.steps == (14, 1)
    name, number = str(reduced.after["steps"]).split()
    assert name == "tasks" and 200 < int(number) < 400
    assert reduced.end == ("panic", "zone_map", "fork bomb")
    assert reduced.runs < 60
    fewer = run(RunSpec("steps", settings=(*MAP, f"steps=tasks {int(number) - 1}"), record=False))[0]
    assert fewer["outcome"] == "finished", "one task less does not panic"


def test_the_file_makes_the_same_run_for_anybody(reduced: Smallest, tmp_path: Path) -> None:
    path = tmp_path / "small.py"
    path.write_text(scenario_file(reduced, "small"))
    again, _ = run(RunSpec(path, settings=MAP, record=False))
    direct, _ = run(RunSpec("steps", settings=(*MAP, f"steps={reduced.after['steps']}"), record=False))
    assert again["digest"] == direct["digest"] and again["scenario"] == "small"
    assert again["events"] == reduced.events[1]
    head = path.read_text().split('"""')[1]
    assert "zoneviz run small.py" in head and "zone_map_size=64K" in head and "steps=" not in head


def fails(monkeypatch: pytest.MonkeyPatch, bad: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Let runs end badly as a function of their parameters."""
    from zoneviz.app.minimise import End

    asked: list[dict[str, Any]] = []

    def ends(self: _Search, params: dict[str, Any]) -> Generator[int, None, End]:
        asked.append(params)
        self.runs += 1
        yield self.runs
        return End("panic", "zone_map", "") if bad(params) else End("finished", "", "")

    monkeypatch.setattr(_Search, "_ends", ends)
    return asked


def test_steps_that_matter_only_together_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    def bad(params: dict[str, Any]) -> bool:
        count = dict(reversed(step.split()) for step in params["steps"].split("; "))
        have = {name: int(number) for number, name in count.items()}
        return have.get("ports", 0) >= 17 and have.get("threads", 0) >= 3

    asked = fails(monkeypatch, bad)
    found = finish(minimise(RunSpec("steps", settings=("steps=ports 40; sleep 9; regions 8; threads 25; tasks 2; kill 1",))))
    assert found.after["steps"] == "ports 17; threads 3" and found.steps == (6, 2)
    assert found.runs == len(asked) and len({str(params) for params in asked}) == len(asked), "no run is made twice"


def test_numbers_are_reduced_to_where_it_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    fails(monkeypatch, lambda params: params["processes"] * params["opens"] >= 1_200)
    found = finish(minimise(RunSpec("ports-to-dev-null")))
    assert found.after["processes"] * found.after["opens"] >= 1_200  # type: ignore[operator]
    assert (found.after["rounds"], found.after["jitter"]) == (1, 0.0)
    assert found.before["opens"] == 300


def test_what_cannot_be_minimised_is_refused() -> None:
    with pytest.raises(UsageError, match=r"ends without a panic, a hang or an error \(finished\)"):
        finish(minimise(RunSpec("steps", settings=("steps=ports 3",))))
    with pytest.raises(InputError, match="cannot be run again"):
        recorded(Path("recordings/real-messages.zvz.zst"))


def test_a_recording_gives_its_run() -> None:
    spec = recorded(Path("recordings/fork-bomb.zvz.zst"))
    assert spec.scenario == "fork-bomb" and spec.settings["zone_map_size"] == 262_144
