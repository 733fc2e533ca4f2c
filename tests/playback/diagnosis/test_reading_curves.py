"""Regimes of the curves of readings."""

import numpy as np
import pytest

from zoneviz.playback.diagnosis.reading_curves import regimes

H = 3600 * 10**9


def test_four_readings_show_a_knee_between_them() -> None:
    times, values = np.array([2, 10, 12, 14]) * H, np.array([3, 5, 12, 19]) * 10**9
    slow, fast = regimes(times, values)
    assert (slow.first, slow.last, fast.first, fast.last) == (0, 1, 2, 3)
    assert slow.rate * 3600 == pytest.approx(0.25e9) and fast.rate * 3600 == pytest.approx(3.5e9)
    assert slow.ends == fast.begins == 10 * H


def test_an_even_leak_has_one_regime_whatever_the_noise() -> None:
    chance = np.random.default_rng(1)
    for count in (4, 6, 40, 400):
        times = np.arange(count) * H
        values = np.arange(count) * 1_000_000 + chance.integers(-30_000, 30_000, count)
        (one,) = regimes(times, values)
        assert one.rate * 3600 == pytest.approx(1_000_000, rel=0.05)


def test_many_readings_show_each_change() -> None:
    times = np.arange(300) * H
    values = np.cumsum(np.repeat([1_000, 20_000, 0], 100))
    found = regimes(times, values)
    assert [round(each.rate * 3600, -2) for each in found] == [1_000, 20_000, 0]
    assert [each.begins / H for each in found] == pytest.approx([0, 99, 199], abs=1.5)


def test_too_few_readings_have_no_rate() -> None:
    assert regimes(np.array([H]), np.array([1])) == []
    assert [each.rate for each in regimes(np.array([0, H]), np.array([7, 7]))] == [0.0]
