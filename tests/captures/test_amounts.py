"""Sizes as machines print them: exact, or what a rounded number can mean."""

import pytest

from zoneviz.captures.amounts import Span, kilobytes, span

K, M, G = 1 << 10, 1 << 20, 1 << 30


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("20G", 20 * G, 21 * G - 1),
        ("338 MB", 338 * M, 339 * M - 1),
        ("96 K", 96 * K, 97 * K - 1),
        ("1.5G", 3 * G // 2, 3 * G // 2 + G // 10 - 1),
        ("0B", 0, 0),
        ("0K", 0, 0),
        ("512B", 512, 512),
        ("3888533504", 3888533504, 3888533504),
    ],
)
def test_a_unit_letter_is_a_range(text: str, low: int, high: int) -> None:
    assert span(text) == Span(low, high)


@pytest.mark.parametrize("text", ["", "G", "-5K", "1e9", "nan", "20 G B", "9" * 400, "1,5G", "0x10"])
def test_texts_that_are_not_sizes(text: str) -> None:
    assert span(text) is None


def test_whole_kilobytes() -> None:
    assert kilobytes("17320K") == 17320 * K and kilobytes("17,320 kB") == 17320 * K
    assert kilobytes("17320") is None and kilobytes("17.3K") is None and kilobytes("9" * 400 + "K") is None
