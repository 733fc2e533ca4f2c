"""ports-to-dev-null: what closing many ports at once does to the two servers that hear of it, and what it does not when done slowly."""

import pytest

from tests.scenarios.running import Result, run
from zoneviz.events import Event, Kind
from zoneviz.hurd.policies import THREAD_MAX


def burst(libports: str = "plain", seed: int = 1, close: str = "kill", **params: str) -> Result:
    return run("ports-to-dev-null", seed=seed, kernel={"libports": libports, "zone_map_size": "16M"}, close=close, **params)


def threads(result: Result) -> dict[str, int]:
    peaks: dict[str, int] = result.ended.extra["peak_threads"]
    return peaks


@pytest.mark.parametrize("close", ["kill", "fast"])
def test_thousands_closed_at_once_make_thousands_of_threads(close: str) -> None:
    result = burst(close=close, opens="400")
    assert result.ended.outcome == "finished"
    assert threads(result)["null worker"] > 500
    # Every one of them is there to stay, and nothing was lost on the way.
    made = [e for e in result.events if e[0] == Kind.THREAD_DESTROY]
    assert result.kernel.machine()["counts"]["threads"] > threads(result)["null worker"]
    assert len(made) == 10  # the processes themselves
    assert result.kernel.messages == 0


def test_as_many_closed_slowly_need_two_or_three() -> None:
    result = burst(close="slow", opens="100", pause="1", processes="20")
    assert threads(result)["null worker"] <= 3
    assert threads(result)["ext2fs worker"] <= 3


def test_nothing_happens_while_they_stay_open() -> None:
    result = burst(close="never", opens="100")
    assert result.ended.outcome == "finished"
    assert max(threads(result).values()) <= 3
    assert sum(1 for t in result.kernel.tasks.values() if t.name == "opener") == 10


def test_the_throttle_keeps_each_loop_to_its_cap() -> None:
    result = burst("throttle", opens="300")
    assert result.ended.outcome == "finished"
    assert max(threads(result).values()) <= THREAD_MAX + 1
    assert result.ended.extra["peak_backlog"]["null worker"] > 2500
    assert result.kernel.messages == 0


def test_null_is_started_anew_when_it_was_killed_between_rounds() -> None:
    result = burst(opens="20", rounds="3", restart_null="1")
    assert [r["null_starts"] for r in result.ended.extra["rounds"]] == [1, 2, 3]
    assert [r["opened"] for r in result.ended.extra["rounds"]] == [200, 200, 200]
    operations = [e for e in result.events if e[0] == Kind.OPERATION]
    assert [e[8] for e in operations] == [1, 2, 3]


def test_the_same_seed_makes_the_same_events_and_another_others() -> None:
    def told(seed: int) -> list[Event]:
        return burst(seed=seed, opens="50").events

    assert told(3) == told(3)
    assert told(3) != told(4)
