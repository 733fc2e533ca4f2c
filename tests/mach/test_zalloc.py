"""The zone allocator of kern/zalloc.c: rounding, free lists, the shared bump region, limits, collection, and the panic."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mach.bench import Bench, boot
from zoneviz.events import COLLECTABLE, EXHAUSTIBLE, FIXED, Kind
from zoneviz.mach.ends import Halt
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.sizes import PAGE, MiB
from zoneviz.mach.zalloc import Zone, consider_zone_gc, zalloc, zcram, zfree, zget_space, zinit, zone_gc


@pytest.fixture
def bench() -> Bench:
    return Bench()


def fill_zdata(k: Kernel) -> None:
    """Use up the boot memory of the bump region, so that further space comes from zone_map."""
    k.space_next = k.space_end


def exhaust(k: Kernel, zone: Zone) -> int:
    """Allocate elements until the kernel halts. Their number."""
    count = 0
    with pytest.raises(Halt):
        while True:
            assert zalloc(k, zone)
            count += 1
    return count


@pytest.mark.parametrize(
    ("size", "maximum", "alloc", "made"),
    [
        (48, 100, 0, (48, 4096, 4096)),  # alloc 0 means a page
        (13, 4097, 1, (16, 8192, 4096)),  # elem_size to 4, the others to pages
        (100, 4096, 5000, (100, 8192, 8192)),  # max is at least alloc
        (16, 8192, 4096, (16, 8192, 4096)),
    ],
)
def test_zinit_rounds(bench: Bench, size: int, maximum: int, alloc: int, made: tuple[int, int, int]) -> None:
    zone = zinit(bench.kernel, size, maximum, alloc, "toys")
    assert (zone.elem_size, zone.max_size, zone.alloc_size) == made
    assert bench.kernel.catalog.zones[-1][2:5] == made
    assert bench.events[-1][0] == Kind.ZINIT
    # The zone structure is an element of the zone "zones"; its event comes first.
    assert bench.events[-2][0] == Kind.ZALLOC


def test_the_free_list_is_last_in_first_out(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, 24, MiB, 0, "toys")
    taken = [zalloc(k, zone) for _ in range(5)]
    for address in taken:
        zfree(k, zone, address)
    assert [zalloc(k, zone) for _ in range(5)] == taken[::-1]
    # All five came from the free list: the zone did not grow.
    assert zone.cur_size == 5 * 24


def test_zfree_keeps_the_memory_in_its_zone(bench: Bench) -> None:
    k = bench.kernel
    one, other = zinit(k, 32, MiB, 0, "one"), zinit(k, 32, MiB, 0, "other")
    address = zalloc(k, one)
    zfree(k, one, address)
    assert one.cur_size == 32
    assert zalloc(k, other) != address


def test_events_distinguish_new_space_from_the_free_list(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, 24, MiB, 0, "toys")
    address = zalloc(k, zone, 20)
    assert bench.events[-1][5:] == (zone.id, address, 24, 20 << 1 | 1)
    zfree(k, zone, address, 20)
    assert bench.events[-1][5:] == (zone.id, address, 24, 20 << 1)
    zalloc(k, zone, 21)
    assert bench.events[-1][5:] == (zone.id, address, 24, 21 << 1)


def test_elements_of_all_zones_interleave(bench: Bench) -> None:
    k = bench.kernel
    one, other = zinit(k, 24, MiB, 0, "one"), zinit(k, 100, MiB, 0, "other")
    first = zalloc(k, one)
    assert zalloc(k, other) == first + 24
    assert zalloc(k, one) == first + 124


def test_the_bump_region_takes_only_the_pages_it_needs(bench: Bench) -> None:
    k = bench.kernel
    fill_zdata(k)
    used = k.zone_map.used
    zone = zinit(k, 1000, MiB, 8 * PAGE, "toys")  # alloc_size has no effect here; zinit took one page
    assert k.zone_map.used == used + PAGE
    for _ in range(4):
        zalloc(k, zone)
    assert k.zone_map.used == used + PAGE  # 48 + 4 * 1000 bytes fit a page
    zalloc(k, zone)
    assert k.zone_map.used == used + 2 * PAGE


def test_the_page_end_is_lost_if_the_next_pages_do_not_follow(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, 1000, MiB, 0, "toys")
    fill_zdata(k)
    first = zalloc(k, zone)
    assert first == k.space_end - PAGE
    for _ in range(3):
        zalloc(k, zone)
    zalloc(k, k.zones["kalloc.4096"])  # takes the page that would have followed
    wasted = k.wasted
    fifth = zalloc(k, zone)
    assert k.wasted - wasted == 96
    assert fifth == first + 2 * PAGE
    jump = bench.kinds(Kind.ZEXTEND)[-1]
    assert jump[6:] == (k.space_end, PAGE, 96)


def test_no_page_end_is_lost_if_the_next_pages_follow(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, 1000, MiB, 0, "toys")
    fill_zdata(k)
    wasted = k.wasted
    addresses = [zalloc(k, zone) for _ in range(40)]
    assert addresses == list(range(addresses[0], addresses[0] + 40_000, 1000))
    assert k.wasted == wasted


def test_a_large_element_takes_several_pages_at_once(bench: Bench) -> None:
    k = bench.kernel
    fill_zdata(k)
    zget_space(k, 10)
    used = k.zone_map.used
    zget_space(k, 2 * PAGE + 1)
    # round_page of the whole size, although part of it would fit into the old page.
    assert k.zone_map.used - used == 3 * PAGE


def test_a_zone_at_its_limit_grows_by_half_silently(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, 1024, 2 * PAGE, 0, "toys")
    for _ in range(8):
        zalloc(k, zone)
    assert zone.max_size == 2 * PAGE
    zalloc(k, zone)
    assert zone.max_size == 3 * PAGE
    assert bench.kinds(Kind.ZGROW)[-1][5:] == (zone.id, 0, 3 * PAGE, 2 * PAGE)
    assert k.console == []


def test_an_exhaustible_zone_refuses(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, 1024, PAGE, 0, "toys", EXHAUSTIBLE)
    taken = [zalloc(k, zone) for _ in range(4)]
    assert zalloc(k, zone) == 0
    assert bench.events[-1][0] == Kind.ZREFUSE
    assert (zone.in_use, zone.cur_size, zone.max_size) == (4, PAGE, PAGE)
    zfree(k, zone, taken[1])
    assert zalloc(k, zone) == taken[1]
    assert zalloc(k, zone) == 0


def test_a_fixed_zone_prints_and_grows(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, 1024, PAGE, 0, "toys", FIXED)
    for _ in range(5):
        assert zalloc(k, zone)
    assert zone.max_size == PAGE
    assert zone.cur_size == PAGE + 1024
    assert k.console == ['zone "toys" empty.']
    assert bench.kinds(Kind.ZEMPTY)[-1][5:] == (zone.id, 0, 1024, 0)


def test_zcram_adds_memory_to_the_free_list(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, 48, PAGE, 0, "toys")
    zcram(k, zone, 0x100000, 1000)
    assert (zone.cur_size, len(zone.free)) == (20 * 48, 20)
    assert zalloc(k, zone) == 0x100000 + 19 * 48


@pytest.mark.parametrize("size", [PAGE, 2 * PAGE])
def test_a_collectable_zone_takes_its_own_pages(bench: Bench, size: int) -> None:
    k = bench.kernel
    zone = k.zones[f"kalloc.{size}"]
    used, space = k.zone_map.used, k.space_next
    address = zalloc(k, zone) if not zone.free else 0
    address = address or zalloc(k, zone)
    assert address % PAGE == 0
    assert k.zone_map.start <= address < k.zone_map.end
    assert k.zone_map.used - used in (0, size)
    assert k.space_next == space


def test_a_collectable_zone_is_carved_into_elements(bench: Bench) -> None:
    k = bench.kernel
    zone = zinit(k, PAGE, MiB, 4 * PAGE, "toys", COLLECTABLE)
    zalloc(k, zone)
    assert (zone.in_use, len(zone.free), zone.cur_size) == (1, 3, 4 * PAGE)
    cram = bench.kinds(Kind.ZCRAM)[-1]
    assert cram[5:] == (zone.id, cram[6], 4 * PAGE, 4)


def test_zone_gc_returns_free_pages_of_collectable_zones(bench: Bench) -> None:
    k = bench.kernel
    zone = k.zones["kalloc.8192"]
    taken = [zalloc(k, zone) for _ in range(6)]
    for address in taken[:4]:
        zfree(k, zone, address)
    free, size, used = len(zone.free), zone.cur_size, k.zone_map.used
    others = sum(len(z.free) * z.elem_size for z in k.zones.values() if z.collectable and z is not zone)
    ordinary = k.zones["kalloc.64"]
    zfree(k, ordinary, zalloc(k, ordinary))
    kept = len(ordinary.free)
    zone_gc(k)
    assert zone.free == []
    assert zone.cur_size == size - free * 8192
    assert k.zone_map.used == used - free * 8192 - others
    assert len(ordinary.free) == kept
    assert len(bench.kinds(Kind.ZCOLLECT)) >= free


def test_zone_gc_frees_the_zone_created_last_first_and_each_free_list_from_its_bottom(bench: Bench) -> None:
    k = bench.kernel
    zone_gc(k)
    pages, pairs = k.zones["kalloc.4096"], k.zones["kalloc.8192"]
    small = [zalloc(k, pages) for _ in range(3)]
    large = [zalloc(k, pairs) for _ in range(2)]
    for address in (small[1], small[0], small[2]):
        zfree(k, pages, address)
    for address in (large[1], large[0]):
        zfree(k, pairs, address)
    since = len(bench.events)
    zone_gc(k)
    freed = [event[6] for event in bench.kinds(Kind.KMEM_FREE, since=since)]
    assert freed == [large[1] + PAGE, large[1], large[0] + PAGE, large[0], small[1], small[0], small[2]]


def test_holes_are_filled_first_fit(bench: Bench) -> None:
    k = bench.kernel
    zone = k.zones["kalloc.8192"]
    taken = [zalloc(k, zone) for _ in range(6)]
    hole = taken[2]
    zfree(k, zone, hole)
    zone_gc(k)
    assert zalloc(k, k.zones["kalloc.4096"]) == hole
    fill_zdata(k)
    wasted = k.wasted
    assert zget_space(k, 100) == hole + PAGE
    assert k.wasted == wasted  # the region was used up, so nothing was lost


@pytest.mark.parametrize(
    ("tick", "last", "collects"),
    [(0, 0, False), (100, 0, False), (101, 0, True), (201, 101, False), (202, 101, True)],
)
def test_zone_gc_counts_seconds_but_compares_with_hz(bench: Bench, tick: int, last: int, collects: bool) -> None:
    k = bench.kernel
    zone = k.zones["kalloc.8192"]
    zfree(k, zone, zalloc(k, zone))
    k.sched.tick, k.zone_gc_last_tick = tick, last
    consider_zone_gc(k)
    assert (zone.free == []) is collects
    assert k.zone_gc_last_tick == (tick if collects else last)


def test_a_full_zone_map_is_never_collected() -> None:
    bench = Bench(zone_map_size="256K")
    k = bench.kernel
    spare = k.zones["kalloc.8192"]
    zfree(k, spare, zalloc(k, spare))
    exhaust(k, zinit(k, 2000, MiB, 0, "toys"))
    assert spare.free
    assert not bench.kinds(Kind.ZCOLLECT)


@pytest.mark.parametrize("make", [lambda k: zinit(k, 100, MiB, 0, "toys"), lambda k: zinit(k, PAGE, MiB, 0, "toys", COLLECTABLE)])
def test_the_panic_names_the_zone_that_asked(make: Callable[[Kernel], Zone]) -> None:
    bench = Bench(zone_map_size="256K")
    k = bench.kernel
    hog = make(k)
    taken = exhaust(k, hog)
    assert taken > 20
    assert k.ended is not None
    assert k.ended.panic is not None
    assert k.ended.outcome == "panic"
    assert (k.ended.panic.text, k.ended.panic.zone, k.ended.panic.memory) == ("zalloc: zone toys exhausted", "toys", "zone_map")
    assert k.ended.panic.call_path[-2:] == ["zalloc", "panic"]
    assert bench.events[-1][0] == Kind.PANIC
    assert k.console[-1] == "panic: zalloc: zone toys exhausted"
    assert not k.run(1)


def test_the_panic_names_the_last_zone_to_ask_not_the_largest() -> None:
    bench = Bench(zone_map_size="256K")
    k = bench.kernel
    hog = k.zones["kalloc.4096"]
    while k.zone_map.used < k.zone_map.size:
        zalloc(k, hog)
    k.space_next = k.space_end
    with pytest.raises(Halt):
        zalloc(k, k.zones["pmap"])
    assert k.ended is not None
    assert k.ended.panic is not None
    assert k.ended.panic.text == "zalloc: zone pmap exhausted"


def test_elements_fill_a_full_map_except_for_page_ends() -> None:
    k = boot(zone_map_size="1M")
    for name in ("kalloc.4096", "kalloc.64", "tasks", "ipc ports", "kalloc.8192"):
        for _ in range(30):
            zalloc(k, k.zones[name])
    exhaust(k, k.zones["tasks"])
    assert k.zone_map.size - k.zone_map.used < PAGE
    assert k.wasted < 30 * PAGE


class Occupied:
    """Address ranges in use, which must not overlap."""

    def __init__(self) -> None:
        self.bytes: dict[int, int] = {}
        self.words: set[int] = set()

    def take(self, address: int, size: int) -> None:
        assert address % 4 == 0
        words = range(address // 4, (address + size) // 4)
        assert self.words.isdisjoint(words), f"{address:#x} overlaps an element in use"
        self.words.update(words)
        self.bytes[address] = size

    def give(self, address: int) -> None:
        size = self.bytes.pop(address)
        self.words.difference_update(range(address // 4, (address + size) // 4))


ZONES = ("tasks", "pmap", "ipc ports", "kalloc.16", "kalloc.256", "kalloc.2048", "kalloc.4096", "kalloc.8192", "kernel map entries")


@settings(deadline=None, max_examples=60)
@given(steps=st.lists(st.tuples(st.sampled_from([*ZONES, "gc"]), st.integers(-3, 40)), max_size=60), near_the_end=st.booleans())
def test_elements_in_use_never_overlap(steps: list[tuple[str, int]], near_the_end: bool) -> None:
    k = boot(zone_map_size="4M")
    if near_the_end:
        fill_zdata(k)
    occupied = Occupied()
    mine: dict[str, list[int]] = {name: [] for name in ZONES}
    for name, count in steps:
        if name == "gc":
            # zone_gc takes map entries for the holes that it makes; the test does not follow those.
            zone_gc(k)
            continue
        zone = k.zones[name]
        if count > 0:
            for _ in range(count):
                address = zalloc(k, zone)
                occupied.take(address, zone.elem_size)
                mine[name].append(address)
        else:
            for _ in range(min(-count, len(mine[name]))):
                address = mine[name].pop(0)
                occupied.give(address)
                zfree(k, zone, address)
        assert zone.in_use + len(zone.free) == zone.cur_size // zone.elem_size + (name == "zones")
    # Free elements overlap neither elements in use nor each other.
    for zone in k.zones.values():
        for address in zone.free:
            occupied.take(address, zone.elem_size)


def test_zone_gc_deadlocks_when_a_hole_needs_a_map_entry_from_the_zone_map() -> None:
    k = boot("upstream-2007")
    zone = k.zones["kalloc.4096"]
    taken = [zalloc(k, zone) for _ in range(700)]
    for address in taken[::2]:
        zfree(k, zone, address)
    fill_zdata(k)
    with pytest.raises(Halt):
        zone_gc(k)
    assert k.ended is not None
    assert k.ended.outcome == "hang"
