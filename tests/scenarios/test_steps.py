"""steps: a list of operations, as typed."""

import pytest

from tests.scenarios.running import run
from zoneviz.errors import UsageError
from zoneviz.scenarios.steps import OPERATIONS, read


def test_each_operation_allocates_or_frees_what_it_says() -> None:
    before = run("steps", steps="sleep 1").kernel.machine()["counts"]
    made = run("steps", steps="ports 7; threads 3; tasks 5; regions 4; free 2; kill 1; sleep 20")
    counts = made.kernel.machine()["counts"]
    assert made.ended.outcome == "finished" and made.kernel.operations == 42
    assert counts["tasks"] - before["tasks"] == 4
    assert counts["threads"] - before["threads"] == 3 + 4
    assert counts["ports"] > before["ports"] + 5


def test_too_much_panics_and_nothing_held_is_nothing_freed() -> None:
    assert run("steps", steps="free 3; kill 3").ended.outcome == "finished"
    ended = run("steps", kernel={"zone_map_size": "256K"}, steps="tasks 5000").ended
    assert ended.outcome == "panic" and ended.panic is not None and ended.panic.memory == "zone_map"


@pytest.mark.parametrize("text", ["fly 3", "ports many", "ports 0", "ports 9999999"])
def test_what_is_not_a_step_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a step; use one of ports, threads"):
        run("steps", steps=text)


def test_steps_are_read_with_their_counts() -> None:
    assert read(" ports 5;; sleep ; kill 2 ") == [("ports", 5), ("sleep", 1), ("kill", 2)]
    assert len(OPERATIONS) == 7
