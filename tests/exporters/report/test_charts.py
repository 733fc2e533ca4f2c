"""The script of a report's page writes numbers and draws charts as Python does."""

import random
import re

import pytest
from PySide6.QtWidgets import QApplication

from tests.exporters.report.script import Script
from zoneviz import words
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.charts import BYTE_PARTS, MOMENT_PARTS, lanes, zones
from zoneviz.exporters.report.data import described
from zoneviz.playback.axes import byte_ticks, moment_ticks


@pytest.fixture(scope="module")
def script(qapp: QApplication) -> Script:
    return Script()


def numbers(most: int) -> list[int]:
    """Whole numbers of all magnitudes, and those at the borders of units."""
    chance = random.Random(7)
    out = [int(2 ** chance.uniform(0, most)) for _ in range(2000)]
    return [*out, 0, *(1 << power for power in range(most)), *((1 << power) - 1 for power in range(most)), 1152, 10240, 102400, 1024000]


def test_sizes(script: Script) -> None:
    values = numbers(45)
    assert script.each("size", values) == [words.size(value) for value in values]


def test_times(script: Script) -> None:
    values = [*numbers(52), 1_062_500_000, 1_062_500, 7200 * 10**9, 2 * 86400 * 10**9]
    assert script.each("time", values) == [words.time(value) for value in values]


def test_labels_of_axes(script: Script) -> None:
    chance = random.Random(3)
    for _ in range(300):
        low = chance.choice([0.0, 10 ** chance.uniform(-3, 5)])
        high = low + 10 ** chance.uniform(-5, 6.5)
        for counted in ("", "event"):
            if counted:
                low, high = round(low), round(high) + 1
            wanted = moment_ticks(low, high, MOMENT_PARTS, bool(counted))
            assert [label for _, label in script("momentTicks", low, high, MOMENT_PARTS, counted)] == [label for _, label in wanted]
        top = 2 ** chance.uniform(0, 40)
        assert script("byteTicks", top, BYTE_PARTS) == [[place, label] for place, label in byte_ticks(top, BYTE_PARTS)]


def drawn(svg: str) -> str:
    found = re.search(r"(?s)<svg[^>]*><g>(.*)</g></svg>", svg)
    assert found is not None
    return found[1]


def test_the_script_draws_what_the_page_shows_without_it(script: Script, found: Facts) -> None:
    data = described(found)
    data["pages"] = None
    view = {"low": data["low"], "high": data["high"], "off": []}
    assert script("((data, view) => zones(read(data), view))", data, view) == drawn(zones(found))
    assert script("((data, view) => lanes(read(data), view))", data, view) == drawn(lanes(found))


def test_hidden_bands_and_a_stretch(script: Script) -> None:
    data = {
        "by": "event", "low": 0, "high": 100, "scale": 1, "x": [0, 50, 50], "limit": 0, "limit_words": "", "remarks": [10, 90],
        "bands": [{"name": "a", "values": [100, 0, 0]}, {"name": "b", "values": [1000, 1000, 1000]}],
        "at": {"x": [0, 50, 50], "seqs": [0, 50, 50]}, "counts": [], "pages": None,
    }  # fmt: skip
    both = script("((data, view) => zones(read(data), view))", data, {"low": 0, "high": 100, "off": []})
    assert both.count("<path") == 2 and "class=b0" in both and both.count("class=flag") == 4
    one = script("((data, view) => zones(read(data), view))", data, {"low": 60, "high": 100, "off": ["b"]})
    assert "class=b0" in one and "class=b1" not in one and "2 KiB" not in one and one.count("class=flag") == 2


def test_places_and_pages(script: Script) -> None:
    assert [script("before", [1, 3, 3, 8], x) for x in (0, 1, 2, 3, 9)] == [0, 0, 0, 2, 3]
    pages = {
        "names": ["a", "other", "free", "lost", "unused"], "letters": "abcde", "cells": 2, "slots": 4, "per": 1,
        "changes": [[0, "ab"], [], [4, "c"]],
    }  # fmt: skip
    frames = script("frames", pages)
    assert frames == ["abeeeeee", "abeeeeee", "abeeceee"]
    assert script("contents", pages, frames[2], 0) == [["unused", 2048], ["a", 1024], ["other", 1024]]
