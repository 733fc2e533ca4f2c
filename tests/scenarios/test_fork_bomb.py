"""fork-bomb: children that stay, until a memory of the kernel runs out."""

import pytest

from tests.scenarios.running import Result, run
from zoneviz.events import Event, Kind


def rounds(result: Result) -> list[Event]:
    """The OPERATION events of the bomb, one for each of its forks."""
    return [e for e in result.events if e[0] == Kind.OPERATION]


@pytest.mark.parametrize("profile", ["antrik-2005", "upstream-2007"])
def test_it_ends_in_a_panic_that_names_the_memory(profile: str) -> None:
    result = run("fork-bomb", profile, kernel={"zone_map_size": "1M"}, rate="100")
    assert result.ended.outcome == "panic"
    assert result.ended.panic is not None
    assert result.ended.panic.memory == "zone_map"
    assert result.ended.panic.text.startswith("zalloc: zone ")
    assert result.kernel.operations == len(rounds(result)) > 30
    # Each child is a task that stays.
    assert sum(task.name == "bomb" for task in result.kernel.tasks.values()) > result.kernel.operations


def test_a_larger_zone_map_holds_more_children() -> None:
    small, large = (run("fork-bomb", kernel={"zone_map_size": size}, rate="100").kernel for size in ("512K", "1M"))
    each = (large.zone_map.size - small.zone_map.size) / (large.operations - small.operations)
    assert 4_000 < each < 20_000


def test_the_rate_of_forks() -> None:
    result = run("fork-bomb", kernel={"zone_map_size": "1M"}, rate="50", jitter="0")
    forks = [e[1] for e in rounds(result)]
    seconds = (forks[-1] - forks[10]) / 1e9
    # A sleep ends at a clock interrupt: 20 ms become at most 30.
    assert 30 < (len(forks) - 11) / seconds < 52


def test_without_a_sleep_forks_follow_each_other_from_a_random_time_on() -> None:
    steady, fast, other = (
        run("fork-bomb", "antrik-2005", seed=seed, kernel={"zone_map_size": "768K"}, rate=rate, jitter="1")
        for rate, seed in (("100", 1), ("0", 1), ("0", 2))
    )
    assert fast.ended.outcome == "panic"
    starts = [rounds(result)[0][1] for result in (fast, other)]
    assert starts[0] % 1_000_000_000 != starts[1] % 1_000_000_000, "the phase within the second is random"
    seconds = [(rounds(result)[-1][1] - rounds(result)[0][1]) / len(rounds(result)) / 1e9 for result in (steady, fast)]
    assert seconds[1] < 0.5 * seconds[0]


def test_a_session_over_ssh_holds_fewer_than_the_console() -> None:
    bombs = (run("fork-bomb", "antrik-2005", kernel={"zone_map_size": "1M"}, rate="100", session=s) for s in ("console", "ssh"))
    console, ssh = (bomb.kernel for bomb in bombs)
    assert ssh.operations < 0.9 * console.operations


def test_seeds_change_the_times_but_not_the_count() -> None:
    bombs = [run("fork-bomb", "antrik-2005", seed=seed, kernel={"zone_map_size": "1M"}, rate="50") for seed in (1, 2)]
    counts = [bomb.kernel.operations for bomb in bombs]
    assert max(counts) - min(counts) <= 4
