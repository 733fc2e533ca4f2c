"""The port routines of the kernel's server, ipc/mach_port.c: each implements one RPC on a task port."""

from typing import TYPE_CHECKING, Any, Final

from zoneviz.events import DEAD_NAME, PORT_SET, RECEIVE, SEND, SEND_ONCE
from zoneviz.mach import vm_copy
from zoneviz.mach.ipc_kobject import Arguments, Result
from zoneviz.mach.ipc_object import copyin
from zoneviz.mach.ipc_port import (
    NOTIFY_DEAD_NAME,
    NOTIFY_NO_SENDERS,
    IpcPort,
    IpcPset,
    ipc_notify,
    ipc_port_destroy,
    ipc_port_release_send,
    ipc_pset_add,
    ipc_pset_remove,
)
from zoneviz.mach.ipc_space import (
    KERN_INVALID_NAME,
    KERN_INVALID_RIGHT,
    KERN_INVALID_VALUE,
    KERN_NAME_EXISTS,
    KERN_RESOURCE_SHORTAGE,
    KERN_RIGHT_EXISTS,
    KERN_SUCCESS,
    IpcEntry,
    IpcSpace,
    entry_alloc,
    entry_alloc_name,
    entry_dealloc,
    lookup,
    request_dead_name,
    right_destroy,
    right_event,
    right_insert,
)
from zoneviz.mach.kinds import PORT_CREATE, PSET_CREATE, RIGHT_DELETE, RIGHT_INSERT
from zoneviz.mach.limits import count_port, user_full
from zoneviz.mach.mach_msg import port_alloc
from zoneviz.mach.syscall_subr import compute
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.task import Task
    from zoneviz.mach.thread import Thread


# mach/port.h [R]
RIGHT_SEND: Final = 0
RIGHT_RECEIVE: Final = 1
RIGHT_SEND_ONCE: Final = 2
RIGHT_PORT_SET: Final = 3
RIGHT_DEAD_NAME: Final = 4


def mach_port_allocate(k: "Kernel", t: "Thread", task: "Task", args: Arguments, right: int) -> Result:
    """A new receive right, port set or dead name under a name that the kernel chooses. The value is the name."""
    here = k.path
    k.path = here["mach_port_allocate"]
    space = task.space
    if right == RIGHT_RECEIVE:
        kr, name, _ = port_alloc(k, space)
    elif right == RIGHT_PORT_SET:
        kr, name = _pset_alloc(k, space)
    elif right == RIGHT_DEAD_NAME:
        kr, name, entry = entry_alloc(k, space)
        if not kr:
            _dead(k, space, name, entry)
    else:
        kr, name = KERN_INVALID_VALUE, 0
    k.path = here
    return kr, name, []


def mach_port_allocate_name(k: "Kernel", t: "Thread", task: "Task", args: Arguments, right: int, name: int) -> Result:
    """A new receive right or dead name under the name `name`. A name beyond the table takes a tree entry."""
    here = k.path
    k.path = here["mach_port_allocate_name"]
    space = task.space
    kr = KERN_SUCCESS
    port_address = 0
    if right == RIGHT_RECEIVE:
        if user_full(k, space):
            k.path = here
            return KERN_RESOURCE_SHORTAGE, None, []
        # ipc_object_alloc_name allocates the object before the entry.
        k.path = k.path["ipc_port_alloc_name"]["ipc_object_alloc_name"]
        port_address = zalloc(k, k.zones["ipc ports"])
    kr, entry, existed = entry_alloc_name(k, space, name)
    if existed:
        kr = KERN_NAME_EXISTS
    if kr:
        if port_address:
            zfree(k, k.zones["ipc ports"], port_address)
    elif right == RIGHT_RECEIVE:
        port = IpcPort(port_address, space, name)
        entry.bits = RECEIVE
        entry.object = port
        space.names[port] = name
        count_port(k, space.task_id, 1)
        k.tell((PORT_CREATE, k.time, k.task_id, k.thread_id, k.path.id, space.task_id, port_address, name, 0))
    else:
        _dead(k, space, name, entry)
    k.path = here
    return kr, None, []


def _dead(k: "Kernel", space: IpcSpace, name: int, entry: IpcEntry) -> None:
    entry.bits = DEAD_NAME
    entry.urefs = 1
    right_event(k, RIGHT_INSERT, space, entry, name, DEAD_NAME)


def _pset_alloc(k: "Kernel", space: IpcSpace) -> tuple[int, int]:
    here = k.path
    k.path = here["ipc_pset_alloc"]["ipc_object_alloc"]
    address = zalloc(k, k.zones["ipc port sets"])
    if not address:
        k.path = here
        return KERN_RESOURCE_SHORTAGE, 0
    kr, name, entry = entry_alloc(k, space)
    if kr:
        zfree(k, k.zones["ipc port sets"], address)
        k.path = here
        return kr, 0
    pset = IpcPset(address, space, name)
    entry.bits = PORT_SET
    entry.object = pset
    space.names[pset] = name
    k.path = here
    k.tell((PSET_CREATE, k.time, k.task_id, k.thread_id, here.id, space.task_id, address, name, 0))
    return KERN_SUCCESS, name


