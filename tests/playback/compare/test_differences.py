"""The pieces in which two sequences differ: they cover both, and everything between them is equal."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoneviz.playback.compare import differences
from zoneviz.playback.compare.differences import GRAM, MOST, Differences, Hunk, finding, first_unequal
from zoneviz.state.rows import Ints


def keys(values: list[int]) -> Ints:
    return np.array(values, np.int64)


def find(a: Ints, b: Ints, until: int = 0) -> Differences:
    going = finding(a, b, until)
    while True:
        try:
            assert 0 <= next(going) <= len(a) + len(b)
        except StopIteration as end:
            return Differences(*end.value)


def test_equal_sequences_have_none() -> None:
    assert find(keys([1, 2, 3]), keys([1, 2, 3])) == ([], 3, False)
    assert find(keys([]), keys([])) == ([], 0, False)


def test_an_insertion_is_one_difference() -> None:
    whole = list(range(1000))
    assert find(keys(whole), keys([*whole[:300], 7777, 7778, *whole[300:]])) == ([Hunk(300, 300, 300, 302)], 1000, False)


def test_sequences_that_never_agree_again_are_one_difference() -> None:
    assert find(keys([1, 2, 3, 4]), keys([1, 9])) == ([Hunk(1, 4, 1, 2)], 1, False)


def test_a_meeting_far_ahead_is_found() -> None:
    tail = list(range(10_000, 12_000))
    found = find(keys([1, *tail]), keys([1, *range(50_000, 70_000), *tail]))
    assert found.hunks == [Hunk(1, 1, 1, 20_001)] and found.equal == 2001


@given(st.lists(st.integers(0, 3), max_size=200), st.lists(st.tuples(st.integers(0, 199), st.integers(4, 6)), max_size=5))
def test_hunks_and_equal_events_make_up_both(values: list[int], changes: list[tuple[int, int]]) -> None:
    other = list(values)
    for place, value in changes:
        other.insert(min(place, len(other)), value)
    a, b = keys(values), keys(other)
    found = find(a, b)
    i = j = equal = 0
    for hunk in [*found.hunks, Hunk(len(a), len(a), len(b), len(b))]:
        assert hunk.a - i == hunk.b - j >= 0
        assert (a[i : hunk.a] == b[j : hunk.b]).all()
        equal += hunk.a - i
        i, j = hunk.a_end, hunk.b_end
    assert equal == found.equal
    assert all(second.a - first.a_end >= GRAM for first, second in pairwise(found.hunks))


def test_first_unequal_counts_from_its_start() -> None:
    assert first_unequal(keys([1, 2, 3, 4]), keys([9, 2, 3, 5]), 1, 1) == 2
    assert first_unequal(keys([1, 2]), keys([1, 2, 3])) == 2


def test_after_many_differences_the_search_stops_unless_asked_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "BUDGET", 1 << 16)
    a = np.arange(100 * (MOST + 500), dtype=np.int64)
    b = a.copy()
    b[50::100] = -1
    found = find(a, b)
    assert len(found.hunks) == MOST and found.more
    until = found.hunks[-1].a + 20_000
    more = find(a, b, until)
    assert more.more and more.hunks[-1].a >= until > more.hunks[-2].a and more.hunks[:MOST] == found.hunks
    everything = find(a, b, len(a))
    assert not everything.more and len(everything.hunks) == MOST + 500 and everything.equal == len(a) - MOST - 500


def test_small_differences_are_all_found() -> None:
    a = np.arange(40 * (MOST + 500), dtype=np.int64)
    b = a.copy()
    b[20::40] = -1
    found = find(a, b)
    assert len(found.hunks) == MOST + 500 and not found.more
