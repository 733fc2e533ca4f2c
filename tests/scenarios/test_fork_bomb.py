"""fork-bomb: children that stay, until some memory of the kernel's has ended."""

import pytest

from tests.scenarios.running import run
from zoneviz.events import Kind


@pytest.mark.parametrize("profile", ["antrik-2005", "upstream-2007"])
def test_it_ends_in_a_panic_that_says_which_memory(profile: str) -> None:
    result = run("fork-bomb", profile, kernel={"zone_map_size": "2M"}, rate="100")
    assert result.ended.outcome == "panic"
    assert result.ended.panic is not None
    assert result.ended.panic.memory == "zone_map"
    assert result.ended.panic.text.startswith("zalloc: zone ")
    k = result.kernel
    forks = [e for e in result.events if e[0] == Kind.FORK]
    assert k.forks == len(forks) > 50
    # Each child that was made is a task, and stays.
    children = {e[8] for e in forks}
    assert len(children) == len(forks)
    assert children <= set(k.tasks)


def test_a_larger_zone_map_holds_more_children() -> None:
    small, large = (run("fork-bomb", kernel={"zone_map_size": size}, rate="100").kernel for size in ("1M", "2M"))
    each = (large.zone_map.size - small.zone_map.size) / (large.forks - small.forks)
    assert 4_000 < each < 20_000


def test_the_rate_is_kept() -> None:
    result = run("fork-bomb", kernel={"zone_map_size": "1M"}, rate="50", jitter="0")
    forks = [e[1] for e in result.events if e[0] == Kind.FORK]
    seconds = (forks[-1] - forks[10]) / 1e9
    # A sleep ends at a clock interrupt: 20 ms become at most 30.
    assert 30 < (len(forks) - 11) / seconds < 52
