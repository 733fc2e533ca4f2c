"""Since when a curve grows."""

import numpy as np
import pytest

from zoneviz.playback.changes import grows_since, pieces


def test_a_curve_grows_since_its_last_bend() -> None:
    x = np.arange(0, 100_000, 100)
    y = np.where(x < 70_000, 5_000 + (x // 100) % 7, 5_000 + (x - 70_000) * 3)
    found = grows_since(x, y, x)
    assert found is not None and abs(int(x[found]) - 70_000) <= 500
    assert grows_since(x, y[::-1].copy(), x) is None
    assert grows_since(x, np.full_like(x, 7), x) is None


@pytest.mark.parametrize(("pause", "since"), [(10, 200), (150, 500)])
def test_only_a_long_pause_ends_a_growth(pause: int, since: int) -> None:
    """A pause of 10 of 310 ms is part of the growth; one of 150 ms, or a fall, is not. The axis counts events, the pause has its time."""
    times = np.concatenate([np.arange(350), 350 + np.arange(1, 151) * pause / 150, 350 + pause + np.arange(1, 151)]).astype(np.int64)
    y = np.concatenate([np.zeros(200), np.arange(150) * 10, np.full(150, 1500), 1500 + np.arange(150) * 4]).astype(np.int64)
    found = grows_since(np.arange(len(y)), y, times)
    assert found == pytest.approx(since, abs=4)
    assert grows_since(np.arange(len(y)), np.where(np.arange(len(y)) < 350, y, y - 700), times) == pytest.approx(500, abs=4)


def test_every_bend_is_found() -> None:
    x = np.arange(500)
    y = np.concatenate([np.arange(200) * 10, np.full(150, 2000), 2000 + np.arange(150) * 4])
    found = pieces(x, y)
    assert [p.first for p in found] == pytest.approx([0, 200, 350], abs=4)
    assert [p.rise for p in found] == pytest.approx([2000, 0, 600], abs=30)


def test_a_curve_over_all_integers_does_not_overflow() -> None:
    x = np.arange(200)
    y = np.where(x < 100, -(1 << 63), (1 << 63) - 1)
    found = grows_since(x, y, x)
    assert found is None or int(x[found]) <= 100
