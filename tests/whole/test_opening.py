"""open-from-few-processes and null-at-32768: opens until one fails."""

import pytest

from tests.scenarios.running import run
from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.hurd.files import MOST_OPENS
from zoneviz.hurd.ids import EMFILE
from zoneviz.scenarios import find


def test_opens_without_an_error_only_take_ports() -> None:
    result = run("open-from-few-processes", opens="200", processes="3")
    assert result.ended.outcome == "finished"
    assert [(p["opened"], p["error"]) for p in result.ended.extra["opened"]] == [(200, 0)] * 3
    assert result.kernel.operations == 3


def test_a_process_without_a_descriptor_left_gets_emfile() -> None:
    result = run("open-from-few-processes", opens="1100", processes="1", descriptors="yes")
    assert [(p["opened"], p["error"]) for p in result.ended.extra["opened"]] == [(MOST_OPENS, EMFILE)]
    # The port of the open that failed was dropped.
    (task,) = (task for task in result.kernel.tasks.values() if task.name == "opener")
    assert MOST_OPENS < len(task.space.entries) < MOST_OPENS + 10


def test_more_opens_than_descriptors_are_refused_in_one_sentence() -> None:
    with pytest.raises(UsageError, match=r"^each=1022 is more than the 1,021 files that a process can open \(RLIMIT_NOFILE\); set desc"):
        find("null-at-32768").parse({"each": "1022"})
    assert find("null-at-32768").parse({"each": "1022", "descriptors": "no"})["each"] == 1022


def test_with_a_small_zone_map_the_kernel_panics() -> None:
    result = run("null-at-32768", kernel={"zone_map_size": "256K"}, each="500")
    assert result.ended.outcome == "panic"
    assert 0 < result.ended.extra["opens"] == result.ended.extra["open_files"] < 5000
    assert result.ended.extra["hung"] == 0


def test_without_a_fault_null_is_started_once() -> None:
    result = run("null-at-32768", opens="700", each="100", together="3")
    assert (
        result.ended.extra
        | {
            "opens": 700,
            "open_files": 700,
            "failed_opens": {},
            "hung": 0,
            "null_starts": 1,
            "error_once_more": 0,
            "hung_once_more": False,
        }
        == result.ended.extra
    )
    assert result.ended.why == "700 files open before the first fault, none failed, 0 without an answer, null started 1 time"
    assert [e[8] for e in result.events if e[0] == Kind.OPERATION] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_table_that_cannot_grow_is_a_fault() -> None:
    """With a limit on names instead of a full kalloc_map, which takes longer to reach."""
    result = run("null-at-32768", kernel={"max_task_ports": "400"}, opens="1000", each="100")
    extra = result.ended.extra
    assert result.ended.outcome == "finished"
    assert 150 < extra["opens"] <= 200, "null has two names for an open file"
    assert sum(extra["failed_opens"].values()) + extra["hung"] + extra["null_starts"] - 1 > 0
    assert f"{extra['opens']} files open before the first fault" in result.ended.why


@pytest.mark.parametrize("scenario", ["null-at-32768", "open-from-few-processes"])
def test_opens_that_nobody_answers_are_counted(scenario: str) -> None:
    # ext2fs is busy with the open while null and auth call it back: with one worker each that is a deadlock.
    result = run(scenario, "antrik-2005", kernel={"libports": "pool:1"})
    extra = result.ended.extra
    assert (result.ended.outcome, extra["open_files"], extra["failed_opens"]) == ("finished", 0, {})
    assert extra["hung"] == sum(1 for task in result.kernel.tasks.values() if task.name == "opener") > 0


def test_single_threaded_servers_deadlock_and_the_run_says_so() -> None:
    result = run("ports-to-dev-null", "antrik-2005", kernel={"libports": "pool:1"})
    assert result.ended.outcome == "hang"
    assert result.ended.why == "every thread waits for ever; requests that no server takes: 1"
    assert result.events[-1][0] == Kind.HANG
