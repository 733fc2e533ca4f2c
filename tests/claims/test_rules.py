"""Each rule, with figures that just pass and figures that just fail."""

import pytest

from zoneviz.claims.model import Figures, Rule
from zoneviz.claims.rules import ascending, between, both, difference, looser, near, ratio, same, some, steady, threshold, words

CASES: list[tuple[Rule, Figures, Figures]] = [
    (near({"a": 100}, 0.1), {"a": [91, 109]}, {"a": [111]}),
    (near({"a": 100, "b": 95}, 0.1, ordered=True), {"a": [97], "b": [96]}, {"a": [96], "b": [97]}),
    (between(3, 5), {"a": [3, 5], "b": [4]}, {"a": [3, 6], "b": [4]}),
    (between(3, 5, "b"), {"a": [9], "b": [4]}, {"a": [4], "b": [9]}),
    (ratio("a", "b", 0.4, 0.6), {"a": [5], "b": [10]}, {"a": [7], "b": [10]}),
    (ratio("a", "b", 0.4, 0.6), {"a": [4], "b": [10]}, {"a": [0], "b": [0]}),
    (difference("a", "b", -2, 2), {"a": [5, 7], "b": [8]}, {"a": [5], "b": [8]}),
    (ascending("a", "b", "c"), {"a": [1], "b": [2], "c": [3]}, {"a": [1], "b": [2], "c": [2]}),
    (steady("a", 4), {"a": [10, 14, 12]}, {"a": [10, 15]}),
    (looser("a", "b", 0.05, 3), {"a": [80, 100], "b": [100, 101]}, {"a": [97, 100], "b": [100, 101]}),
    (looser("a", "b", 0.05, 3), {"a": [80, 100], "b": [99, 101]}, {"a": [80, 81], "b": [99, 101]}),
    (words(str.isupper), {"a": ["X", "Y"]}, {"a": ["X", "y"]}),
    (words(str.isupper, "a"), {"a": ["X"], "b": ["y"]}, {"a": ["x"], "b": ["Y"]}),
    (
        threshold(["1", "2"], ["s"]),
        {"1": ["error"], "2": ["panic: x"], "s": ["finished"]},
        {"1": ["error"], "2": ["error"], "s": ["error"]},
    ),
    (threshold(["1"], ["s"]), {"1": ["panic: x", "error"], "s": ["finished"]}, {"1": ["panic: x"], "s": ["panic: x"]}),
    (same("a"), {"a": ["x", "x"]}, {"a": ["x", "y"]}),
    (some(str.isupper, "a", "b"), {"a": ["x"], "b": ["X"]}, {"a": ["X", "x"], "b": ["x"]}),
    (both(steady("a", 4), words(str.isupper, "b")), {"a": [1], "b": ["Y"]}, {"a": [1, 9], "b": ["Y"]}),
]


@pytest.mark.parametrize(("rule", "good", "bad"), CASES)
def test_a_rule_tells_good_from_bad(rule: Rule, good: Figures, bad: Figures) -> None:
    assert rule.judge(good)[0]
    assert not rule.judge(bad)[0]


def test_the_numbers_of_a_rule_can_be_listed() -> None:
    assert both(near({"a": 1040}, 0.1), difference("a", "b", -150, -50)).numbers == (1040, 150, 50)
