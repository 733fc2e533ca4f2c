"""Address spaces of tasks, vm/vm_map.c and vm/vm_user.c: entries, coalescing, clipping, copying for fork."""

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from zoneviz.mach.kinds import MAP_ENTER, MAP_REMOVE
from zoneviz.mach.pmap import Pmap, pmap_create, pmap_destroy, pmap_protect_read, pmap_remove
from zoneviz.mach.sizes import PAGE_SHIFT, round_page
from zoneviz.mach.vm_object import VmObject, vm_object_allocate, vm_object_coalesce, vm_object_deallocate, vm_object_shadow
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


VM_MIN_ADDRESS: Final = 0x1000  # programs that allocate anywhere leave out page 0 [I]
VM_MAX_ADDRESS: Final = 0xC0000000  # i386/vm_param.h [R]
READ: Final = 1
WRITE: Final = 2
DEFAULT: Final = READ | WRITE
SHARE: Final = 0  # inheritance (mach/vm_inherit.h) [R]
COPY: Final = 1  # [R]
NONE: Final = 2  # [R]
KERN_SUCCESS: Final = 0
KERN_INVALID_ADDRESS: Final = 1
KERN_NO_SPACE: Final = 3


class VmEntry:
    """struct vm_map_entry: addresses [start, end). `offset`: index of its first page in `object`."""

    __slots__ = ("address", "end", "inheritance", "needs_copy", "object", "offset", "protection", "start")

    def __init__(self, address: int, start: int, end: int, backing: VmObject | None, offset: int) -> None:
        self.address = address
        self.start = start
        self.end = end
        self.object = backing
        self.offset = offset
        self.needs_copy = False
        self.protection = DEFAULT
        self.inheritance = COPY


class VmMap:
    """struct vm_map of a task. `entries`: in order of address. `starts`: their start addresses.

    No hole below `full_below` has room for `full_for` bytes; a search for as many starts there.
    """

    __slots__ = ("address", "entries", "full_below", "full_for", "pmap", "starts", "task")

    def __init__(self, address: int, pmap: Pmap, task: int) -> None:
        self.address = address
        self.pmap = pmap
        self.task = task
        self.entries: list[VmEntry] = []
        self.starts: list[int] = []
        self.full_below = VM_MIN_ADDRESS
        self.full_for = 0

    def room(self, size: int) -> int:
        """The lowest address with room for `size` bytes. It may be beyond the end of the map."""
        at = self.full_below if size >= self.full_for else VM_MIN_ADDRESS
        first = bisect_left(self.starts, at)
        if first:
            at = max(at, self.entries[first - 1].end)
        for index in range(first, len(self.entries)):
            if self.starts[index] - at >= size:
                break
            at = self.entries[index].end
        self.full_below = at
        self.full_for = size
        return at

    def find(self, address: int) -> VmEntry | None:
        """The entry that contains `address`, or None."""
        index = bisect_right(self.starts, address) - 1
        if index >= 0 and address < self.entries[index].end:
            return self.entries[index]
        return None

    def insert(self, entry: VmEntry) -> None:
        """Insert an entry in order of address."""
        index = bisect_right(self.starts, entry.start)
        self.entries.insert(index, entry)
        self.starts.insert(index, entry.start)


def vm_map_create(k: "Kernel", pmap: Pmap, task: int) -> VmMap:
    """A new, empty map with this pmap."""
    here = k.path
    k.path = here["vm_map_create"]
    new = VmMap(zalloc(k, k.zones["maps"]), pmap, task)
    k.path = here
    return new


def entry_create(k: "Kernel") -> int:
    """The address of a new map entry."""
    here = k.path
    k.path = here["_vm_map_entry_create"]
    address = zalloc(k, k.zones["non-kernel map entries"])
    k.path = here
    return address


