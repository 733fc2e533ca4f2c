"""open-from-few-processes and null-at-32768: opens until one fails."""

import pytest

from tests.scenarios.running import run
from zoneviz.events import Kind


def test_opens_without_an_error_only_take_ports() -> None:
    result = run("open-from-few-processes", opens="200", processes="3")
    assert result.ended.outcome == "finished"
    assert [(p["opened"], p["error"]) for p in result.ended.extra["opened"]] == [(200, 0)] * 3
    assert result.kernel.operations == 3


def test_with_a_small_zone_map_the_kernel_panics() -> None:
    result = run("null-at-32768", kernel={"zone_map_size": "256K"}, each="500")
    assert result.ended.outcome == "panic"
    opens = result.ended.extra["opens"]
    assert opens % 500 == 0 and opens < 5000


def test_without_an_error_null_is_not_restarted() -> None:
    result = run("null-at-32768", opens="700", each="300")
    assert result.ended.extra | {"opens": 700, "error": 0, "error_once_more": 0, "null_starts": 1} == result.ended.extra
    assert [e[8] for e in result.events if e[0] == Kind.OPERATION] == [1, 2, 3, 4]


@pytest.mark.parametrize("scenario", ["null-at-32768", "open-from-few-processes", "ports-to-dev-null"])
def test_single_threaded_servers_deadlock_and_the_run_says_so(scenario: str) -> None:
    # ext2fs is busy with the open while null calls it back: with one worker each that is a deadlock.
    result = run(scenario, "antrik-2005", kernel={"libports": "pool:1"})
    assert result.ended.outcome == "hang"
    assert result.ended.why == "every thread waits for ever; requests that no server takes: 2"
    assert result.events[-1][0] == Kind.HANG
