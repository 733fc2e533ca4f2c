"""kalloc, kern/kalloc.c: ten zones of powers of two; above 8192 bytes, kalloc_map."""

from typing import TYPE_CHECKING, Final

from zoneviz.events import COLLECTABLE
from zoneviz.mach.sizes import KALLOC_MAP_SIZE, PAGE, round_page
from zoneviz.mach.vm_kern import kmem_alloc_wired, kmem_free, kmem_suballoc
from zoneviz.mach.zalloc import Zone, zalloc, zfree, zinit

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel

KALLOC_ZONES: Final = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)  # [R]
K_ZONE_MAX: Final = (1024, 4096, 4096, 4096, 4096, 1024, 1024, 1024, 1024, 4096)  # elements of max_size at boot [R]
KALLOC_MAX: Final = 8192


def kalloc_init(k: "Kernel") -> None:
    """Create kalloc_map and the ten zones."""
    here = k.path
    k.path = here["kalloc_init"]
    k.kalloc_map = kmem_suballoc(k, "kalloc_map", KALLOC_MAP_SIZE)
    zones: list[Zone] = []
    for size, count in zip(KALLOC_ZONES, K_ZONE_MAX, strict=True):
        zones.append(zinit(k, size, count * size, size, f"kalloc.{size}", COLLECTABLE if size >= PAGE else ""))
    # k.kalloc_zone[(size + 15) >> 4] is the zone for `size`: on the hot path a look-up is faster than a loop.
    table, at = [], 0
    for quantum in range(KALLOC_MAX // 16 + 1):
        while zones[at].elem_size < quantum * 16:
            at += 1
        table.append(zones[at])
    k.kalloc_zone = table
    k.path = here


def kalloc(k: "Kernel", size: int) -> int:
    """The address of at least `size` bytes; 0 for a size above 8192 if kalloc_map has no room."""
    if size <= KALLOC_MAX:
        return zalloc(k, k.kalloc_zone[(size + 15) >> 4], size)
    return kmem_alloc_wired(k, k.kalloc_map, kalloc_map_size(size), "kalloc")


def kfree(k: "Kernel", address: int, size: int) -> None:
    """Free `size` bytes that kalloc allocated."""
    if size <= KALLOC_MAX:
        zfree(k, k.kalloc_zone[(size + 15) >> 4], address, size)
    else:
        kmem_free(k, k.kalloc_map, address, kalloc_map_size(size))


def kalloc_map_size(size: int) -> int:
    """Bytes of kalloc_map for `size`: at least 16384, in whole pages [R]."""
    return max(16384, round_page(size))
