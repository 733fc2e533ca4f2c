"""Numbers for keys: each key is asked once, also where keys share a place in the table."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zoneviz.sources.memo import Memo


@given(st.lists(st.lists(st.integers(0, 60), max_size=40), min_size=1, max_size=5), st.integers(1, 8))
def test_each_key_is_made_once_and_keeps_its_number(batches: list[list[int]], bits: int) -> None:
    memo, known = Memo(bits), dict[int, int]()
    for batch in batches:
        keys = np.array(batch, np.uint64) << np.uint64(58)

        def make(index: int, batch: list[int] = batch) -> int:
            assert batch[index] not in known
            return known.setdefault(batch[index], len(known))

        found = memo.get(keys, make)
        assert found.tolist() == [known[key] for key in batch]


def test_new_keys_are_made_in_order_of_their_first_event() -> None:
    order: list[int] = []
    Memo().get(np.array([9, 3, 9, 5], np.uint64), lambda index: order.append(index) or 0)  # type: ignore[func-returns-value]
    assert order == [0, 1, 3]


def test_a_cleared_memo_asks_again() -> None:
    memo, keys = Memo(), np.array([7], np.uint64)
    assert memo.get(keys, lambda _: 1).tolist() == [1]
    memo.clear()
    assert memo.get(keys, lambda _: 2).tolist() == [2]
