"""Colours and words of differences of call paths."""

import pytest
from PySide6.QtGui import QColor

from zoneviz.gui.charts.icicle import readable
from zoneviz.gui.charts.path_figures import amount, change, changed_colour, figures, grown, said
from zoneviz.gui.charts.path_source import OTHER, STRETCH, Asked, Found
from zoneviz.gui.kit.colours import contrast
from zoneviz.gui.kit.theme import DARK, LIGHT, Theme
from zoneviz.playback.callpaths import tree
from zoneviz.playback.costs import ALLOCS, BYTES, CALL_PATH, CALL_SITE, CHANGED, ELEMENTS, SURVIVORS, Stack, difference

OLD = [Stack(("main", "a"), "z", (1024, 2)), Stack(("main", "b"), "z", (512, 1))]
NEW = [Stack(("main", "a"), "z", (2048, 4)), Stack(("main", "c"), "z", (512, 1))]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_every_change_can_be_read_and_distinguished(theme: Theme) -> None:
    shares = [-1, -0.5, -0.1, 0, 0.1, 0.5, 1]
    colours = [changed_colour(share, theme) for share in shares]
    assert all(contrast(readable(colour), colour) >= 4.5 for colour in colours)
    assert len({colour.name() for colour in colours}) == len(shares)
    for side in (colours[3::-1], colours[3:]):  # the larger the change, the further from the background
        apart = [contrast(colour, QColor(theme.ground)) for colour in side[1:]]
        assert apart == sorted(apart)
    assert (colours[0].blue() > colours[0].red()) and (colours[-1].red() > colours[-1].blue())


def test_a_difference_in_words_and_figures() -> None:
    found = Found(Asked(CALL_PATH, against=STRETCH), difference(OLD, NEW), CHANGED)
    root = tree(found.stacks, found.at)
    a, b, c = (root.children["main"].children[name] for name in "abc")
    assert [change(found, node.sums) for node in (root, a, b, c)] == ["+1 KiB", "+1 KiB", "-512 B", "+512 B"]
    assert [grown(found, node) for node in (a, b, c)] == [0.5, -1, 1]
    assert said(found, b, root).splitlines() == ["main > b", "-512 B: 512 B before, 0 B now", "-1 elements: 1 before, 0 now"]
    assert found.totals[CHANGED] == root.size == 2048
    by_b = Found(Asked(CALL_PATH, ELEMENTS, OTHER), found.stacks, CHANGED + 1)
    assert change(by_b, root.sums) == "+2" and "bytes A" in [one.column.name for one in figures(by_b)]


def test_amounts() -> None:
    assert [amount(cost, 1) for cost in (BYTES, ELEMENTS, ALLOCS, SURVIVORS)] == ["1 B", "1 element", "1 allocation", "1 survivor"]
    assert amount(ALLOCS, 2000) == "2,000 allocations"


def test_from_the_bottom_up_there_are_no_own_figures() -> None:
    for by in (CALL_PATH, CALL_SITE):
        own = [one for one in figures(Found(Asked(by), OLD, BYTES)) if one.column.name.startswith("own")]
        assert bool(own) == (by == CALL_PATH)
