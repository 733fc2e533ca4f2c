"""The zone allocator, kern/zalloc.c: free lists, one bump region shared by all zones, and the panic.

As until 2011 [R]: elements of ordinary zones are cut one after another from one shared region, so their pages cannot
be returned. Only the COLLECTABLE zones (kalloc.4096, kalloc.8192) have their own pages.
"""

from typing import TYPE_CHECKING, Final

from zoneviz.events import COLLECTABLE, EXHAUSTIBLE, FIXED, ZoneInfo
from zoneviz.mach import vm_kern
from zoneviz.mach.kinds import ZALLOC, ZCOLLECT, ZCRAM, ZEMPTY, ZEXTEND, ZFREE, ZGROW, ZINIT, ZONE_GC, ZREFUSE
from zoneviz.mach.sizes import PAGE, round_page

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


ZONE_GC_TICKS: Final = 100  # kern/zalloc.c: compared with hz, but the tick counts seconds [R]


class Zone:
    """struct zone. `free`: the free list, element addresses, popped from the end. Sizes in bytes."""

    __slots__ = ("alloc_size", "collectable", "cur_size", "elem_size", "exhaustible", "fixed", "free", "id", "in_use", "max_size", "name")

    def __init__(self, info: ZoneInfo) -> None:
        self.id = info.id
        self.name = info.name
        self.elem_size = info.elem_size
        self.max_size = info.max_size
        self.alloc_size = info.alloc_size
        self.exhaustible = EXHAUSTIBLE in info.flags
        self.fixed = FIXED in info.flags
        self.collectable = COLLECTABLE in info.flags
        self.cur_size = 0
        self.in_use = 0
        self.free: list[int] = []

    @property
    def flags(self) -> str:
        """The flags as words, such as "exhaustible collectable"."""
        words = ((EXHAUSTIBLE, self.exhaustible), (FIXED, self.fixed), (COLLECTABLE, self.collectable))
        return " ".join(word for word, on in words if on)


def zinit(k: "Kernel", size: int, maximum: int, alloc: int, name: str, flags: str = "") -> Zone:
    """A new zone with elements of `size` bytes. `maximum` and `alloc` in bytes, rounded as zinit does; `alloc` 0: a page [R]."""
    alloc = round_page(alloc or PAGE)
    maximum = max(round_page(maximum), alloc)
    info = ZoneInfo(len(k.catalog.zones) + 1, name, (size + 3) & ~3, maximum, alloc, flags)
    here = k.path
    k.path = here["zinit"]
    # zone_bootstrap cuts the first zone structure from the bump region; all others are elements of the zone "zones".
    address = zalloc(k, k.zones["zones"]) if k.zones else zget_space(k, k.sizes.zone)
    k.path = here
    zone = Zone(info)
    k.catalog.zones.append(info)
    k.zones[name] = zone
    k.tell((ZINIT, k.time, k.task_id, k.thread_id, k.path.id, zone.id, address, zone.elem_size, maximum))
    return zone


def zcram(k: "Kernel", zone: Zone, address: int, size: int) -> None:
    """Put the `size` bytes at `address` on the free list of a zone, element by element."""
    count = size // zone.elem_size
    zone.free.extend(range(address, address + count * zone.elem_size, zone.elem_size))
    zone.cur_size += count * zone.elem_size
    k.tell((ZCRAM, k.time, k.task_id, k.thread_id, k.path.id, zone.id, address, count * zone.elem_size, count))


def zalloc(k: "Kernel", zone: Zone, req: int = 0) -> int:
    """Allocate an element: its address, 0 if an EXHAUSTIBLE zone is at its limit. `req`: bytes requested from kalloc.

    Panics `zalloc: zone X exhausted` if zone_map has no room.
    """
    free = zone.free
    if free:
        address = free.pop()
        fresh = 0
    else:
        address = _grow(k, zone)
        if not address:
            return 0
        fresh = 1
    zone.in_use += 1
    k.tell((ZALLOC, k.time, k.task_id, k.thread_id, k.path.id, zone.id, address, zone.elem_size, req << 1 | fresh))
    return address


def zfree(k: "Kernel", zone: Zone, address: int, req: int = 0) -> None:
    """Push an element on the free list of its zone, which keeps the memory."""
    zone.free.append(address)
    zone.in_use -= 1
    k.tell((ZFREE, k.time, k.task_id, k.thread_id, k.path.id, zone.id, address, zone.elem_size, req << 1))


