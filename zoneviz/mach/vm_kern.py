"""Kernel address space: kernel_map and its submaps, vm/vm_kern.c and the part of vm/vm_map.c that it uses.

A range is allocated in the first hole behind the hint `first_free`, never below it. A wired range directly after another one
extends that one's map entry. Entries of wired maps come from the zone "kernel map entries".
"""

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

import zoneviz.mach.vm_object as vm_objects
from zoneviz.events import MapInfo
from zoneviz.mach import pmap, zalloc
from zoneviz.mach.kinds import KMEM_ALLOC, KMEM_FAIL, KMEM_FREE, KMEM_SUBALLOC
from zoneviz.mach.sizes import round_page

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.vm_object import VmObject

KERN_NO_SPACE: Final = 3  # mach/kern_return.h [R]


class KernelEntry:
    """A vm_map_entry of a kernel map: addresses [start, end). `address`: its element in the entry zone of the map.

    `mergeable`: it maps the kernel object, so a range that follows extends it.
    """

    __slots__ = ("address", "end", "mergeable", "object", "start")

    def __init__(self, address: int, start: int, end: int, mergeable: bool, vm_object: "VmObject | None" = None) -> None:
        self.address = address
        self.start = start
        self.end = end
        self.mergeable = mergeable
        self.object = vm_object


class KernelMap:
    """A vm_map of the kernel. `used`: vm_map->size in bytes. `entry_zone`: the zone of its entries.

    `entries`: in order of address. `starts`: their start addresses. `first_free`: index of the entry behind which a search for
    space starts; -1 is the header, so it starts at the bottom of the map.
    """

    __slots__ = ("element", "end", "entries", "entry_zone", "first_free", "id", "name", "start", "starts", "used")

    def __init__(self, info: MapInfo, element: int, entry_zone: str = "kernel map entries") -> None:
        self.id = info.id
        self.name = info.name
        self.start = info.start
        self.end = info.end
        self.element = element
        self.entry_zone = entry_zone
        self.entries: list[KernelEntry] = []
        self.starts: list[int] = []
        self.first_free = -1
        self.used = 0

    @property
    def size(self) -> int:
        """Bytes of its address space, free or not."""
        return self.end - self.start

    def find(self, address: int) -> int:
        """The index of the last entry that starts at `address` or below it; -1 if missing."""
        return bisect_right(self.starts, address) - 1

    def insert(self, index: int, entry: KernelEntry) -> None:
        """Insert an entry before number `index`, with its start address."""
        self.entries.insert(index, entry)
        self.starts.insert(index, entry.start)


def vm_map_create(k: "Kernel", name: str, start: int, end: int, parent: int, entry_zone: str = "kernel map entries") -> KernelMap:
    """A new kernel map of the addresses [start, end). `parent`: id of the map that contains it, 0 for kernel_map."""
    here = k.path
    k.path = here["vm_map_create"]
    element = zalloc.zalloc(k, k.zones["maps"])
    k.path = here
    info = MapInfo(len(k.catalog.maps) + 1, name, start, end, parent)
    k.catalog.maps.append(info)
    new = KernelMap(info, element, entry_zone)
    k.maps[name] = new
    return new


def find_space(where: KernelMap, size: int) -> tuple[int, int]:
    """The first hole of `size` bytes behind the hint: (index of the new entry, address). Address -1 if there is no such hole.

    The search never wraps: a hole below the hint stays unused until something at or below it is freed [S].
    """
    entries = where.entries
    at = entries[where.first_free].end if where.first_free >= 0 else where.start
    for index in range(where.first_free + 1, len(entries)):
        if entries[index].start - at >= size:
            return index, at
        at = entries[index].end
    if where.end - at >= size:
        return len(entries), at
    return 0, -1


def vm_map_find_entry(k: "Kernel", where: KernelMap, size: int, mergeable: bool, backing: "VmObject | None" = None) -> int:
    """Allocate `size` bytes of addresses: their start, or -1 if there is no hole. The hint moves to their entry [S].

    The caller adds to `used` where it records the range, so that both change together.
    """
    index, address = find_space(where, size)
    if address < 0:
        return -1
    before = where.entries[index - 1] if index else None
    if mergeable and before is not None and before.mergeable and before.end == address:
        before.end += size
        where.first_free = index - 1
    else:
        element = _entry_create(k, where, "vm_map_find_entry")
        where.insert(index, KernelEntry(element, address, address + size, mergeable, backing))
        where.first_free = index
    return address


