"""kmem events to events of a recording: frees without a cache, without an allocation, and allocations without a free."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoneviz.events import Kind
from zoneviz.importers.kmem import ADDRESS_MASK, LARGE, Kmem, KmemRows, kmalloc_cache

A, B = -(1 << 46) + 64, -(1 << 46) + 128
"""Two kernel addresses, as signed integers."""


def batch(*events: tuple[str, int, int], start: int = 0) -> KmemRows:
    """Events as ("alloc" or "free", pointer, zone)."""
    alloc = np.array([what == "alloc" for what, _, _ in events])
    pointer, zone = (np.array([event[i] for event in events], np.int64) for i in (1, 2))
    n = len(events)
    time = np.arange(start, start + n)
    size = np.where(alloc, 64, 0)
    return KmemRows(alloc, time, np.full(n, 7), np.full(n, 2), np.full(n, 3), zone, pointer, size, size - 4)


def brief(rows: np.ndarray) -> list[tuple[str, int, int]]:
    """Kind, zone and address of each event."""
    return [(Kind(row[0]).name, int(row[5]), int(row[6])) for row in rows]


def test_a_kfree_gets_the_zone_and_sizes_of_its_element() -> None:
    ledger = Kmem(sized=True)
    rows = ledger.rows(batch(("alloc", A, 2), ("free", A, 0)))
    assert brief(rows) == [("ZALLOC", 2, A & ADDRESS_MASK), ("ZFREE", 2, A & ADDRESS_MASK)]
    assert rows[:, 7].tolist() == [64, 64]
    assert rows[:, 8].tolist() == [60 << 1 | 1, 60 << 1]
    assert rows[:, 2:5].tolist() == [[7, 2, 3]] * 2


def test_it_does_so_across_batches() -> None:
    ledger = Kmem(sized=True)
    ledger.rows(batch(("alloc", A, 2), ("alloc", B, 3)))
    assert brief(ledger.rows(batch(("free", B, 0), start=2))) == [("ZFREE", 3, B & ADDRESS_MASK)]
    assert ledger.live[:, 0].tolist() == [A & ADDRESS_MASK]


def test_an_address_is_fresh_memory_only_once() -> None:
    ledger = Kmem(sized=True)
    first = ledger.rows(batch(("alloc", A, 2), ("free", A, 0), ("alloc", A, 2), ("free", A, 0)))
    later = ledger.rows(batch(("alloc", A, 2), start=4))
    assert [int(row[8]) & 1 for row in [*first, *later] if row[0] == Kind.ZALLOC] == [1, 0, 0]


def test_a_pointer_that_is_allocated_again_was_freed_in_between() -> None:
    ledger = Kmem(sized=True)
    rows = ledger.rows(batch(("alloc", A, 2), ("alloc", A, 5)))
    assert [kind for kind, _, _ in brief(rows)] == ["ZALLOC", "ZFREE", "ZALLOC"]
    assert rows[1, 5] == 2 and rows[2, 5] == 5
    assert ledger.counts.implied == 1


@pytest.mark.parametrize(("sized", "zone", "kept"), [(True, 4, False), (False, 4, True), (False, 0, False)])
def test_a_free_without_its_allocation_lowers_a_known_zone_that_has_a_base(sized: bool, zone: int, kept: bool) -> None:
    ledger = Kmem(sized=sized)
    rows = ledger.rows(batch(("free", A, zone)))
    assert [kind for kind, _, _ in brief(rows)] == (["ZFREE"] if kept else [])
    assert ledger.counts.unmatched == 1


def test_frees_of_null_are_counted_and_left_out() -> None:
    ledger = Kmem(sized=True)
    assert len(ledger.rows(batch(("free", 0, 0), ("free", 16, 0)))) == 0
    assert ledger.counts.null_frees == 2
    assert ledger.counts.frees == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.integers(1, 3)), max_size=60), st.integers(1, 59), st.booleans())
def test_batches_do_not_matter_and_nothing_is_freed_twice(events: list[tuple[bool, int, int]], cut: int, sized: bool) -> None:
    seen = [("alloc" if alloc else "free", place << 12, zone if alloc else 0) for alloc, place, zone in events]
    whole, parted = Kmem(sized=sized), Kmem(sized=sized)
    at_once = whole.rows(batch(*seen)) if seen else np.zeros((0, 9), np.int64)
    parts = [parted.rows(batch(*part, start=first)) for first, part in ((0, seen[:cut]), (cut, seen[cut:])) if part]
    assert np.concatenate([np.zeros((0, 9), np.int64), *parts]).tolist() == at_once.tolist()
    assert whole.counts == parted.counts
    live: dict[int, int] = {}
    for row in at_once.tolist():
        if row[0] == Kind.ZALLOC:
            assert row[6] not in live
            live[row[6]] = row[5]
        else:
            assert live.pop(row[6]) == row[5]
    assert {int(address): int(zone) for address, zone, *_ in whole.live} == live


def test_names_of_the_kmalloc_caches() -> None:
    assert [kmalloc_cache(size) for size in (8, 96, 192, 1024, 8192, 16384)] == [
        "kmalloc-8", "kmalloc-96", "kmalloc-192", "kmalloc-1k", "kmalloc-8k", LARGE,
    ]  # fmt: skip
    assert kmalloc_cache(64, "kmalloc-cg") == "kmalloc-cg-64"
