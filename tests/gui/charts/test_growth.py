"""Growth of zones: curves, rates and the forecast."""

import numpy as np
import pytest

from zoneviz.gui.charts.growth import BACK, Curves, forecast


def test_there_is_a_forecast_only_while_memory_is_free_and_grows() -> None:
    assert forecast(0, 5.0, "") == forecast(100, 0.0, "") == forecast(100, -1.0, "event") == ""
    assert forecast(1000, 0.5, "event") == "full in 2,000 events at this rate"
    assert forecast(1000, 500.0, "") == "full in 2 s at this rate"


def test_a_rate_is_the_growth_over_the_last_share_of_the_range() -> None:
    curves = Curves(np.array([0.0, 100.0]), {"threads": np.array([0.0, 1000.0])})
    assert curves.rates(50, {"threads": 500}) == {"threads": pytest.approx(10.0)}
    assert curves.rates(50, {"threads": 500 + round(100 * BACK)}) == {"threads": pytest.approx(11.0)}
    assert curves.rates(101, {"threads": 500}) == curves.rates(0, {"threads": 0}) == {}