def mach_port_destroy(k: "Kernel", t: "Thread", task: "Task", args: Arguments, name: int) -> Result:
    """Drop all rights of a name and free the name."""
    here = k.path
    k.path = here["mach_port_destroy"]["ipc_right_destroy"]
    entry = lookup(k, task.space, name)
    if entry is not None:
        right_destroy(k, task.space, name, entry)
    k.path = here
    return (KERN_SUCCESS if entry is not None else KERN_INVALID_NAME), None, []


def mach_port_deallocate(k: "Kernel", t: "Thread", task: "Task", args: Arguments, name: int) -> Result:
    """Drop one user reference of a send right, send-once right or dead name."""
    here = k.path
    k.path = here["mach_port_deallocate"]["ipc_right_dealloc"]
    kr = deallocate(k, task.space, name)
    k.path = here
    return kr, None, []


def deallocate(k: "Kernel", space: IpcSpace, name: int) -> int:
    """ipc_right_dealloc: a kern_return."""
    entry = lookup(k, space, name)
    if entry is None:
        return KERN_INVALID_NAME
    bits = entry.bits
    if bits & (SEND_ONCE | DEAD_NAME):
        if bits & DEAD_NAME and entry.urefs > 1:
            entry.urefs -= 1
        else:
            right_destroy(k, space, name, entry)
        return KERN_SUCCESS
    if not bits & SEND:
        return KERN_INVALID_RIGHT
    if entry.urefs > 1:
        entry.urefs -= 1
        return KERN_SUCCESS
    return drop_send(k, space, name, entry)


def _deallocate_one(k: "Kernel", space: IpcSpace, name: int) -> None:
    entry = space.entries[name]
    if entry.urefs > 1:
        entry.urefs -= 1
    else:
        deallocate(k, space, name)


def deallocate_each(k: "Kernel", thread: "Thread", names: list[Any]) -> object:
    """A trap: mach_port_deallocate for each name, in one step. The calls take their time, but are not recorded as RPCs."""
    space = thread.task.space
    listed = space.listed
    if listed is not None and names == listed.names[: len(names)]:
        for name, entry, port in zip(names, listed.entries, listed.ports, strict=False):
            if entry.object is port and entry.urefs > 1:
                entry.urefs -= 1
            else:
                _deallocate_one(k, space, name)
    else:
        for name in names:
            _deallocate_one(k, space, name)
    return compute(k, thread, len(names) * (k.costs.kernel_rpc + k.costs.trap + k.costs.user_step))


def drop_send(k: "Kernel", space: IpcSpace, name: int, entry: IpcEntry) -> int:
    """Drop the last user reference of a send right. A receive right under the same name stays."""
    port = entry.object
    assert isinstance(port, IpcPort)
    if entry.bits & RECEIVE:
        right_event(k, RIGHT_DELETE, space, entry, name, SEND)
        entry.bits = RECEIVE
        entry.urefs = 0
        port.refs += 1
        ipc_port_release_send(k, port)
    else:
        right_destroy(k, space, name, entry)
    return KERN_SUCCESS


def mach_port_mod_refs(k: "Kernel", t: "Thread", task: "Task", args: Arguments, name: int, right: int, delta: int) -> Result:
    """Add `delta` to the user references of one right of a name."""
    here = k.path
    k.path = here["mach_port_mod_refs"]["ipc_right_delta"]
    space = task.space
    entry = lookup(k, space, name)
    kr = KERN_SUCCESS
    whole = {RIGHT_PORT_SET: PORT_SET, RIGHT_SEND_ONCE: SEND_ONCE}.get(right, 0)
    if entry is None:
        kr = KERN_INVALID_NAME
    elif entry.bits & whole and delta == -1:
        right_destroy(k, space, name, entry)
    elif right == RIGHT_RECEIVE and entry.bits & RECEIVE and delta == -1:
        if entry.bits & SEND:
            _receive_only(k, space, name, entry)
        else:
            right_destroy(k, space, name, entry)
    elif right in (RIGHT_SEND, RIGHT_DEAD_NAME) and entry.bits & (SEND if right == RIGHT_SEND else DEAD_NAME):
        if entry.urefs + delta > 0:
            entry.urefs += delta
        elif entry.urefs + delta == 0:
            kr = drop_send(k, space, name, entry) if right == RIGHT_SEND else KERN_SUCCESS
            if right == RIGHT_DEAD_NAME:
                right_destroy(k, space, name, entry)
        else:
            kr = KERN_INVALID_VALUE
    else:
        kr = KERN_INVALID_RIGHT
    k.path = here
    return kr, None, []


def _receive_only(k: "Kernel", space: IpcSpace, name: int, entry: IpcEntry) -> None:
    """Destroy the receive right of a name. The send right under the same name becomes a dead name."""
    port = entry.object
    assert isinstance(port, IpcPort)
    right_event(k, RIGHT_DELETE, space, entry, name, RECEIVE)
    entry.bits = DEAD_NAME
    entry.object = None
    space.names.pop(port, None)
    port.srights -= 1
    ipc_port_destroy(k, port)


