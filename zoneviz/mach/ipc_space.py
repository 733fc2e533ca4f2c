"""Spaces and their names: ipc/ipc_space.c, ipc/ipc_entry.c and ipc/ipc_right.c.

A name is an index into the table of its space; 0 is reserved. Freed names are reused last in, first out. A chosen name
beyond the table takes a tree entry. Tables grow in fixed steps and never shrink; from 4096 bytes on they are in kalloc_map.
"""

from typing import TYPE_CHECKING, Any, Final

from zoneviz.events import DEAD_NAME, RECEIVE, SEND, SEND_ONCE
from zoneviz.mach.ipc_port import (
    NOTIFY_NO_SENDERS,
    IpcPort,
    IpcPset,
    dn_table_make_room,
    ipc_notify,
    ipc_port_destroy,
    ipc_port_release,
    ipc_port_release_send,
    ipc_port_release_sonce,
    ipc_pset_destroy,
)
from zoneviz.mach.ipc_table import ipc_table_alloc, ipc_table_free, ipc_table_realloc
from zoneviz.mach.kinds import RIGHT_DELETE, RIGHT_INSERT, RIGHT_MOVE, TABLE_GROW
from zoneviz.mach.limits import count_port, names_full
from zoneviz.mach.sizes import IPC_ENTRY, IPC_TABLE_SIZES, IPC_TREE_ENTRY, PAGE
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


# mach/kern_return.h [R]
KERN_SUCCESS: Final = 0
KERN_RESOURCE_SHORTAGE: Final = 6
KERN_NAME_EXISTS: Final = 13
KERN_INVALID_NAME: Final = 15
KERN_INVALID_RIGHT: Final = 17
KERN_INVALID_VALUE: Final = 18
KERN_UREFS_OVERFLOW: Final = 19
KERN_INVALID_CAPABILITY: Final = 20
KERN_RIGHT_EXISTS: Final = 21
REHASH_FROM: Final = 20_000  # entries from which growing a table takes time that counts [M]


class IpcEntry:
    """struct ipc_entry. `bits`: the rights, of events.SEND, RECEIVE and so on. `urefs`: user references.

    `asks`: whether it has a dead-name request. `tree`: address of its tree entry, 0 if it is in the table.
    """

    __slots__ = ("asks", "bits", "object", "tree", "urefs")

    def __init__(self) -> None:
        self.bits = 0
        self.object: IpcPort | IpcPset | None = None
        self.urefs = 0
        self.asks = False
        self.tree = 0


class Listed:
    """The task ports that the last processor_set_tasks of a space returned, their names and entries: three lists of equal length.

    A fork passes over all tasks, and these hardly change from one to the next. An entry is valid while its object is the port.
    """

    __slots__ = ("entries", "names", "ports")

    def __init__(self) -> None:
        self.ports: list[IpcPort] = []
        self.entries: list[IpcEntry] = []
        # Names stay the objects that they are: compiled code would make two integers of each.
        self.names: list[Any] = []


class IpcSpace:
    """struct ipc_space. `entries`: by name. `free`: unused names of the table; the last one is the next to be used.

    `names`: the name of the send or receive right to each port; a port has one such name in a space. `step`: the table
    has IPC_TABLE_SIZES[step] entries. `tree_total`: tree entries; `tree_small`: those in the next larger table.
    """

    __slots__ = ("active", "address", "entries", "free", "listed", "names", "step", "table", "task_id", "tree_small", "tree_total")

    def __init__(self, address: int, table: int, task_id: int) -> None:
        self.address = address
        self.table = table
        self.task_id = task_id
        self.active = True
        self.step = 0
        self.entries: dict[int, IpcEntry] = {}
        self.free = list(range(IPC_TABLE_SIZES[0] - 1, 0, -1))
        self.names: dict[IpcPort | IpcPset, int] = {}
        self.listed: Listed | None = None  # few spaces ask for all tasks
        self.tree_small = 0
        self.tree_total = 0

    @property
    def size(self) -> int:
        """The number of entries of the table, including the reserved one."""
        return IPC_TABLE_SIZES[self.step]