def _grow(k: "Kernel", zone: Zone) -> int:
    """Cut an element from new space, because the free list is empty. Its address, 0 if the zone is at its limit."""
    need = zone.elem_size
    over = zone.cur_size + need - zone.max_size
    if over > 0:
        if zone.exhaustible:
            k.tell((ZREFUSE, k.time, k.task_id, k.thread_id, k.path.id, zone.id, 0, need, 0))
            return 0
        if zone.fixed:
            # zone_ignore_overflow is TRUE: the zone prints a line on the console and grows.
            k.tell((ZEMPTY, k.time, k.task_id, k.thread_id, k.path.id, zone.id, 0, over, 0))
            k.printf(f'zone "{zone.name}" empty.')
        else:
            old = zone.max_size
            zone.max_size += old >> 1
            k.tell((ZGROW, k.time, k.task_id, k.thread_id, k.path.id, zone.id, 0, zone.max_size, old))
    here = k.path
    k.path = here["zalloc"]
    if zone.collectable:
        address = vm_kern.kmem_alloc_wired(k, k.zone_map, zone.alloc_size)
        if not address and k.profile.collect_zones:
            zone_gc(k)
            address = vm_kern.kmem_alloc_wired(k, k.zone_map, zone.alloc_size)
        if not address:
            k.panic(f"zalloc: zone {zone.name} exhausted", "zone_map", zone.name)
        zcram(k, zone, address, zone.alloc_size)
        address = zone.free.pop()
    else:
        address = zget_space(k, need)
        if not address and k.profile.collect_zones:
            zone_gc(k)
            address = zget_space(k, need)
        if not address:
            k.panic(f"zalloc: zone {zone.name} exhausted", "zone_map", zone.name)
        zone.cur_size += need
    k.path = here
    return address


def zget_space(k: "Kernel", size: int) -> int:
    """Cut `size` bytes from the bump region, which is extended from zone_map if needed. 0 if zone_map is full."""
    while k.space_next + size > k.space_end:
        more = round_page(size)
        address = vm_kern.kmem_alloc_wired(k, k.zone_map, more)
        if not address:
            return 0
        lost = 0
        if address != k.space_end:
            # The new pages do not follow the old end, so the rest of the old page is lost permanently.
            lost = k.space_end - k.space_next
            k.wasted += lost
            k.space_next = address
        k.space_end = address + more
        k.tell((ZEXTEND, k.time, k.task_id, k.thread_id, k.path.id, 0, k.space_end, more, lost))
    address = k.space_next
    k.space_next += size
    return address


def consider_zone_gc(k: "Kernel") -> None:
    """Collect zones, at most once in ZONE_GC_TICKS seconds. Called by the pageout scan."""
    k.tell((ZONE_GC, k.time, k.task_id, k.thread_id, k.path.id, k.sched.tick, 0, 0, k.zone_gc_last_tick))
    if k.sched.tick > k.zone_gc_last_tick + ZONE_GC_TICKS:
        k.zone_gc_last_tick = k.sched.tick
        zone_gc(k)


def zone_gc(k: "Kernel") -> None:
    """Return the free pages of COLLECTABLE zones to zone_map, page by page.

    The real one first puts the pages of all zones at the head of one list, from the top of each free list, and then frees them [S].
    So the zone created last comes first, each free list goes from its bottom up, and the last page of an element comes first.
    """
    here = k.path
    k.path = here["zone_gc"]
    # In both collectable zones (4096 and 8192) an element is whole pages, so a free element can be returned.
    for zone in [z for z in reversed(k.zones.values()) if z.collectable]:
        free = zone.free
        free.reverse()
        while free:
            first = free[-1]
            for page in range(first + zone.elem_size - PAGE, first - PAGE, -PAGE):
                if page == first:
                    free.pop()
                    zone.cur_size -= zone.elem_size
                    k.tell((ZCOLLECT, k.time, k.task_id, k.thread_id, k.path.id, zone.id, first, zone.elem_size, 1))
                k.zone_map_locked = True
                vm_kern.kmem_free(k, k.zone_map, page, PAGE)
                k.zone_map_locked = False
    k.path = here
