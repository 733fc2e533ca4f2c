"""Memory objects, vm/vm_object.c: pages, shadows, and the collapse of shadow chains.

vm_object_allocate also allocates a port, the pager_name of the object. A collapse keeps that of the lower object.
"""

from typing import TYPE_CHECKING

from zoneviz.mach import pmap, zalloc
from zoneviz.mach.kinds import OBJECT_CREATE, OBJECT_SHADOW, OBJECT_TERMINATE
from zoneviz.mach.sizes import PAGE_SHIFT
from zoneviz.mach.vm_resident import VmPage

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


class VmObject:
    """struct vm_object: temporary memory without a pager. `pages`: by page index in the object. `size` in bytes.

    `shadow`: the object behind it, at an offset of `shadow_offset` pages. `port`: address of its pager_name, 0 if it has none.
    """

    __slots__ = ("address", "pages", "port", "refs", "shadow", "shadow_offset", "size")

    def __init__(self, address: int, size: int) -> None:
        self.address = address
        self.port = 0
        self.size = size
        self.refs = 1
        self.pages: dict[int, VmPage] = {}
        self.shadow: VmObject | None = None
        self.shadow_offset = 0


def raw_object(k: "Kernel", size: int) -> VmObject:
    """_vm_object_allocate: a new object without a pager_name, as at boot."""
    here = k.path
    k.path = here["_vm_object_allocate"]
    new = VmObject(zalloc.zalloc(k, k.zones["objects"]), size)
    k.path = here
    return new


def vm_object_allocate(k: "Kernel", size: int) -> VmObject:
    """A new object of `size` bytes with its pager_name."""
    here = k.path
    k.path = here["vm_object_allocate"]
    new = raw_object(k, size)
    k.path = k.path["ipc_port_alloc_special"]
    new.port = zalloc.zalloc(k, k.zones["ipc ports"])
    k.tell((OBJECT_CREATE, k.time, k.task_id, k.thread_id, here.id, 0, new.address, size, 0))
    k.path = here
    return new


def vm_object_shadow(k: "Kernel", source: VmObject, offset: int, size: int) -> VmObject:
    """A new object of `size` bytes in front of `source` at `offset` pages. It takes over the caller's reference to `source`."""
    here = k.path
    k.path = here["vm_object_shadow"]
    k.tell((OBJECT_SHADOW, k.time, k.task_id, k.thread_id, here.id, 0, source.address, size, 0))
    new = vm_object_allocate(k, size)
    new.shadow = source
    new.shadow_offset = offset
    k.path = here
    return new


def vm_object_deallocate(k: "Kernel", gone: VmObject | None) -> None:
    """Drop a reference. The last one terminates the object and drops its reference to the one behind it."""
    here = k.path
    k.path = here["vm_object_deallocate"]
    while gone is not None:
        gone.refs -= 1
        if gone.refs:
            break
        behind = gone.shadow
        resident = len(gone.pages)
        pages = gone.pages
        gone.pages = {}
        for page in pages.values():
            pmap.page_unmap(k, page)
        k.tell((OBJECT_TERMINATE, k.time, k.task_id, k.thread_id, k.path.id, 0, gone.address, 0, resident))
        inside = k.path
        k.path = inside["vm_object_terminate"]
        k.phys.release(k, resident, 0)
        _free_name(k, gone.port)
        zalloc.zfree(k, k.zones["objects"], gone.address)
        k.path = inside
        gone = behind
    k.path = here


def _free_name(k: "Kernel", port: int) -> None:
    if not port:
        return
    here = k.path
    k.path = here["ipc_port_dealloc_special"]["ipc_port_destroy"]["ipc_object_release"]
    zalloc.zfree(k, k.zones["ipc ports"], port)
    k.path = here


def vm_object_collapse(k: "Kernel", top: VmObject) -> None:
    """Merge or bypass the objects behind `top`, as far as possible."""
    here = k.path
    k.path = here["vm_object_collapse"]
    while (behind := top.shadow) is not None:
        if behind.refs == 1:
            _merge(k, top, behind)
        elif not _bypass(k, top, behind):
            break
    k.path = here


def vm_object_coalesce(k: "Kernel", backing: VmObject | None, end: int, size: int) -> bool:
    """Extend an object, or the lack of one, by `size` bytes from byte `end` on, where its map entry ends.

    False if it has another reference or shadows another object. Pages left behind `end` by memory that was deallocated are freed.
    """
    if backing is None:
        return True
    vm_object_collapse(k, backing)
    if backing.refs > 1 or backing.shadow is not None:
        return False
    if backing.size > end:
        gone = [index for index in backing.pages if index >= end >> PAGE_SHIFT]
        for index in gone:
            pmap.page_unmap(k, backing.pages.pop(index))
        k.phys.release(k, len(gone), 0)
    backing.size = max(backing.size, end + size)
    return True


def _merge(k: "Kernel", top: VmObject, behind: VmObject) -> None:
    """Take over the pages, the pager_name and the shadow of `behind`, to which `top` has the only reference."""
    offset, last = top.shadow_offset, top.size >> PAGE_SHIFT
    freed = 0
    for index, page in behind.pages.items():
        at = index - offset
        if at < 0 or at >= last or at in top.pages:
            pmap.page_unmap(k, page)
            freed += 1
        else:
            top.pages[at] = page
    _free_name(k, top.port)
    top.port = behind.port
    top.shadow = behind.shadow
    top.shadow_offset += behind.shadow_offset
    behind.pages = {}
    k.phys.release(k, freed, 0)
    zalloc.zfree(k, k.zones["objects"], behind.address)


def _bypass(k: "Kernel", top: VmObject, behind: VmObject) -> bool:
    """Drop `behind` from the chain if `top` hides all its pages. False if it does not."""
    offset, last = top.shadow_offset, top.size >> PAGE_SHIFT
    for index in behind.pages:
        at = index - offset
        if 0 <= at < last and at not in top.pages:
            return False
    top.shadow = behind.shadow
    if top.shadow is not None:
        top.shadow.refs += 1
    top.shadow_offset += behind.shadow_offset
    # Others have references to `behind`, so this does not free it.
    behind.refs -= 1
    return True
