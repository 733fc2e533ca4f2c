"""Kernel maps: the hint, entries that grow and split, errors if there is no room."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mach.bench import boot
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.sizes import KALLOC_MAP_SIZE, PAGE
from zoneviz.mach.vm_kern import kmem_alloc, kmem_alloc_wired, kmem_free, kmem_free_object, kmem_realloc


def entries(k: Kernel) -> int:
    return k.zones["kernel map entries"].in_use


def test_adjacent_ranges_share_an_entry() -> None:
    k = boot()
    before = entries(k)
    first = kmem_alloc_wired(k, k.kalloc_map, 4 * PAGE)
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == first + 4 * PAGE
    assert entries(k) == before + 1


def test_a_hole_splits_the_entry_and_is_filled_from_below() -> None:
    k = boot()
    first = kmem_alloc_wired(k, k.kalloc_map, 8 * PAGE)
    before, used, free = entries(k), k.kalloc_map.used, k.phys.free
    kmem_free(k, k.kalloc_map, first + 2 * PAGE, 2 * PAGE)
    assert entries(k) == before + 1
    assert (k.kalloc_map.used, k.phys.free) == (used - 2 * PAGE, free + 2)
    # The hole is filled page by page, which extends the entry before it; then the map continues behind the entry above.
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == first + 2 * PAGE
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == first + 3 * PAGE
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == first + 8 * PAGE
    assert entries(k) == before + 1


def test_a_hole_below_the_last_allocation_stays_unused_until_something_below_it_is_freed() -> None:
    k = boot()
    first = kmem_alloc_wired(k, k.kalloc_map, 8 * PAGE)
    kmem_free(k, k.kalloc_map, first + 2 * PAGE, 2 * PAGE)
    assert kmem_alloc_wired(k, k.kalloc_map, 3 * PAGE) == first + 8 * PAGE  # too large for the hole
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == first + 11 * PAGE
    kmem_free(k, k.kalloc_map, first + 9 * PAGE, PAGE)  # above the hole
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == first + 9 * PAGE
    kmem_free(k, k.kalloc_map, first, PAGE)
    assert [kmem_alloc_wired(k, k.kalloc_map, 2 * PAGE), kmem_alloc_wired(k, k.kalloc_map, PAGE)] == [first + 2 * PAGE, first + 12 * PAGE]


def test_a_map_without_room_above_the_hint_is_full() -> None:
    k = boot()
    first = kmem_alloc_wired(k, k.kalloc_map, KALLOC_MAP_SIZE - 2 * PAGE)
    kmem_free(k, k.kalloc_map, first + PAGE, PAGE)
    assert kmem_alloc_wired(k, k.kalloc_map, 2 * PAGE) == first + KALLOC_MAP_SIZE - 2 * PAGE
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == 0  # although a page is free below
    kmem_free(k, k.kalloc_map, first, PAGE)
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == first


def lowest(held: dict[int, int], size: int) -> int:
    """Where first fit would place `size` bytes."""
    at = 0
    for start in sorted(held):
        if start - at >= size:
            break
        at = start + held[start]
    return at


def test_every_table_of_a_recorded_storm_is_where_the_real_kernel_put_it() -> None:
    """All 77 placements of the recording; first fit would miss 20."""
    k = boot()
    placed, missed, held = 0, 0, dict[int, int]()
    with (Path(__file__).parent / "data" / "storm-kalloc-map.csv").open(newline="") as file:
        rows = [(row["event"], int(row["bytes"]), int(row["offset"], 16)) for row in csv.DictReader(file)]
    base = k.kalloc_map.start
    for index, (event, size, offset) in enumerate(rows):
        if event == "kmem_free":
            kmem_free_object(k, k.kalloc_map, base + offset, size, moved=rows[index - 1][0] == "kmem_realloc")
            del held[offset]
            continue
        if event == "kmem_alloc":
            found = kmem_alloc(k, k.kalloc_map, size)
        else:
            _, old_size, old = rows[index + 1]  # the old table is freed next
            found = kmem_realloc(k, k.kalloc_map, base + old, old_size, size)
        assert found == base + offset
        placed += 1
        missed += lowest(held, size) != offset
        held[offset] = size
    assert (placed, missed) == (77, 20)


def test_a_full_map_returns_0() -> None:
    k = boot()
    assert kmem_alloc_wired(k, k.kalloc_map, KALLOC_MAP_SIZE + PAGE) == 0
    assert kmem_alloc_wired(k, k.kalloc_map, KALLOC_MAP_SIZE) != 0
    assert kmem_alloc_wired(k, k.kalloc_map, PAGE) == 0
    objects = k.zones["objects"].in_use
    assert kmem_alloc(k, k.kalloc_map, PAGE) == 0
    assert k.zones["objects"].in_use == objects


def test_a_larger_range_takes_over_the_object() -> None:
    k = boot()
    objects, free = k.zones["objects"].in_use, k.phys.free
    old = kmem_alloc(k, k.kalloc_map, PAGE)
    assert (k.zones["objects"].in_use, free - k.phys.free) == (objects + 1, 1)
    new = kmem_realloc(k, k.kalloc_map, old, PAGE, 2 * PAGE)
    assert new != old
    assert k.kalloc_map.used == 3 * PAGE  # both at once
    kmem_free_object(k, k.kalloc_map, old, PAGE, moved=True)
    assert (k.zones["objects"].in_use, free - k.phys.free) == (objects + 1, 2)
    kmem_free_object(k, k.kalloc_map, new, 2 * PAGE, moved=False)
    assert (k.zones["objects"].in_use, k.phys.free, k.kalloc_map.used) == (objects, free, 0)


def test_kernel_map_entries_grow_past_their_limit() -> None:
    k = boot()
    taken = [kmem_alloc_wired(k, k.kalloc_map, 2 * PAGE) for _ in range(600)]
    for address in taken:
        kmem_free(k, k.kalloc_map, address, PAGE)
    zone = k.zones["kernel map entries"]
    assert zone.fixed
    assert zone.in_use > 256
    assert zone.cur_size > zone.max_size
    assert k.ended is None


@settings(deadline=None, max_examples=60)
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(1, 40), st.integers(0, 1000)), max_size=80))
def test_ranges_never_overlap_and_used_is_their_sum(steps: list[tuple[bool, int, int]]) -> None:
    k = boot()
    held: list[tuple[int, int]] = []
    for take, pages, which in steps:
        if take or not held:
            address = kmem_alloc_wired(k, k.kalloc_map, pages * PAGE)
            if address:
                assert k.kalloc_map.start <= address
                assert address + pages * PAGE <= k.kalloc_map.end
                assert all(address + pages * PAGE <= at or at + size <= address for at, size in held)
                held.append((address, pages * PAGE))
        else:
            address, size = held.pop(which % len(held))
            kmem_free(k, k.kalloc_map, address, size)
        assert k.kalloc_map.used == sum(size for _, size in held)
        spans = [(e.start, e.end) for e in k.kalloc_map.entries]
        assert spans == sorted(spans)
        assert k.kalloc_map.starts == [start for start, _ in spans]
        assert sum(end - start for start, end in spans) == k.kalloc_map.used
    base = len(k.kalloc_map.entries)
    for address, size in held:
        kmem_free(k, k.kalloc_map, address, size)
    assert (k.kalloc_map.entries, k.kalloc_map.used) == ([], 0)
    assert base >= 0


@pytest.mark.parametrize("ram", ["32M", "64M", "256M", "960M", "1G"])
def test_all_pages_are_free_wired_or_in_use(ram: str) -> None:
    k = boot("upstream-2007", ram=ram, zone_map_size="1M")
    if k.ended is None:
        assert 0 < k.phys.free < k.phys.pages
        assert 0 < k.phys.wired <= k.phys.pages - k.phys.free
