"""Memory copied between maps: vm_map_copy_t, the second half of vm/vm_map.c."""

from typing import TYPE_CHECKING

from zoneviz.mach.pmap import pmap_remove
from zoneviz.mach.sizes import PAGE_SHIFT, round_page
from zoneviz.mach.vm_fault import kernel_touch, new_page
from zoneviz.mach.vm_map import (
    KERN_INVALID_ADDRESS,
    KERN_NO_SPACE,
    KERN_SUCCESS,
    VmEntry,
    VmMap,
    copy_on_write,
    entries_between,
    entry_create,
)
from zoneviz.mach.vm_map import vm_allocate as allocate_range
from zoneviz.mach.vm_object import VmObject, vm_object_allocate, vm_object_deallocate
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


class VmMapCopy:
    """struct vm_map_copy: a list of entries that are in no map. `size` in bytes."""

    __slots__ = ("address", "entries", "size")

    def __init__(self, address: int, size: int) -> None:
        self.address = address
        self.size = size
        self.entries: list[VmEntry] = []


def vm_map_copyin(k: "Kernel", source: VmMap, address: int, size: int) -> VmMapCopy | None:
    """A copy-on-write copy of a task's memory; None if part of it is not allocated. Clips the entries of the source."""
    here = k.path
    k.path = here["vm_map_copyin"]
    end = address + round_page(size)
    copy = VmMapCopy(zalloc(k, k.zones["map copies"]), round_page(size))
    for entry in entries_between(k, source, address, end):
        new = VmEntry(entry_create(k), entry.start, entry.end, entry.object, entry.offset)
        copy_on_write(source, entry, new)
        copy.entries.append(new)
    k.path = here
    if sum(e.end - e.start for e in copy.entries) != copy.size:
        vm_map_copy_discard(k, copy)
        return None
    return copy


def copy_of_kernel_pages(k: "Kernel", size: int) -> VmMapCopy:
    """A copy of `size` bytes that a kernel routine writes in ipc_kernel_map.

    ipc_kernel_map is pageable, so its entries come from "non-kernel map entries". The range is entered, its pages are wired in
    an object, and the range is copied in with its source destroyed: the copy's entry replaces the range's entry.
    """
    address, backing = kernel_pages(k, size)
    return kernel_pages_copyin(k, address, backing, size)


def kernel_pages(k: "Kernel", size: int) -> tuple[int, VmObject | None]:
    """Enter a range in ipc_kernel_map: (address of its map entry, None). Wiring the pages allocates its object."""
    here = k.path
    k.path = here["vm_allocate"]["vm_map_enter"]
    address = entry_create(k)
    k.path = here
    return address, None


def kernel_pages_wire(k: "Kernel", size: int) -> VmObject:
    """Wire the range. Its object, with all pages resident."""
    here = k.path
    k.path = here["vm_map_pageable"]
    backing = vm_object_allocate(k, round_page(size))
    for index in range(round_page(size) >> PAGE_SHIFT):
        new_page(k, backing, index)
    k.path = here
    return backing


def kernel_pages_copyin(k: "Kernel", address: int, backing: VmObject | None, size: int) -> VmMapCopy:
    """vm_map_copyin with src_destroy: the copy takes over the object; the entry of the range is freed."""
    here = k.path
    k.path = here["vm_map_copyin"]
    copy = VmMapCopy(zalloc(k, k.zones["map copies"]), round_page(size))
    copy.entries.append(VmEntry(entry_create(k), 0, copy.size, backing, 0))
    zfree(k, k.zones["non-kernel map entries"], address)
    k.path = here
    return copy


def vm_map_copyout(k: "Kernel", into: VmMap, copy: VmMapCopy) -> tuple[int, int]:
    """Move the entries of a copy into a map, at the first free address. Allocates nothing. (kern_return, address)."""
    here = k.path
    k.path = here["vm_map_copyout"]
    at = into.room(copy.size)
    for entry in copy.entries:
        length = entry.end - entry.start
        entry.start = at
        entry.end = at + length
        into.insert(entry)
        at += length
    zfree(k, k.zones["map copies"], copy.address)
    k.path = here
    return KERN_SUCCESS, at - copy.size


def vm_map_copy_discard(k: "Kernel", copy: VmMapCopy) -> None:
    """Free a copy and its entries."""
    for entry in copy.entries:
        vm_object_deallocate(k, entry.object)
        zfree(k, k.zones["non-kernel map entries"], entry.address)
    zfree(k, k.zones["map copies"], copy.address)


def vm_map_copy_overwrite(k: "Kernel", into: VmMap, address: int, copy: VmMapCopy) -> int:
    """Replace memory of a map by a copy, whose entries replace the objects of the map's entries. A kern_return."""
    here = k.path
    k.path = here["vm_map_copy_overwrite"]
    targets = entries_between(k, into, address, address + copy.size)
    if sum(e.end - e.start for e in targets) != copy.size or len(targets) != len(copy.entries):
        vm_map_copy_discard(k, copy)
        k.path = here
        return KERN_INVALID_ADDRESS if not targets else KERN_NO_SPACE
    for target, entry in zip(targets, copy.entries, strict=True):
        pmap_remove(k, into.pmap, target.start >> PAGE_SHIFT, target.end >> PAGE_SHIFT)
        vm_object_deallocate(k, target.object)
        target.object = entry.object
        target.offset = entry.offset
        target.needs_copy = True
        zfree(k, k.zones["non-kernel map entries"], entry.address)
    zfree(k, k.zones["map copies"], copy.address)
    k.path = here
    return KERN_SUCCESS


def copyout_array(k: "Kernel", into: VmMap, size: int) -> int:
    """Allocate `size` bytes in a task and write to them, as the kernel does for out-of-line port names. Their address."""
    _, address = allocate_range(k, into, 0, size, True)
    kernel_touch(k, into, address, size)
    return address
