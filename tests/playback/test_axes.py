"""Labels are at round places, and there are not too many of them."""

import itertools
import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoneviz.playback.axes import byte_labels, byte_ticks, moment_step, moment_ticks, places, round_step

SPANS = st.floats(1e-9, 1e9)


@given(SPANS, st.integers(1, 20))
def test_a_step_is_round_and_divides_the_span_into_few_parts(span: float, most: int) -> None:
    step = round_step(span, most)
    assert step * most >= span * (1 - 1e-9)
    assert round(step / 10 ** math.floor(math.log10(step) + 1e-9), 6) in (1, 2, 5)


@given(st.integers(1, 1 << 40), st.integers(2, 12))
def test_bytes_are_labelled_at_powers_of_two(top: int, most: int) -> None:
    found = byte_ticks(top, most)
    assert found[0][0] == 0 and found[-1][0] <= top and len(found) <= most + 1
    assert all(math.log2(place - before).is_integer() for (before, _), (place, _) in itertools.pairwise(found))


def test_labels_of_bytes_share_a_unit() -> None:
    assert byte_labels([0, 512 << 10, 1 << 20]) == ["0 MiB", "0.5 MiB", "1 MiB"]


@pytest.mark.parametrize(
    ("low", "high", "most", "by_event", "labels"),
    [
        (0, 45.792, 8, False, ["0 s", "10 s", "20 s", "30 s", "40 s"]),
        (2.2, 2.4, 4, False, ["2.20 s", "2.25 s", "2.30 s", "2.35 s", "2.40 s"]),
        (0, 7 * 3600, 8, False, ["0 h", "1 h", "2 h", "3 h", "4 h", "5 h", "6 h", "7 h"]),
        (0, 300, 6, False, ["0 s", "60 s", "120 s", "180 s", "240 s", "300 s"]),
        (16_459, 16_814, 5, False, ["4 h 36 min", "4 h 38 min", "4 h 40 min"]),
        (0, 2.5 * 86400, 6, False, ["0 d 0 h", "0 d 12 h", "1 d 0 h", "1 d 12 h", "2 d 0 h", "2 d 12 h"]),
        (0, 704_696, 4, True, ["0", "200,000", "400,000", "600,000"]),
        (1, 3, 8, True, ["1", "2", "3"]),
    ],
)
def test_labels_of_moments(low: float, high: float, most: float, by_event: bool, labels: list[str]) -> None:
    assert [label for _, label in moment_ticks(low, high, most, by_event)] == labels


def test_a_step_without_a_table_entry_is_a_multiple_of_the_largest() -> None:
    assert moment_step(86400 * 4000, 2, False) % (86400 * 100) == 0


def test_places_are_limited() -> None:
    assert len(places(0, 1e9, 1)) == 200


@given(st.integers(0, 86400 * 30), st.floats(1, 86400 * 20), st.integers(2, 10))
def test_labels_by_the_clock_are_at_round_times(low: int, span: float, most: int) -> None:
    wall = datetime(2026, 11, 30, 12, 59, 21)
    step = moment_step(span, most, False)
    found = moment_ticks(low, low + span, most, False, wall)
    assert 0 < len(found) <= most + 1 or span / step < 1
    for place, label in found:
        at = wall + timedelta(seconds=place)
        seconds = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        day = min(step, 86400)
        assert min(seconds % day, day - seconds % day) < 1e-3
        assert ":" in label or label == f"{at.day} {at:%b}"
