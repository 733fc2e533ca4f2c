"""When a curve reaches its limit: slopes, ranges, and curves of which nothing can be said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoneviz.playback.forecast import FEWEST, POINTS, forecast

SECOND = 1_000_000_000
MIB = 1 << 20


def seconds(*values: float) -> np.ndarray:
    return (np.array(values) * SECOND).astype(np.int64)


def test_a_straight_line_reaches_its_limit_where_it_is_extended_to() -> None:
    times = seconds(*range(100))
    found = forecast(times, np.arange(100) * 1000, 200_000)
    assert found is not None and found.growing
    assert found.rate == pytest.approx(1000)
    assert found.at == pytest.approx(200 * SECOND, rel=1e-6)
    assert found.soonest is not None and found.at is not None and found.latest is not None
    assert found.soonest < found.at < found.latest


def test_only_the_last_straight_piece_counts() -> None:
    used = np.concatenate([np.arange(100) * 5000, 500_000 + np.arange(100) * 100])
    found = forecast(seconds(*range(200)), used, 1_000_000)
    assert found is not None
    assert found.rate == pytest.approx(100, rel=0.1)
    assert found.since == pytest.approx(100 * SECOND, abs=4 * SECOND)


def test_outliers_do_not_move_the_slope() -> None:
    used = np.arange(200) * 1000
    used[::17] += 30_000
    found = forecast(seconds(*range(200)), used, 400_000)
    assert found is not None and found.rate == pytest.approx(1000, rel=0.05)


@pytest.mark.parametrize("used", [np.full(50, 7 * MIB), 9 * MIB - np.arange(50) * 1000, 5 * MIB + np.arange(50) % 2 * 4096])
def test_what_stays_or_falls_is_not_growing(used: np.ndarray) -> None:
    found = forecast(seconds(*range(50)), used, 10 * MIB)
    assert found is not None
    assert not found.growing
    assert found.at is None and found.soonest is None and found.latest is None


def test_a_limit_far_beyond_what_was_seen_is_out_of_sight() -> None:
    found = forecast(seconds(*range(100)), MIB + np.arange(100) * 500, 5 * MIB)
    assert found is not None and found.growing and found.at is None


def test_a_long_pause_counts_as_time_without_growth() -> None:
    times, used = seconds(*range(20)), np.arange(20) * 1000
    at_once, later = forecast(times, used, 30_000), forecast(times, used, 30_000, now=200 * SECOND)
    assert at_once is not None and at_once.growing
    assert later is not None and not later.growing


def test_a_full_memory_is_reached_now() -> None:
    found = forecast(seconds(*range(10)), np.arange(10) * 1000, 9000)
    assert found is not None and found.at == found.soonest == found.latest == 9 * SECOND


@pytest.mark.parametrize("times", [[], [1], [1, 2], [5, 5, 5, 5]])
def test_too_few_points_say_nothing(times: list[int]) -> None:
    assert len(times) < FEWEST or len(set(times)) == 1
    assert forecast(seconds(*times), np.arange(len(times)), 100) is None


@given(st.lists(st.tuples(st.integers(0, 1 << 40), st.integers(0, 1 << 40)), min_size=FEWEST, max_size=2 * POINTS), st.integers(0, 1 << 42))
def test_the_times_of_a_forecast_are_in_order_and_not_past(points: list[tuple[int, int]], limit: int) -> None:
    times = np.array(sorted(time for time, _ in points))
    found = forecast(times, np.array([used for _, used in points]), limit)
    if found is None:
        assert times[0] == times[-1]
        return
    assert found.low <= found.rate <= found.high
    assert times[0] <= found.since <= times[-1]
    if found.at is not None:
        assert found.soonest is not None and found.at is not None and found.latest is not None
        assert times[-1] <= found.soonest <= found.at <= found.latest