def vm_allocate(k: "Kernel", where: VmMap, address: int, size: int, anywhere: bool, protection: int = DEFAULT) -> tuple[int, int]:
    """Allocate `size` bytes of zero-filled memory, by extending the entry below if possible. (kern_return, address)."""
    size = round_page(size)
    here = k.path
    k.path = here["vm_allocate"]["vm_map_enter"]
    if anywhere:
        address = where.room(size)
    index = bisect_right(where.starts, address)
    below = where.entries[index - 1] if index else None
    if address + size > VM_MAX_ADDRESS or (below is not None and below.end > address):
        k.path = here
        return KERN_NO_SPACE, 0
    if index < len(where.entries) and where.starts[index] < address + size:
        k.path = here
        return KERN_NO_SPACE, 0
    extended = below is not None and _extends(k, below, address, size, protection)
    if extended and below is not None:
        below.end += size
    else:
        entry = VmEntry(entry_create(k), address, address + size, None, 0)
        entry.protection = protection
        where.entries.insert(index, entry)
        where.starts.insert(index, address)
    k.tell((MAP_ENTER, k.time, k.task_id, k.thread_id, k.path.id, where.task, address, size, int(extended)))
    k.path = here
    return KERN_SUCCESS, address


def _extends(k: "Kernel", below: VmEntry, address: int, size: int, protection: int) -> bool:
    """Whether new memory continues an entry, which then has no need of another. Extends its object."""
    if below.end != address or below.protection != protection or below.inheritance != COPY:
        return False
    return vm_object_coalesce(k, below.object, (below.offset << PAGE_SHIFT) + below.end - below.start, size)


def clip_start(k: "Kernel", where: VmMap, entry: VmEntry, address: int) -> None:
    """Split an entry at `address`. A new entry takes the part before it."""
    if entry.start >= address:
        return
    here = k.path
    k.path = here["_vm_map_clip_start"]
    front = _like(k, entry, entry.start, address, entry.offset)
    index = where.starts.index(entry.start)
    entry.offset += (address - entry.start) >> PAGE_SHIFT
    entry.start = address
    where.starts[index] = address
    where.insert(front)
    k.path = here


def clip_end(k: "Kernel", where: VmMap, entry: VmEntry, address: int) -> None:
    """Split an entry at `address`. A new entry takes the part from there on."""
    if entry.end <= address:
        return
    here = k.path
    k.path = here["_vm_map_clip_end"]
    tail = _like(k, entry, address, entry.end, entry.offset + ((address - entry.start) >> PAGE_SHIFT))
    entry.end = address
    where.insert(tail)
    k.path = here


def _like(k: "Kernel", entry: VmEntry, start: int, end: int, offset: int) -> VmEntry:
    new = VmEntry(entry_create(k), start, end, entry.object, offset)
    new.needs_copy = entry.needs_copy
    new.protection = entry.protection
    new.inheritance = entry.inheritance
    if entry.object is not None:
        entry.object.refs += 1
    return new


def entries_between(k: "Kernel", where: VmMap, start: int, end: int) -> list[VmEntry]:
    """The entries of [start, end). Entries that cross a bound are split."""
    first = where.find(start)
    if first is not None:
        clip_start(k, where, first, start)
    out = []
    index = bisect_right(where.starts, start - 1)
    while index < len(where.entries) and where.starts[index] < end:
        entry = where.entries[index]
        clip_end(k, where, entry, end)
        out.append(entry)
        index += 1
    return out


def vm_protect(k: "Kernel", where: VmMap, address: int, size: int, protection: int) -> int:
    """Set the protection of a range. A kern_return."""
    here = k.path
    k.path = here["vm_protect"]["vm_map_protect"]
    for entry in entries_between(k, where, address, address + round_page(size)):
        entry.protection = protection
        if not protection & WRITE:
            pmap_protect_read(where.pmap, entry.start >> PAGE_SHIFT, entry.end >> PAGE_SHIFT)
    k.path = here
    return KERN_SUCCESS


def vm_inherit(k: "Kernel", where: VmMap, address: int, size: int, inheritance: int) -> int:
    """Set what a child inherits of a range: SHARE, COPY or NONE. A kern_return."""
    for entry in entries_between(k, where, address, address + round_page(size)):
        entry.inheritance = inheritance
    return KERN_SUCCESS