def ipc_space_create(k: "Kernel", task_id: int) -> IpcSpace | None:
    """A new space with its first table; None if the zone "ipc spaces" is at its limit."""
    here = k.path
    k.path = here["ipc_space_create"]
    address = zalloc(k, k.zones["ipc spaces"])
    if not address:
        k.path = here
        return None
    table = ipc_table_alloc(k, IPC_TABLE_SIZES[0] * IPC_ENTRY)
    k.path = here
    return IpcSpace(address, table, task_id)


def grow_table(k: "Kernel", space: IpcSpace) -> int:
    """ipc_entry_grow_table: a kern_return. Both tables exist for a moment. Tree entries that now fit move into the new one."""
    here = k.path
    grow = here["ipc_entry_grow_table"]
    k.path = grow
    old, new = IPC_TABLE_SIZES[space.step], IPC_TABLE_SIZES[space.step + 1]
    old_bytes, new_bytes = old * IPC_ENTRY, new * IPC_ENTRY
    moved = old_bytes >= PAGE
    table = ipc_table_realloc(k, space.table, old_bytes, new_bytes) if moved else ipc_table_alloc(k, new_bytes)
    if not table:
        k.path = here
        return KERN_RESOURCE_SHORTAGE
    if old >= REHASH_FROM:
        k.time += k.costs.table_rehash * old
    k.tell((TABLE_GROW, k.time, k.task_id, k.thread_id, here.id, space.task_id, table, new, old))
    entries = space.entries
    if space.tree_small:
        for name in sorted(n for n in entries if old <= n < new):
            zfree(k, k.zones["ipc tree entries"], entries[name].tree)
            entries[name].tree = 0
            space.tree_total -= 1
    space.free[:0] = [n for n in range(new - 1, old - 1, -1) if n not in entries]
    ipc_table_free(k, space.table, old_bytes, moved)
    space.table = table
    space.step += 1
    space.tree_small = 0
    if space.tree_total:
        limit = IPC_TABLE_SIZES[space.step + 1]
        space.tree_small = sum(1 for n, e in entries.items() if e.tree and n < limit)
    k.path = here
    return KERN_SUCCESS


def entry_alloc(k: "Kernel", space: IpcSpace) -> tuple[int, int, IpcEntry]:
    """Take the next free name; the table grows if it has none. (kern_return, name, entry)."""
    if names_full(k, space):
        return KERN_RESOURCE_SHORTAGE, 0, IpcEntry()
    if not space.free:
        here = k.path
        k.path = here["ipc_entry_alloc"]
        kr = grow_table(k, space)
        k.path = here
        if kr:
            return kr, 0, IpcEntry()
    name = space.free.pop()
    entry = IpcEntry()
    space.entries[name] = entry
    return KERN_SUCCESS, name, entry


def entry_alloc_name(k: "Kernel", space: IpcSpace, name: int) -> tuple[int, IpcEntry, bool]:
    """Take a chosen name, in the table or as a tree entry beyond it. (kern_return, entry, whether the name was in use)."""
    entry = space.entries.get(name)
    if entry is not None:
        return KERN_SUCCESS, entry, True
    if names_full(k, space):
        return KERN_RESOURCE_SHORTAGE, IpcEntry(), False
    if 0 < name < space.size:
        space.free.remove(name)
        entry = IpcEntry()
        space.entries[name] = entry
        return KERN_SUCCESS, entry, False
    here = k.path
    k.path = here["ipc_entry_alloc_name"]
    limit = IPC_TABLE_SIZES[space.step + 1]
    if name < limit and (limit - space.size) * IPC_ENTRY < (space.tree_small + 1) * IPC_TREE_ENTRY:
        # The larger table costs less than the tree entries that it replaces, with that of this name [M].
        kr = grow_table(k, space)
        k.path = here
        return (kr, IpcEntry(), False) if kr else entry_alloc_name(k, space, name)
    address = zalloc(k, k.zones["ipc tree entries"])
    if not address:
        k.path = here
        return KERN_RESOURCE_SHORTAGE, IpcEntry(), False
    entry = IpcEntry()
    space.entries[name] = entry
    entry.tree = address
    space.tree_total += 1
    if name < limit:
        space.tree_small += 1
    k.path = here
    return KERN_SUCCESS, entry, False


