"""kalloc, kern/kalloc.c: the zone for each size, and kalloc_map above 8192 bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mach.bench import Bench, boot
from zoneviz.events import Kind
from zoneviz.mach.kalloc import KALLOC_ZONES, kalloc, kalloc_map_size, kfree
from zoneviz.mach.sizes import KALLOC_MAP_SIZE, PAGE


@pytest.mark.parametrize(
    ("size", "zone"),
    [
        (1, 16),
        (16, 16),
        (17, 32),
        (33, 64),
        (48, 64),
        (64, 64),
        (65, 128),
        (129, 256),
        (256, 256),
        (257, 512),
        (1024, 1024),
        (1025, 2048),
        (4080, 4096),
        (4096, 4096),
        (4097, 8192),
        (8192, 8192),
    ],
)
def test_size_classes(size: int, zone: int) -> None:
    bench = Bench()
    k = bench.kernel
    before = bench.in_use()
    address = kalloc(k, size)
    assert {n: count for n, count in bench.in_use().items() if count != before[n]} == {f"kalloc.{zone}": before[f"kalloc.{zone}"] + 1}
    assert bench.kinds(Kind.ZALLOC)[-1][8] >> 1 == size
    kfree(k, address, size)
    assert bench.in_use() == before


@given(size=st.integers(1, 8192))
def test_the_smallest_zone_that_fits_is_used(size: int) -> None:
    zone = KERNEL.kalloc_zone[(size + 15) >> 4]
    assert zone.elem_size == min(s for s in KALLOC_ZONES if s >= size)


KERNEL = boot()


@pytest.mark.parametrize(("size", "taken"), [(8193, 16384), (16383, 16384), (16384, 16384), (16385, 20480), (40960, 40960)])
def test_above_8192_bytes_kalloc_map_is_used(size: int, taken: int) -> None:
    k = boot()
    zones = {name: zone.in_use for name, zone in k.zones.items()}
    used, free = k.kalloc_map.used, k.phys.free
    address = kalloc(k, size)
    assert kalloc_map_size(size) == taken
    assert k.kalloc_map.used - used == taken
    assert free - k.phys.free == taken // PAGE
    assert k.kalloc_map.start <= address < k.kalloc_map.end
    kfree(k, address, size)
    assert (k.kalloc_map.used, k.phys.free) == (used, free)
    assert {n: z.in_use for n, z in k.zones.items()} == zones


def test_a_full_kalloc_map_is_an_error_not_a_panic() -> None:
    k = boot()
    count = 0
    while kalloc(k, 1 << 20):
        count += 1
    assert count == KALLOC_MAP_SIZE >> 20
    assert k.ended is None
    assert kalloc(k, 16384) == 0
