"""Stretches of a chart without data."""

import numpy as np
import pytest

from zoneviz.gui.charts.plotting import merged

SPANS = np.array([[0.0, 1.0], [4.0, 4.0], [4.5, 5.0], [9.0, 20.0]])


@pytest.mark.parametrize(
    ("low", "high", "least", "shown"),
    [
        (0, 10, 0.1, [(0, 1), (4, 4.1), (4.5, 5), (9, 10)]),
        (0, 10, 1.0, [(0, 1), (4, 5.5), (9, 10)]),
        (2, 4.2, 0.1, [(4, 4.1)]),
        (2, 3, 0.1, []),
    ],
)
def test_a_gap_can_be_seen_and_neighbours_join(low: float, high: float, least: float, shown: list[tuple[float, float]]) -> None:
    assert merged(SPANS, low, high, least) == shown


def test_a_late_gap_that_began_early_joins_those_before_it() -> None:
    spans = np.array([[3.0, 4.0], [5.0, 6.0], [2.0, 7.0]])
    assert merged(spans, 0, 10, 0.1) == [(2, 7)]
