"""ports-to-dev-null: the two servers when many ports are closed at once, slowly, or not at all."""

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
def test_thousands_closed_at_once_create_thousands_of_threads(close: str) -> None:
    result = burst(close=close, opens="400")
    assert result.ended.outcome == "finished"
    assert threads(result)["null worker"] > 500
    # All of them stay, and no message was lost.
    made = [e for e in result.events if e[0] == Kind.THREAD_DESTROY]
    assert result.kernel.machine()["counts"]["threads"] > threads(result)["null worker"]
    assert len(made) == 10  # the processes themselves
    assert result.kernel.messages == 0


def test_as_many_closed_slowly_need_two_or_three() -> None:
    result = burst(close="slow", opens="100", pause="1", processes="20")
    assert threads(result)["null worker"] <= 3
    assert threads(result)["ext2fs worker"] <= 3


def test_open_files_create_no_threads() -> None:
    result = burst(close="never", opens="100")
    assert result.ended.outcome == "finished"
    assert max(threads(result).values()) <= 3
    assert sum(1 for t in result.kernel.tasks.values() if t.name == "opener") == 10


def test_the_throttle_limits_each_loop() -> None:
    result = burst("throttle", opens="300")
    assert result.ended.outcome == "finished"
    assert max(threads(result).values()) <= THREAD_MAX + 1
    assert result.ended.extra["peak_backlog"]["null worker"] > 2500
    assert result.kernel.messages == 0


def test_null_is_restarted_after_it_was_killed_between_rounds() -> None:
    result = burst(opens="20", rounds="3", restart_null="1")
    assert [r["null_starts"] for r in result.ended.extra["rounds"]] == [1, 2, 3]
    assert [r["opened"] for r in result.ended.extra["rounds"]] == [200, 200, 200]
    operations = [e for e in result.events if e[0] == Kind.OPERATION]
    assert [e[8] for e in operations] == [1, 2, 3]


def test_the_seed_decides_the_events() -> None:
    def told(seed: int) -> list[Event]:
        return burst(seed=seed, opens="50").events

    assert told(3) == told(3)
    assert told(3) != told(4)
