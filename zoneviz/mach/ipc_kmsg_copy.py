"""Messages copied in from a sender and out to a receiver, the second half of ipc/ipc_kmsg.c."""

from typing import TYPE_CHECKING, Any

from zoneviz.events import SEND, SEND_ONCE
from zoneviz.mach import ipc_kmsg
from zoneviz.mach.ipc_kmsg import Kmsg, Message, ikm_alloc, ikm_free
from zoneviz.mach.ipc_object import copyin, copyin_dead, copyout, ipc_object_copyout, take
from zoneviz.mach.ipc_port import IpcPort, ipc_port_release, ipc_port_release_send
from zoneviz.mach.ipc_space import KERN_SUCCESS, lookup
from zoneviz.mach.kalloc import kfree
from zoneviz.mach.kinds import MSG_RECEIVE, MSG_SEND
from zoneviz.mach.message import (
    COPY_SEND,
    MACH_MSG_IPC_KERNEL,
    MACH_RCV_BODY_ERROR,
    MACH_RCV_HEADER_ERROR,
    MACH_SEND_INVALID_DEST,
    MACH_SEND_INVALID_MEMORY,
    MACH_SEND_INVALID_RIGHT,
    MACH_SEND_NO_BUFFER,
    MAKE_SEND_ONCE,
    MOVE_SEND,
)
from zoneviz.mach.sizes import NOTIFY_KMSG_SIZE
from zoneviz.mach.vm_copy import vm_map_copyin, vm_map_copyout
from zoneviz.mach.vm_fault import kernel_touch

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread


def ipc_kmsg_copyin(
    k: "Kernel",
    thread: "Thread",
    dest: int,
    msgh_id: int,
    size: int,
    reply: int,
    rights: tuple[tuple[int, int], ...],
    body: Any,
    memory: tuple[tuple[int, int], ...] = (),
) -> tuple[int, Kmsg | None]:
    """ipc_kmsg_get and ipc_kmsg_copyin: (mach_msg_return, the message or None)."""
    here = k.path
    space = thread.task.space
    k.time += k.costs.msg_send
    k.path = here["ipc_kmsg_get"]
    address, length = ikm_alloc(k, size)
    k.path = here
    if not address:
        return MACH_SEND_NO_BUFFER, None  # kalloc_map is full
    entry = lookup(k, space, dest)
    port = entry.object if entry is not None else None
    if entry is None or not isinstance(port, IpcPort) or not entry.bits & (SEND | SEND_ONCE):
        kfree(k, address, length)
        return MACH_SEND_INVALID_DEST, None
    kmsg = Kmsg(address, length, port, msgh_id, size)
    kmsg.body = body
    port.refs += 1
    if entry.bits & SEND_ONCE:
        kmsg.right = SEND_ONCE
        take(k, space, dest, SEND_ONCE)
    else:
        port.srights += 1
    if reply:
        _, target, bits = copyin(k, space, reply, MAKE_SEND_ONCE)
        if target is not None:
            kmsg.reply = (target, bits)
    for name, how in rights:
        kr, target, bits = copyin(k, space, name, how)
        if kr and how in (COPY_SEND, MOVE_SEND):
            # A dead name may travel in a message, as MACH_PORT_DEAD (ipc_right_copyin's deadok) [S].
            kr, target, bits = copyin_dead(k, space, name, how)
        if kr or target is None:
            ipc_kmsg.destroy(k, kmsg)
            return MACH_SEND_INVALID_RIGHT, None
        kmsg.rights.append((target, bits))
    for start, length in memory:
        copy = vm_map_copyin(k, thread.task.map, start, length)
        if copy is None:
            ipc_kmsg.destroy(k, kmsg)
            return MACH_SEND_INVALID_MEMORY, None
        kmsg.memory.append(copy)
    ipc_kmsg.message_event(k, MSG_SEND, kmsg)
    return KERN_SUCCESS, kmsg


def arrived(k: "Kernel", kmsg: Kmsg) -> None:
    """Drop the right that a message held to its destination. If it was the last send right, no-senders fires."""
    port = kmsg.port
    if kmsg.right == SEND:
        ipc_port_release_send(k, port)
    else:
        port.sorights -= 1
        ipc_port_release(k, port)


def ipc_kmsg_copyout(k: "Kernel", thread: "Thread", kmsg: Kmsg) -> tuple[int, Message | None]:
    """ipc_kmsg_copyout and ipc_kmsg_put: copy a message out to the task of a thread and free it. (mach_msg_return, Message or None).

    If the space has no room for the reply right, the message is destroyed unread: MACH_RCV_HEADER_ERROR. A right of the body for
    which it has no room is destroyed, and its name is 0: MACH_RCV_BODY_ERROR, with the message.
    """
    task = thread.task
    space = task.space
    here = k.path
    k.time += k.costs.msg_receive
    ipc_kmsg.message_event(k, MSG_RECEIVE, kmsg)
    reply = 0
    if kmsg.reply is not None:
        k.path = here["ipc_kmsg_copyout_header"]
        kr, reply = ipc_object_copyout(k, space, *kmsg.reply)
        k.path = here
        if kr:
            return header_error(k, kmsg)
    arrived(k, kmsg)
    k.path = here["ipc_kmsg_copyout_body"]
    error, names = 0, []
    for port, bits in kmsg.rights:
        short, name = copyout(k, space, port, bits)
        error |= short
        names.append(name)
    memory = [vm_map_copyout(k, task.map, copy)[1] for copy in kmsg.memory]
    local = kmsg.port.name
    k.path = here["ipc_kmsg_put"]
    if thread.buffer:
        kernel_touch(k, task.map, thread.buffer, min(kmsg.length, 4))
    put(k, kmsg)
    k.path = here
    return error and MACH_RCV_BODY_ERROR | error, Message(kmsg.msgh_id, kmsg.length, local, reply, names, memory, kmsg.body)


def header_error(k: "Kernel", kmsg: Kmsg) -> tuple[int, None]:
    """ipc_kmsg_copyout_dest: destroy all that a message carries, after the receiver had no room for its reply right."""
    here = k.path
    k.path = here["ipc_kmsg_copyout_dest"]
    arrived(k, kmsg)
    ipc_kmsg.destroy_contents(k, kmsg)
    k.path = here["ipc_kmsg_put"]
    put(k, kmsg)
    k.path = here
    return MACH_RCV_HEADER_ERROR | MACH_MSG_IPC_KERNEL, None


def put(k: "Kernel", kmsg: Kmsg) -> None:
    """Free a message that was copied out."""
    if kmsg.size == NOTIFY_KMSG_SIZE:
        kfree(k, kmsg.address, kmsg.size)
    else:
        ikm_free(k, kmsg.address, kmsg.size)
