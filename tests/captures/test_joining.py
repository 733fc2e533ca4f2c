"""Wrapped rows are joined, and a beginning without an end is named."""

import re

from zoneviz.captures.joining import Joiner
from zoneviz.captures.text import Line

ROW = re.compile(r"(\w+) (\d+) : (\d+)")


def joiner() -> Joiner[str]:
    return Joiner(
        lambda text: found[0] if (found := ROW.fullmatch(text)) else None,
        lambda text: text.startswith("zone"),
        lambda text: text[:1] in " :0123456789",
    )


def test_a_row_over_three_lines_is_one() -> None:
    lines = joiner()
    assert lines.take(Line(1, "zone")) == (None, None)
    assert lines.take(Line(2, "  12")) == (None, None)
    assert lines.take(Line(3, ": 34")) == ("zone 12 : 34", None)
    assert lines.end() is None


def test_a_beginning_without_end_comes_back_with_its_line() -> None:
    lines = joiner()
    lines.take(Line(1, "zone"))
    assert lines.take(Line(2, "words")) == (None, Line(1, "zone"))
    lines.take(Line(3, "zone 5"))
    assert lines.take(Line(4, "zone 6")) == (None, Line(3, "zone 5"))
    assert lines.end() == Line(4, "zone 6")
    assert lines.end() is None
