"""Times as the window writes them; sizes are in test_theme."""

import pytest

from zoneviz.gui.kit import text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (526_039_000, 2_027_000_000, "0.526 to 2.027 s"),
        (0, 45_450_000_000, "0 to 45.450 s"),
        (60_678_000, 78_559_000, "60.678 to 78.559 ms"),
        (12_402_000_100, 12_402_001_300, "12.40200010 to 12.40200130 s"),
        (7, 9, "7 to 9 ns"),
        (0, 0, "0 to 0 s"),
        (5_000, 5_000, "5.000 to 5.000 µs"),
    ],
)
def test_a_stretch_has_one_unit_and_two_ends(low: int, high: int, words: str) -> None:
    assert text.span(low, high) == words


@pytest.mark.parametrize(
    ("ns", "words"),
    [(259_717_000, "260 ms"), (1_500_000_000, "1.5 s"), (248_347, "248 µs"), (8_580_000, "8.58 ms"), (12, "12 ns"), (0, "0 s")],
)
def test_a_length_has_three_figures(ns: int, words: str) -> None:
    assert text.short_time(ns) == words


def test_a_fine_time_tells_microseconds_apart() -> None:
    assert text.fine_time(45_450_433_500) == "45.450434 s"
    assert text.fine_time(45_450_426_500) == "45.450426 s"
    assert text.fine_time(3_250_000) == "3.250 ms"
