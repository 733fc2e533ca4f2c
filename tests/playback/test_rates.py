"""Rates in words."""

from zoneviz.playback.forecast import Forecast
from zoneviz.playback.rates import hourly, per_second, rate, until


def test_rates_have_the_unit_that_shows_them() -> None:
    assert [rate(value) for value in (1536, 0.5, 0.01)] == ["1.5 KiB/s", "1.76 KiB/h", "864 B/d"]
    said = ["1,234 per second", "6.94 per second", "36 per hour", "8.64 per day"]
    assert [per_second(value) for value in (1234.5, 6.94, 0.01, 0.0001)] == said
    assert [hourly(value) for value in (1024.0, 0.01)] == ["3.52 MiB/h", "864 B/d"]


def test_a_forecast_in_words() -> None:
    hour = 3_600_000_000_000
    assert until(Forecast(True, 0, 1, 1, 1, 7 * hour, 6 * hour, 8 * hour), 2 * hour) == "full in 5 h (4 h to 6 h) at this rate"
    assert until(Forecast(True, 0, 1, 1, 1), 0) == "the limit is out of sight at this rate"
    assert until(Forecast(True, 0, 1, 1, 1, hour, hour, hour), hour) == "full now"