def entry_dealloc(k: "Kernel", space: IpcSpace, name: int) -> None:
    """Free a name, and its tree entry if it has one."""
    entry = space.entries.pop(name)
    entry.object = None
    if entry.tree:
        if name < IPC_TABLE_SIZES[space.step + 1]:
            space.tree_small -= 1
        space.tree_total -= 1
        zfree(k, k.zones["ipc tree entries"], entry.tree)
    else:
        space.free.append(name)


def right_event(k: "Kernel", kind: int, space: IpcSpace, entry: IpcEntry, name: int, bits: int) -> None:
    """Record that a name got or lost the rights `bits`."""
    address = entry.object.address if entry.object is not None else 0
    k.tell((kind, k.time, k.task_id, k.thread_id, k.path.id, space.task_id, address, name, bits))


def right_check(k: "Kernel", space: IpcSpace, name: int, entry: IpcEntry) -> None:
    """ipc_right_check: turn a right to a dead port into a dead name."""
    port = entry.object
    if isinstance(port, IpcPort) and not port.alive and entry.bits & (SEND | SEND_ONCE):
        if entry.bits & SEND:
            space.names.pop(port, None)
            port.srights -= 1
        else:
            port.sorights -= 1
        entry.bits = DEAD_NAME
        entry.object = None
        if entry.asks:
            # The dead-name notification holds a user reference to the name.
            entry.asks = False
            entry.urefs += 1
        ipc_port_release(k, port)


def lookup(k: "Kernel", space: IpcSpace, name: int) -> IpcEntry | None:
    """The entry of a name after ipc_right_check; None if the name is unused."""
    entry = space.entries.get(name)
    if entry is not None and entry.bits & (SEND | SEND_ONCE):
        right_check(k, space, name, entry)
    return entry


def cancel_request(k: "Kernel", space: IpcSpace, name: int, entry: IpcEntry) -> IpcPort | None:
    """Remove the dead-name request of a name. Its send-once port, or None."""
    port = entry.object
    if not entry.asks or not isinstance(port, IpcPort):
        return None
    entry.asks = False
    return port.dnrequests.pop((space.address << 32) | name, None)


def right_insert(k: "Kernel", space: IpcSpace, name: int, entry: IpcEntry, port: IpcPort, bits: int) -> None:
    """ipc_right_copyout: put a right and the reference that goes with it into an entry, new or already of this port."""
    if bits == SEND_ONCE:
        entry.bits = SEND_ONCE
        entry.object = port
        entry.urefs = 1
    elif entry.bits:
        # The port already has this name: merge, and drop the second reference.
        if bits == SEND:
            if entry.bits & SEND:
                port.srights -= 1
            entry.bits |= SEND
            entry.urefs += 1
        else:
            entry.bits |= RECEIVE
            _received(k, space, name, port)
        port.refs -= 1
    else:
        entry.bits = bits
        entry.object = port
        space.names[port] = name
        if bits == SEND:
            entry.urefs = 1
        else:
            entry.urefs = 0
            _received(k, space, name, port)
    right_event(k, RIGHT_INSERT, space, entry, name, bits)


def _received(k: "Kernel", space: IpcSpace, name: int, port: IpcPort) -> None:
    """Record that a space got the receive right of a port."""
    if port.owner != space.task_id:
        count_port(k, port.owner, -1)
        count_port(k, space.task_id, 1)
    port.receiver = space
    port.name = name
    k.tell((RIGHT_MOVE, k.time, k.task_id, k.thread_id, k.path.id, space.task_id, port.address, name, port.owner))
    port.owner = space.task_id


