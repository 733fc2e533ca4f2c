"""Counting elements between readings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zoneviz.events import WIDTH, Kind
from zoneviz.sources.counted import Counted

EVENTS = st.lists(st.tuples(st.sampled_from([Kind.ZALLOC, Kind.ZFREE, Kind.ZINIT]), st.integers(1, 3)), max_size=60)


@given(st.lists(EVENTS, max_size=3), st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_counts_are_those_of_one_event_after_the_other(batches: list[list[tuple[Kind, int]]], free: list[int]) -> None:
    counted = Counted()
    counted.grow(4)
    counted.free[:] = free
    expected, in_use = list(free), [0] * 4
    for batch in batches:
        rows = np.zeros((len(batch), WIDTH), np.int64)
        rows[:, 0], rows[:, 5] = [kind for kind, _ in batch], [zone for _, zone in batch]
        counted.take(rows)
        for (kind, zone), extra in zip(batch, rows[:, 8].tolist(), strict=True):
            needs = kind == Kind.ZALLOC and not expected[zone]
            assert extra == int(needs)
            step = {Kind.ZALLOC: 1, Kind.ZFREE: -1}.get(kind, 0)
            in_use[zone] += step
            expected[zone] += int(needs) - step
    assert counted.free.tolist() == expected
    assert counted.in_use.tolist() == in_use
