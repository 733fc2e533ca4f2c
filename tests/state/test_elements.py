"""Live elements: allocated and not yet freed."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.recording import toy
from zoneviz.events import Event, Kind
from zoneviz.state import elements
from zoneviz.state.rows import Ints


def rows(*events: tuple[Kind, int, int]) -> Ints:
    """Events (kind, zone, address) of 64 bytes, 20 requested, by task 5 at path 3."""
    out: list[Event] = [(int(kind), 0, 5, 6, 3, zone, address, 64, 20 << 1 | 1) for kind, zone, address in events]
    return toy.as_rows(out)


def test_an_allocation_adds_an_element() -> None:
    found = elements.merge(elements.NONE, rows((Kind.ZALLOC, 2, 128), (Kind.ZALLOC, 1, 64)))
    assert [getattr(found, name).tolist() for name in elements.COLUMNS] == [[64, 128], [1, 2], [2, 1], [5, 5], [3, 3], [20, 20]]
    assert (found.at(64), found.at(100), found.at(128), found.at(1 << 40), found.at(0)) == (0, 0, 1, 1, None)
    assert found.take(found.zone == 2).address.tolist() == [128]


def test_the_last_event_of_an_address_decides() -> None:
    old = elements.merge(elements.NONE, rows((Kind.ZALLOC, 1, 64), (Kind.ZALLOC, 1, 128)))
    found = elements.merge(old, rows((Kind.ZFREE, 1, 64), (Kind.ZALLOC, 2, 64), (Kind.ZFREE, 1, 128), (Kind.ZFREE, 1, 999)))
    assert found.address.tolist() == [64] and found.zone.tolist() == [2]
    assert old.address.tolist() == [64, 128]


def counted(found: elements.Elements, by: str) -> dict[tuple[int, int], int]:
    """What `counts` must be, one element after the other."""
    return Counter(zip(found.zone.tolist(), getattr(found, by).tolist(), strict=True))


def as_dict(counts: elements.Counts) -> dict[tuple[int, int], int]:
    pairs = [*zip(counts.zone.tolist(), counts.other.tolist(), strict=True)]
    assert pairs == sorted(set(pairs))
    return dict(zip(pairs, counts.count.tolist(), strict=True))


EVENTS = st.tuples(
    st.sampled_from([Kind.ZALLOC, Kind.ZALLOC, Kind.ZFREE]), st.integers(0, 3), st.sampled_from([0, 1, 2, 1 << 39]),
    st.integers(1, 3), st.integers(1, 12),
)  # fmt: skip


@given(st.lists(st.lists(EVENTS, max_size=12), max_size=8))
def test_kept_counts_are_those_from_scratch(batches: list[list[tuple[Kind, int, int, int, int]]]) -> None:
    """The counts that a merge brings up to date, whatever was allocated, freed and allocated again."""
    found, first = elements.NONE, 1
    for batch in batches:
        told = [(int(kind), 0, task, 6, path, zone, 64 * place, 64, 0) for kind, task, path, zone, place in batch]
        found = elements.merge(found, toy.as_rows(told, first)) if told else found
        first += len(told)
        for by in ("task", "path"):
            assert as_dict(found.counts(by)) == counted(found, by)
    assert found is elements.NONE or set(found.kept) == {"task", "path"}


def test_ids_that_only_a_damaged_file_has_are_clipped() -> None:
    ids = np.array([-5, 3, 3, 1 << 61])
    counts = elements.Counts.of(ids, ids)
    assert as_dict(counts) == {(0, 0): 1, (3, 3): 2, (1 << 20, (1 << 40) - 1): 1}
