"""Page directories, page tables and pv entries, i386/intel/pmap.c.

A page directory is a page of kernel_map. A page table is a physical page for each 4 MiB that a task touches. The first
mapping of a page is free; each further one takes a pv entry. Freed pv entries stay on the module's free list permanently.
"""

from typing import TYPE_CHECKING, Final

from zoneviz.mach import vm_kern, vm_object, zalloc
from zoneviz.mach.kinds import PMAP_CREATE, PMAP_DESTROY, PT_PAGE
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.vm_resident import VmPage

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel

TABLE_SHIFT: Final = 10  # a page table maps 1 << 10 pages, 4 MiB (i386) [R]


class Pmap:
    """struct pmap. `mappings`: (page, writable) by virtual page number. `tables`: page number >> TABLE_SHIFT of each page table."""

    __slots__ = ("address", "directory", "mappings", "tables", "task")

    def __init__(self, address: int, directory: int, task: int) -> None:
        self.address = address
        self.directory = directory
        self.task = task
        self.mappings: dict[int, tuple[VmPage, bool]] = {}
        self.tables: set[int] = set()


def pmap_create(k: "Kernel", task: int) -> Pmap:
    """A new pmap and its page directory. Panics `pmap_create` if kernel_map is full."""
    here = k.path
    k.tell((PMAP_CREATE, k.time, k.task_id, k.thread_id, here.id, task, 0, 0, 0))
    k.path = here["pmap_create"]
    address = zalloc.zalloc(k, k.zones["pmap"])
    directory = vm_kern.kmem_alloc_wired(k, k.kernel_map, PAGE)
    if not directory:
        k.panic("pmap_create", "kernel_map", "")
    k.path = here
    return Pmap(address, directory, task)


def pmap_destroy(k: "Kernel", pmap: Pmap) -> None:
    """Free page tables, page directory and pmap. The mappings were removed before."""
    here = k.path
    k.path = here["pmap_destroy"]
    tables = len(pmap.tables)
    k.inuse_ptepages -= tables
    k.tell((PMAP_DESTROY, k.time, k.task_id, k.thread_id, here.id, pmap.task, pmap.address, 0, tables))
    k.phys.release(k, tables, tables)
    vm_kern.kmem_free(k, k.kernel_map, pmap.directory, PAGE)
    zalloc.zfree(k, k.zones["pmap"], pmap.address)
    k.path = here


def pv_alloc(k: "Kernel") -> None:
    """Take a pv entry, from the module's free list or the zone."""
    if k.pv_free:
        k.pv_free -= 1
    else:
        zalloc.zalloc(k, k.zones["pv_list"])


def pmap_enter(k: "Kernel", pmap: Pmap, vpn: int, page: VmPage, writable: bool) -> None:
    """Map `page` at virtual page `vpn`, in place of the old mapping if there is one."""
    old = pmap.mappings.get(vpn)
    if old is not None:
        if old[0] is page:
            pmap.mappings[vpn] = (page, writable)
            return
        _pv_remove(k, pmap, vpn, old[0])
    here = k.path
    table = vpn >> TABLE_SHIFT
    if table not in pmap.tables:
        _page_table_alloc(k, pmap, vpn)
    k.path = here["pmap_enter"]
    if page.mappings:
        pv_alloc(k)
    page.mappings.append((pmap, vpn))
    pmap.mappings[vpn] = (page, writable)
    k.path = here


def _page_table_alloc(k: "Kernel", pmap: Pmap, vpn: int) -> None:
    here = k.path
    if not k.pmap_object:
        # The first page table of the run also allocates the object for all of them.
        k.path = here["pmap_enter"]["pmap_page_table_page_alloc"]
        k.pmap_object = vm_object.vm_object_allocate(k, 0).address
        k.path = here
    k.phys.grab_wired(k, 1)
    pmap.tables.add(vpn >> TABLE_SHIFT)
    k.inuse_ptepages += 1
    k.tell((PT_PAGE, k.time, k.task_id, k.thread_id, here.id, pmap.task, vpn << 12, 0, k.inuse_ptepages))


def _pv_remove(k: "Kernel", pmap: Pmap, vpn: int, page: VmPage) -> None:
    mappings = page.mappings
    mappings.remove((pmap, vpn))
    if mappings:
        k.pv_free += 1


def pmap_remove(k: "Kernel", pmap: Pmap, start: int, end: int) -> None:
    """Remove the mappings of virtual pages [start, end)."""
    mappings = pmap.mappings
    if not mappings:
        return
    gone = range(start, end) if end - start <= len(mappings) else [v for v in mappings if start <= v < end]
    for vpn in gone:
        found = mappings.pop(vpn, None)
        if found is not None:
            _pv_remove(k, pmap, vpn, found[0])


def pmap_protect_read(pmap: Pmap, start: int, end: int) -> None:
    """Take write permission from the virtual pages [start, end)."""
    mappings = pmap.mappings
    some = range(start, end) if end - start <= len(mappings) else [v for v in mappings if start <= v < end]
    for vpn in some:
        found = mappings.get(vpn)
        if found is not None and found[1]:
            mappings[vpn] = (found[0], False)


def pmap_page_protect_none(k: "Kernel", page: VmPage) -> None:
    """Remove every mapping of a page that was copied up. Its users fault again and find the right page."""
    count = len(page.mappings)
    for pmap, vpn in page.mappings:
        pmap.mappings.pop(vpn, None)
    page.mappings.clear()
    if count > 1:
        k.pv_free += count - 1


def page_unmap(k: "Kernel", page: VmPage) -> None:
    """Remove every mapping of a page."""
    if page.mappings:
        pmap_page_protect_none(k, page)