def vm_deallocate(k: "Kernel", where: VmMap, address: int, size: int) -> int:
    """Deallocate a range. A kern_return."""
    here = k.path
    k.path = here["vm_deallocate"]["vm_map_remove"]["vm_map_delete"]
    delete_range(k, where, address, address + round_page(size))
    k.tell((MAP_REMOVE, k.time, k.task_id, k.thread_id, k.path.id, where.task, address, round_page(size), 0))
    k.path = here
    return KERN_SUCCESS


def delete_range(k: "Kernel", where: VmMap, start: int, end: int) -> None:
    """vm_map_delete: free each entry of a range, its object first."""
    here = k.path
    for entry in entries_between(k, where, start, end):
        pmap_remove(k, where.pmap, entry.start >> PAGE_SHIFT, entry.end >> PAGE_SHIFT)
        k.path = here["vm_map_entry_delete"]
        vm_object_deallocate(k, entry.object)
        index = where.starts.index(entry.start)
        del where.entries[index], where.starts[index]
        where.full_below = VM_MIN_ADDRESS
        where.full_for = 0
        k.path = k.path["_vm_map_entry_dispose"]
        zfree(k, k.zones["non-kernel map entries"], entry.address)
        k.path = here


def vm_map_fork(k: "Kernel", parent: VmMap, task: int) -> VmMap:
    """A copy of a map for a new task. Each inherited entry is copied on write, or shares its object."""
    here = k.path
    k.path = here["vm_map_fork"]
    pmap = pmap_create(k, task)
    new = vm_map_create(k, pmap, task)
    for entry in parent.entries:
        if entry.inheritance == NONE:
            continue
        if entry.inheritance == SHARE:
            entry_object(k, entry, write=True)
        copy = VmEntry(entry_create(k), entry.start, entry.end, entry.object, entry.offset)
        copy.protection = entry.protection
        copy.inheritance = entry.inheritance
        if entry.inheritance == COPY:
            copy_on_write(parent, entry, copy)
        elif entry.object is not None:
            entry.object.refs += 1
        new.entries.append(copy)
        new.starts.append(copy.start)
    k.path = here
    return new


def vm_map_lookup(k: "Kernel", entry: VmEntry, write: bool) -> VmObject:
    """The object of an entry for an access to it."""
    here = k.path
    k.path = here["vm_map_lookup"]
    backing = entry_object(k, entry, write)
    k.path = here
    return backing


def entry_object(k: "Kernel", entry: VmEntry, write: bool) -> VmObject:
    """The object of an entry, allocated if it has none, shadowed if it is copied on write and the access is a write."""
    backing = entry.object
    if write and entry.needs_copy:
        if backing is not None:
            backing = vm_object_shadow(k, backing, entry.offset, entry.end - entry.start)
            entry.object = backing
            entry.offset = 0
        entry.needs_copy = False
    if backing is None:
        backing = vm_object_allocate(k, entry.end - entry.start)
        entry.object = backing
        entry.offset = 0
    return backing


def copy_on_write(source: VmMap, entry: VmEntry, copy: VmEntry) -> None:
    """vm_object_copy_temporary: both entries share the object; each shadows it before it writes."""
    if entry.object is None:
        return
    entry.object.refs += 1
    copy.needs_copy = True
    if not entry.needs_copy:
        entry.needs_copy = True
        pmap_protect_read(source.pmap, entry.start >> PAGE_SHIFT, entry.end >> PAGE_SHIFT)


def vm_map_deallocate(k: "Kernel", gone: VmMap) -> None:
    """Destroy a task's map: its entries in order of address, the pmap, the structure."""
    here = k.path
    inside = here["vm_map_deallocate"]
    deleting = inside["vm_map_delete"]
    k.path = deleting
    pmap = gone.pmap
    entry_zone = k.zones["non-kernel map entries"]
    for entry in gone.entries:
        pmap_remove(k, pmap, entry.start >> PAGE_SHIFT, entry.end >> PAGE_SHIFT)
        k.path = deleting["vm_map_entry_delete"]
        vm_object_deallocate(k, entry.object)
        k.path = k.path["_vm_map_entry_dispose"]
        zfree(k, entry_zone, entry.address)
    gone.entries = []
    gone.starts = []
    k.path = inside
    pmap_destroy(k, pmap)
    zfree(k, k.zones["maps"], gone.address)
    k.path = here