def right_destroy(k: "Kernel", space: IpcSpace, name: int, entry: IpcEntry) -> None:
    """ipc_right_destroy: drop all rights of a name and free the name."""
    bits, held = entry.bits, entry.object
    right_event(k, RIGHT_DELETE, space, entry, name, bits)
    if bits & DEAD_NAME:
        entry_dealloc(k, space, name)
    elif isinstance(held, IpcPset):
        entry_dealloc(k, space, name)
        ipc_pset_destroy(k, space, held)
    elif isinstance(held, IpcPort):
        space.names.pop(held, None)
        cancelled = cancel_request(k, space, name, entry)
        entry_dealloc(k, space, name)
        _drop(k, held, bits)
        if cancelled is not None:
            _port_deleted(k, cancelled, name)


def _drop(k: "Kernel", port: IpcPort, bits: int) -> None:
    """Drop the rights `bits` to a port and the one reference that goes with them."""
    if bits & RECEIVE:
        request = None
        if bits & SEND:
            port.srights -= 1
            if not port.srights and port.nsrequest is not None:
                request = port.nsrequest
                port.nsrequest = None
        mscount = port.mscount
        ipc_port_destroy(k, port)
        if request is not None:
            ipc_notify(k, NOTIFY_NO_SENDERS, request, port, mscount)
    elif bits & SEND:
        if port.alive:
            ipc_port_release_send(k, port)
        else:
            port.srights -= 1
            ipc_port_release(k, port)
    elif bits & SEND_ONCE:
        ipc_port_release_sonce(k, port)


def _port_deleted(k: "Kernel", asker: IpcPort, name: int) -> None:
    ipc_notify(k, 65, asker, asker, name)


def ipc_space_destroy(k: "Kernel", space: IpcSpace) -> None:
    """Destroy a task's space: the names in order of the table, then the table, then the tree."""
    here = k.path
    inside = here["ipc_space_destroy"]
    k.path = inside
    space.active = False
    in_table = sorted(n for n, e in space.entries.items() if not e.tree)
    in_tree = sorted(n for n, e in space.entries.items() if e.tree)
    k.path = inside["ipc_right_clean"]
    for name in in_table:
        _clean(k, space, name)
    k.path = inside
    ipc_table_free(k, space.table, space.size * IPC_ENTRY)
    for name in in_tree:
        entry = space.entries[name]
        _clean(k, space, name)
        zfree(k, k.zones["ipc tree entries"], entry.tree)
    space.names.clear()
    k.path = here


def _clean(k: "Kernel", space: IpcSpace, name: int) -> None:
    entry = space.entries.get(name)
    if entry is None:
        return
    del space.entries[name]
    held, bits = entry.object, entry.bits
    right_event(k, RIGHT_DELETE, space, entry, name, bits)
    if isinstance(held, IpcPset):
        ipc_pset_destroy(k, space, held)
    elif isinstance(held, IpcPort):
        cancelled = cancel_request(k, space, name, entry)
        _drop(k, held, bits)
        if cancelled is not None:
            _port_deleted(k, cancelled, name)


def request_dead_name(k: "Kernel", space: IpcSpace, name: int, entry: IpcEntry, asker: IpcPort | None) -> tuple[int, IpcPort | None]:
    """Set the dead-name request of a name; `asker` None removes it. (kern_return, send-once port of the previous request)."""
    port = entry.object
    if not isinstance(port, IpcPort):
        return KERN_INVALID_RIGHT, None
    key = (space.address << 32) | name
    previous = port.dnrequests.pop(key, None) if entry.asks else None
    if asker is None:
        entry.asks = False
        return KERN_SUCCESS, previous
    here = k.path
    k.path = here["ipc_right_dnrequest"]
    room = dn_table_make_room(k, port)
    if room:
        port.dnrequests[key] = asker
        entry.asks = True
    k.path = here
    return (KERN_SUCCESS if room else KERN_RESOURCE_SHORTAGE), previous
