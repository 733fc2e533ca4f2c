"""Rights copied from a space into the kernel and back, ipc/ipc_object.c and ipc/ipc_right.c."""

from typing import TYPE_CHECKING

from zoneviz.events import DEAD_NAME, RECEIVE, SEND, SEND_ONCE
from zoneviz.mach.ipc_kmsg import release_right
from zoneviz.mach.ipc_port import IpcPort, ipc_port_release, ipc_pset_remove, make_send, make_send_once
from zoneviz.mach.ipc_space import (
    KERN_INVALID_NAME,
    KERN_INVALID_RIGHT,
    KERN_SUCCESS,
    IpcSpace,
    entry_alloc,
    entry_dealloc,
    grow_table,
    lookup,
    right_event,
    right_insert,
)
from zoneviz.mach.kinds import RIGHT_DELETE
from zoneviz.mach.message import COPY_SEND, MACH_MSG_IPC_KERNEL, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND, MOVE_SEND_ONCE

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


def copyin(k: "Kernel", space: IpcSpace, name: int, how: int) -> tuple[int, IpcPort | None, int]:
    """ipc_object_copyin: take a right from a space, by disposition `how`. (kern_return, port, type)."""
    entry = lookup(k, space, name)
    if entry is None:
        return KERN_INVALID_NAME, None, 0
    port = entry.object
    if not isinstance(port, IpcPort):
        return KERN_INVALID_RIGHT, None, 0
    bits = entry.bits
    if how in (MAKE_SEND, MAKE_SEND_ONCE):
        if not bits & RECEIVE:
            return KERN_INVALID_RIGHT, None, 0
        return (KERN_SUCCESS, make_send(port), SEND) if how == MAKE_SEND else (KERN_SUCCESS, make_send_once(port), SEND_ONCE)
    if how == COPY_SEND:
        if not bits & SEND:
            return KERN_INVALID_RIGHT, None, 0
        port.srights += 1
        port.refs += 1
        return KERN_SUCCESS, port, SEND
    if how == MOVE_SEND and bits & SEND:
        entry.urefs -= 1
        port.srights += 1
        port.refs += 1
        if not entry.urefs:
            port.srights -= 1
            take(k, space, name, SEND)
        return KERN_SUCCESS, port, SEND
    if how == MOVE_SEND_ONCE and bits & SEND_ONCE:
        port.refs += 1
        take(k, space, name, SEND_ONCE)
        return KERN_SUCCESS, port, SEND_ONCE
    if how == MOVE_RECEIVE and bits & RECEIVE:
        port.refs += 1
        if port.pset is not None:
            ipc_pset_remove(k, port)
        take(k, space, name, RECEIVE)
        port.receiver = None
        return KERN_SUCCESS, port, RECEIVE
    return KERN_INVALID_RIGHT, None, 0


def copyin_dead(k: "Kernel", space: IpcSpace, name: int, how: int) -> tuple[int, IpcPort | None, int]:
    """The result of `copyin` for a dead name: IP_DEAD, which the receiver gets as name 0. KERN_INVALID_RIGHT for other names."""
    entry = space.entries.get(name)
    if entry is None or not entry.bits & DEAD_NAME:
        return KERN_INVALID_RIGHT, None, 0
    if how == MOVE_SEND:
        entry.urefs -= 1
        if not entry.urefs:
            take(k, space, name, DEAD_NAME)
    return KERN_SUCCESS, ip_dead(), SEND


def ip_dead() -> IpcPort:
    """IP_DEAD: stands for a right to a dead port. It has no memory and is not freed."""
    port = IpcPort(0, None, 0)
    port.alive = False
    port.refs = 2
    return port


def take(k: "Kernel", space: IpcSpace, name: int, bits: int) -> None:
    """Remove the rights `bits` from a name. The name is freed with its last right."""
    entry = space.entries[name]
    right_event(k, RIGHT_DELETE, space, entry, name, bits)
    entry.bits &= ~bits
    if not entry.bits:
        port = entry.object
        if port is None:
            entry_dealloc(k, space, name)  # a dead name
            return
        assert isinstance(port, IpcPort)
        if bits != SEND_ONCE:
            space.names.pop(port, None)
        port.refs -= 1
        entry_dealloc(k, space, name)


def ipc_object_copyout(k: "Kernel", space: IpcSpace, port: IpcPort, bits: int) -> tuple[int, int]:
    """Put a right that the kernel holds into a space. (kern_return, name).

    The name is 0 for a dead port. After an error nothing has changed: the caller still holds the right.
    """
    if not port.alive and bits != RECEIVE:
        ipc_port_release(k, port)
        return KERN_SUCCESS, 0
    name = space.names.get(port) if bits != SEND_ONCE else None
    if name is not None:
        entry = space.entries[name]
    else:
        if not space.free:
            # On the real kernel the table grows directly under the copyout here, not under ipc_entry_alloc [M].
            kr = grow_table(k, space)
            if kr:
                return kr, 0
        kr, name, entry = entry_alloc(k, space)
        if kr:
            return kr, 0
    right_insert(k, space, name, entry, port, bits)
    return KERN_SUCCESS, name


def copyout(k: "Kernel", space: IpcSpace, port: IpcPort, bits: int) -> tuple[int, int]:
    """ipc_kmsg_copyout_object: put a right from the body of a message into a space. (what lacked room, name).

    If the space has no room, the right is destroyed, the name is 0, and the first value is MACH_MSG_IPC_KERNEL; otherwise 0.
    """
    here = k.path
    k.path = here["ipc_kmsg_copyout_object"]["ipc_object_copyout"]
    kr, name = ipc_object_copyout(k, space, port, bits)
    k.path = here
    if not kr:
        return 0, name
    release_right(k, port, bits)
    return MACH_MSG_IPC_KERNEL, 0