def vm_map_enter(k: "Kernel", where: KernelMap, size: int) -> int:
    """Allocate `size` bytes of addresses, as vm_map_find_entry. The hint moves only to an entry directly behind its own [S]."""
    index, address = find_space(where, size)
    if address < 0:
        return -1
    element = _entry_create(k, where, "vm_map_enter")
    where.insert(index, KernelEntry(element, address, address + size, False))
    if where.first_free == index - 1 and address == (where.entries[index - 1].end if index else where.start):
        where.first_free = index
    return address


def _entry_create(k: "Kernel", where: KernelMap, caller: str) -> int:
    here = k.path
    k.path = here[caller]["_vm_map_entry_create"]
    element = zalloc.zalloc(k, k.zones[where.entry_zone])
    k.path = here
    return element


def kmem_init(k: "Kernel", start: int, end: int) -> None:
    """Create kernel_map with the addresses [0, end). [0, start) are boot data and the direct mapping."""
    here = k.path
    info = MapInfo(len(k.catalog.maps) + 1, "kernel_map", 0, end, 0)
    k.catalog.maps.append(info)
    k.kernel_map = KernelMap(info, 0)
    k.maps["kernel_map"] = k.kernel_map
    k.kernel_map.used += start
    k.tell((KMEM_ALLOC, k.time, k.task_id, k.thread_id, here.id, info.id, 0, start, 0))
    inside = here["kmem_init"]
    k.path = inside
    k.path = inside["vm_map_create"]
    k.kernel_map.element = zalloc.zalloc(k, k.zones["maps"])
    k.path = inside
    vm_map_enter(k, k.kernel_map, start)
    k.path = here


def kmem_suballoc(k: "Kernel", name: str, size: int, entry_zone: str = "kernel map entries") -> KernelMap:
    """A new submap of kernel_map of `size` bytes. Panics `kmem_suballoc` if kernel_map has no room."""
    here = k.path
    k.path = here["kmem_suballoc"]
    parent = k.kernel_map
    address = vm_map_enter(k, parent, round_page(size))
    if address < 0:
        k.panic("kmem_suballoc", "kernel_map", "")
    new = vm_map_create(k, name, address, address + round_page(size), parent.id, entry_zone)
    k.path = here
    parent.used += new.size
    k.tell((KMEM_SUBALLOC, k.time, k.task_id, k.thread_id, here.id, new.id, address, round_page(size), parent.id))
    return new


def kmem_alloc_wired(k: "Kernel", where: KernelMap, size: int, finder: str = "kmem_alloc_wired") -> int:
    """Allocate `size` bytes (whole pages) of wired memory in a kernel map: the address, 0 if it has no room."""
    here = k.path
    if k.zone_map_locked and where is k.zone_map:
        k.hang("zone_gc waits for the lock of zone_map, which it holds: freeing a page needs a map entry, and that a page")
    k.path = here[finder]
    address = vm_map_find_entry(k, where, size, True)
    k.path = here
    if address < 0:
        k.tell((KMEM_FAIL, k.time, k.task_id, k.thread_id, here.id, where.id, 0, size, KERN_NO_SPACE))
        return 0
    where.used += size
    k.tell((KMEM_ALLOC, k.time, k.task_id, k.thread_id, here.id, where.id, address, size, 0))
    k.phys.grab_wired(k, size >> 12)
    return address


def kmem_free(k: "Kernel", where: KernelMap, address: int, size: int) -> None:
    """Free wired memory. Splits the map entry that contains it."""
    where.used -= size
    k.tell((KMEM_FREE, k.time, k.task_id, k.thread_id, k.path.id, where.id, address, size, 0))
    here = k.path
    k.path = here["kmem_free"]["vm_map_remove"]["vm_map_delete"]
    k.phys.release(k, size >> 12, size >> 12)
    remove_range(k, where, address, address + size)
    k.path = here