def mach_port_insert_right(k: "Kernel", t: "Thread", task: "Task", args: Arguments, name: int) -> Result:
    """Put the right in the request into a task under `name` (ipc_object_copyout_name)."""
    here = k.path
    k.path = here["mach_port_insert_right"]["ipc_object_copyout_name"]
    port, bits = args.rights.pop()
    space = task.space
    kr, entry, existed = entry_alloc_name(k, space, name)
    if not kr:
        other = space.names.get(port) if bits != SEND_ONCE else None
        if other is not None and other != name:
            if not existed:
                entry_dealloc(k, space, name)
            kr = KERN_RIGHT_EXISTS
        elif existed and other != name:
            kr = KERN_NAME_EXISTS
        else:
            right_insert(k, space, name, entry, port, bits)
    if kr:
        args.rights.append((port, bits))
    k.path = here
    return kr, None, []


def mach_port_extract_right(k: "Kernel", t: "Thread", task: "Task", args: Arguments, name: int, how: int) -> Result:
    """Copy or move a right out of a task. The value is its name in the caller's space."""
    here = k.path
    k.path = here["mach_port_extract_right"]
    kr, port, bits = copyin(k, task.space, name, how)
    k.path = here
    return kr, None, [(port, bits)] if port is not None else []


def mach_port_move_member(k: "Kernel", t: "Thread", task: "Task", args: Arguments, member: int, after: int) -> Result:
    """Put a receive right into the port set `after`; 0: take it out of its set."""
    space = task.space
    entry = space.entries.get(member)
    if entry is None or not entry.bits & RECEIVE:
        return KERN_INVALID_NAME, None, []
    port = entry.object
    assert isinstance(port, IpcPort)
    if port.pset is not None:
        ipc_pset_remove(k, port)
    if after:
        into = space.entries.get(after)
        if into is None or not isinstance(into.object, IpcPset):
            return KERN_INVALID_RIGHT, None, []
        ipc_pset_add(into.object, port)
    return KERN_SUCCESS, None, []


def mach_port_request_notification(k: "Kernel", t: "Thread", task: "Task", args: Arguments, name: int, what: int, sync: int) -> Result:
    """Request a no-senders or dead-name notification. The reply has the send-once right of the previous request, if any."""
    here = k.path
    k.path = here["mach_port_request_notification"]
    space = task.space
    entry = lookup(k, space, name)
    asker = args.rights.pop()[0] if args.rights else None
    kr, previous = KERN_SUCCESS, None
    if entry is None:
        kr = KERN_INVALID_NAME
    elif what == NOTIFY_DEAD_NAME:
        kr, previous = request_dead_name(k, space, name, entry, asker)
    elif what == NOTIFY_NO_SENDERS and isinstance(entry.object, IpcPort) and entry.bits & RECEIVE:
        port = entry.object
        previous = port.nsrequest
        port.nsrequest = None
        if asker is not None and not port.srights and sync <= port.mscount:
            ipc_notify(k, NOTIFY_NO_SENDERS, asker, port, port.mscount)
        else:
            port.nsrequest = asker
    else:
        kr = KERN_INVALID_RIGHT
    if kr and asker is not None:
        args.rights.append((asker, SEND_ONCE))
    k.path = here
    return kr, None, [(previous, SEND_ONCE)] if previous is not None else []


def mach_port_names(k: "Kernel", t: "Thread", task: "Task", args: Arguments) -> Result:
    """All names of a task. The value is ([(name, bits), ...], addresses of two arrays in the caller's map, bytes of each)."""
    here = k.path
    k.path = here["mach_port_names"]
    size = task.space.size * 4
    spots = [vm_copy.kernel_pages(k, size)[0] for _ in range(2)]
    objects = [vm_copy.kernel_pages_wire(k, size) for _ in range(2)]
    copies = [vm_copy.kernel_pages_copyin(k, spot, backing, size) for spot, backing in zip(spots, objects, strict=True)]
    k.path = here
    found = [(name, _type(entry)) for name, entry in sorted(task.space.entries.items())]
    addresses = [vm_copy.vm_map_copyout(k, t.task.map, copy)[1] for copy in copies]
    return KERN_SUCCESS, (found, addresses, copies[0].size), []


def _type(entry: IpcEntry) -> int:
    """The type bits of a name; a right to a dead port counts as a dead name (mach_port_names_helper)."""
    port = entry.object
    dead = isinstance(port, IpcPort) and not port.alive and entry.bits & (SEND | SEND_ONCE)
    return DEAD_NAME if dead else entry.bits


def mach_port_get_refs(k: "Kernel", t: "Thread", task: "Task", args: Arguments, name: int) -> Result:
    """The value is the number of user references of a name."""
    entry = lookup(k, task.space, name)
    return (KERN_SUCCESS, entry.urefs, []) if entry is not None else (KERN_INVALID_NAME, 0, [])
