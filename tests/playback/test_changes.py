"""Since when a curve grows."""

import numpy as np
import pytest

from zoneviz.playback.changes import grows_since, pieces


def test_a_curve_grows_since_its_last_bend() -> None:
    x = np.arange(0, 100_000, 100)
    y = np.where(x < 70_000, 5_000 + (x // 100) % 7, 5_000 + (x - 70_000) * 3)
    found = grows_since(x, y)
    assert found is not None and abs(int(x[found]) - 70_000) <= 500
    assert grows_since(x, y[::-1].copy()) is None
    assert grows_since(x, np.full_like(x, 7)) is None


def test_every_bend_is_found() -> None:
    x = np.arange(500)
    y = np.concatenate([np.arange(200) * 10, np.full(150, 2000), 2000 + np.arange(150) * 4])
    found = pieces(x, y)
    assert [p.first for p in found] == pytest.approx([0, 200, 350], abs=4)
    assert [p.rise for p in found] == pytest.approx([2000, 0, 600], abs=30)


def test_a_curve_over_all_integers_does_not_overflow() -> None:
    x = np.arange(200)
    y = np.where(x < 100, -(1 << 63), (1 << 63) - 1)
    found = grows_since(x, y)
    assert found is None or int(x[found]) <= 100