def remove_range(k: "Kernel", where: KernelMap, start: int, end: int) -> None:
    """vm_map_delete: delete the addresses [start, end), which are in one entry. A hint there or above moves below them [S]."""
    index = where.find(start)
    entry = where.entries[index]
    here = k.path
    if entry.start < start:
        # The new entry takes the front part; the hint stays with the old one.
        front = KernelEntry(_entry_create(k, where, "_vm_map_clip_start"), entry.start, start, entry.mergeable, entry.object)
        where.insert(index, front)
        if where.first_free >= index:
            where.first_free += 1
        index += 1
        entry.start = start
        where.starts[index] = start
    if where.first_free >= index:
        where.first_free = index - 1
    if entry.end > end:
        tail = KernelEntry(_entry_create(k, where, "_vm_map_clip_end"), end, entry.end, entry.mergeable, entry.object)
        where.insert(index + 1, tail)
        entry.end = end
    if entry.object is not None:
        k.path = here["vm_map_entry_delete"]
        vm_objects.vm_object_deallocate(k, entry.object)
    del where.entries[index], where.starts[index]
    k.path = here["vm_map_entry_delete"]["_vm_map_entry_dispose"]
    zalloc.zfree(k, k.zones[where.entry_zone], entry.address)
    k.path = here


def kmem_alloc(k: "Kernel", where: KernelMap, size: int) -> int:
    """Allocate `size` bytes of wired memory with their own object, for IPC tables from a page on: the address, 0 if no room."""
    here = k.path
    size = round_page(size)
    k.path = here["kmem_alloc"]
    backing = vm_objects.vm_object_allocate(k, size)
    address = vm_map_find_entry(k, where, size, False, backing)
    if address < 0:
        k.tell((KMEM_FAIL, k.time, k.task_id, k.thread_id, here.id, where.id, 0, size, KERN_NO_SPACE))
        vm_objects.vm_object_deallocate(k, backing)
        k.path = here
        return 0
    k.path = here
    where.used += size
    k.tell((KMEM_ALLOC, k.time, k.task_id, k.thread_id, here.id, where.id, address, size, 0))
    k.phys.grab_wired(k, size >> 12)
    return address


def kmem_realloc(k: "Kernel", where: KernelMap, old: int, old_size: int, new_size: int) -> int:
    """Allocate a larger range that takes over the pages and the object of an old one: the address, 0 if no room.

    The old range stays until kmem_free_object. Meanwhile its pages are mapped twice and take a pv entry each.
    """
    here = k.path
    old_size, new_size = round_page(old_size), round_page(new_size)
    k.path = here["kmem_realloc"]
    was = where.entries[where.find(old)]
    address = vm_map_find_entry(k, where, new_size, False, was.object)
    if address < 0:
        k.path = here
        k.tell((KMEM_FAIL, k.time, k.task_id, k.thread_id, here.id, where.id, 0, new_size, KERN_NO_SPACE))
        return 0
    if was.object is not None:
        was.object.refs += 1
        was.object.size = new_size
    k.path = k.path["kmem_remap_pages"]["pmap_enter"]
    for _ in range(old_size >> 12):
        pmap.pv_alloc(k)
    k.path = here
    where.used += new_size
    k.tell((KMEM_ALLOC, k.time, k.task_id, k.thread_id, here.id, where.id, address, new_size, 1))
    k.phys.grab_wired(k, (new_size - old_size) >> 12)
    return address


def kmem_free_object(k: "Kernel", where: KernelMap, address: int, size: int, *, moved: bool) -> None:
    """Free a range of kmem_alloc or kmem_realloc. `moved`: its pages are now those of a larger range."""
    size = round_page(size)
    where.used -= size
    k.tell((KMEM_FREE, k.time, k.task_id, k.thread_id, k.path.id, where.id, address, size, 0))
    here = k.path
    k.path = here["kmem_free"]["vm_map_remove"]["vm_map_delete"]
    if moved:
        k.pv_free += size >> 12  # to the free list of the pmap module
    else:
        k.phys.release(k, size >> 12, size >> 12)
    remove_range(k, where, address, address + size)
    k.path = here
