"""Page faults, vm/vm_fault.c: zero fill, shadow objects at the first write, pages copied up, chains collapsed."""

from typing import TYPE_CHECKING

from zoneviz.mach.pmap import pmap_enter, pmap_page_protect_none
from zoneviz.mach.sizes import PAGE_SHIFT
from zoneviz.mach.vm_map import WRITE, VmMap, vm_map_lookup
from zoneviz.mach.vm_object import VmObject, vm_object_collapse
from zoneviz.mach.vm_resident import VmPage
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


def mapped(where: VmMap, vpn: int, write: bool) -> bool:
    """Whether virtual page `vpn` is mapped for this access, so that no fault occurs."""
    found = where.pmap.mappings.get(vpn)
    return found is not None and (found[1] or not write)


def user_touch(k: "Kernel", where: VmMap, address: int, size: int, write: bool) -> bool:
    """Touch each page of [address, address + size) from user mode; fault where needed. False if a page is not accessible."""
    for vpn in range(address >> PAGE_SHIFT, ((address + size - 1) >> PAGE_SHIFT) + 1):
        if mapped(where, vpn, write):
            continue
        here = k.path
        k.path = here["user_trap"]["vm_fault"]
        k.time += k.costs.page_fault
        # A fault from user mode may block, so it allocates its state [R].
        state = zalloc(k, k.zones["vm fault state"])
        found = _fault(k, where, vpn, write)
        zfree(k, k.zones["vm fault state"], state)
        k.path = here
        if not found:
            return False
    return True


def kernel_touch(k: "Kernel", where: VmMap, address: int, size: int) -> bool:
    """Write to a task's memory from the kernel (copyout). Such a fault allocates no state [M]. False if not accessible."""
    for vpn in range(address >> PAGE_SHIFT, ((address + size - 1) >> PAGE_SHIFT) + 1):
        if mapped(where, vpn, True):
            continue
        here = k.path
        k.path = here["trap_from_kernel"]["kernel_trap"]["vm_fault"]
        k.time += k.costs.page_fault
        found = _fault(k, where, vpn, True)
        k.path = here
        if not found:
            return False
    return True


def _more_fictitious(k: "Kernel") -> None:
    """vm_page_more_fictitious: allocate five page structures at the first fault of the run [M]."""
    here = k.path
    k.path = here["vm_page_more_fictitious"]
    for _ in range(5):
        zalloc(k, k.zones["vm pages"])
    k.fictitious = 5
    k.path = here


def _fault(k: "Kernel", where: VmMap, vpn: int, write: bool) -> bool:
    entry = where.find(vpn << PAGE_SHIFT)
    if entry is None or (write and not entry.protection & WRITE):
        return False
    top = vm_map_lookup(k, entry, write)
    if not k.fictitious:
        _more_fictitious(k)
    index = vpn - (entry.start >> PAGE_SHIFT) + entry.offset
    page = top.pages.get(index)
    writable = bool(entry.protection & WRITE) and not entry.needs_copy
    if page is None:
        page, from_behind = _find_behind(top, index)
        if page is None:
            page = new_page(k, top, index)
        elif write and from_behind:
            page = _copy_up(k, top, index, page)
        else:
            writable = False
    pmap_enter(k, where.pmap, vpn, page, writable)
    return True


def new_page(k: "Kernel", owner: VmObject, index: int) -> VmPage:
    """Grab a page and put it at `index` of an object."""
    k.phys.grab(k)
    page = VmPage()
    owner.pages[index] = page
    return page


def _find_behind(top: VmObject, index: int) -> tuple[VmPage | None, bool]:
    """(the page from an object behind `top` or None, whether one was found)."""
    below = top
    while below.shadow is not None:
        index += below.shadow_offset
        below = below.shadow
        page = below.pages.get(index)
        if page is not None:
            return page, True
    return None, False


def _copy_up(k: "Kernel", top: VmObject, index: int, page: VmPage) -> VmPage:
    """Copy a page into the front object. All mappings of the old page are removed, as the kernel cannot tell which to keep [R]."""
    here = k.path
    k.path = here["vm_fault_page"]
    new = new_page(k, top, index)
    pmap_page_protect_none(k, page)
    vm_object_collapse(k, top)
    k.path = here
    return new
