"""Messages in the kernel, ipc/ipc_kmsg.c and ipc/ipc_mqueue.c: their memory, their rights, their queues."""

from typing import TYPE_CHECKING, Any

from zoneviz.events import RECEIVE, SEND, SEND_ONCE
from zoneviz.mach import ipc_port
from zoneviz.mach.kalloc import kalloc, kfree
from zoneviz.mach.kinds import MSG_DESTROY, MSG_QUEUE, MSG_UNQUEUE
from zoneviz.mach.sched_prim import thread_go
from zoneviz.mach.sizes import KMSG_OVERHEAD, NOTIFY_KMSG_SIZE, SAVED_KMSG_SIZE
from zoneviz.mach.vm_copy import VmMapCopy, vm_map_copy_discard

if TYPE_CHECKING:
    from zoneviz.mach.ipc_port import IpcPort
    from zoneviz.mach.kernel import Kernel


class Kmsg:
    """struct ipc_kmsg. `size`: bytes of its memory. `length`: bytes of the message. `port`: its destination.

    `right`: the right to the destination that it holds, SEND or SEND_ONCE. `reply`: (port, SEND or SEND_ONCE) or None.
    `rights`: the other rights it carries, as (port, type). `memory`: copies of out-of-line memory. `body`: any Python
    value from the sender; the kernel does not read it.
    """

    __slots__ = ("address", "body", "length", "memory", "msgh_id", "port", "reply", "right", "rights", "size")

    def __init__(self, address: int, size: int, port: "IpcPort", msgh_id: int, length: int) -> None:
        self.address = address
        self.size = size
        self.port = port
        self.msgh_id = msgh_id
        self.length = length
        self.right = SEND
        self.reply: tuple[IpcPort, int] | None = None
        self.rights: list[tuple[IpcPort, int]] = []
        self.memory: list[VmMapCopy] = []
        self.body: Any = None


class Message:
    """A received message. `local`, `reply` and `rights` are names in the receiver's space, `memory` addresses in its map."""

    __slots__ = ("body", "local", "memory", "msgh_id", "reply", "rights", "size")

    def __init__(self, msgh_id: int, size: int, local: int, reply: int, rights: list[int], memory: list[int], body: Any) -> None:
        self.msgh_id = msgh_id
        self.size = size
        self.local = local
        self.reply = reply
        self.rights = rights
        self.memory = memory
        self.body = body


def ikm_alloc(k: "Kernel", length: int) -> tuple[int, int]:
    """(address, size) of a kmsg for a message of `length` bytes. Up to 240 bytes it takes the cached kmsg, if there is one."""
    size = length + KMSG_OVERHEAD
    if size <= SAVED_KMSG_SIZE:
        size = SAVED_KMSG_SIZE
        cached = k.ikm_cache
        if cached:
            k.ikm_cache = 0
            return cached, size
    return kalloc(k, size), size


def ikm_free(k: "Kernel", address: int, size: int) -> None:
    """Free a kmsg. One of 256 bytes goes into the cache if that is empty."""
    if size == SAVED_KMSG_SIZE and not k.ikm_cache:
        k.ikm_cache = address
    else:
        kfree(k, address, size)


def message_event(k: "Kernel", kind: int, kmsg: Kmsg) -> None:
    """Record an event of this kind about a message."""
    k.tell((kind, k.time, k.task_id, k.thread_id, k.path.id, kmsg.msgh_id, kmsg.port.address, kmsg.length, kmsg.address))


def deliver(k: "Kernel", kmsg: Kmsg) -> None:
    """ipc_mqueue_send: hand a message to a waiting receiver, or queue it. The caller checks the queue limit."""
    port = kmsg.port
    waiting = port.waiting
    if waiting:
        receiver = waiting.popleft()
        receiver.received = kmsg
        thread_go(k, receiver)
        return
    port.msgcount += 1
    holder = port.pset or port
    holder.messages = ipc_port.queued(holder.messages, kmsg)
    k.messages += 1
    message_event(k, MSG_QUEUE, kmsg)


def unqueue(k: "Kernel", kmsg: Kmsg) -> None:
    """Account for a message that left its queue. A sender that waits for room continues."""
    port = kmsg.port
    port.msgcount -= 1
    k.messages -= 1
    message_event(k, MSG_UNQUEUE, kmsg)
    if port.senders and port.msgcount < port.qlimit:
        thread, waiting = port.senders.popleft()
        deliver(k, waiting)
        thread_go(k, thread)


def notify_send(k: "Kernel", address: int, msgh_id: int, to: "IpcPort", word: int) -> None:
    """Send a notification, in a kmsg of kalloc.64 at `address`, to a send-once right that the kernel holds."""
    kmsg = Kmsg(address, NOTIFY_KMSG_SIZE, to, msgh_id, 32)
    kmsg.right = SEND_ONCE
    kmsg.body = word
    if to.alive:
        deliver(k, kmsg)
    else:
        destroy(k, kmsg)


def unqueue_destroy(k: "Kernel", kmsg: Kmsg) -> None:
    """Destroy a message that was removed from the queue of its dying port."""
    kmsg.port.msgcount -= 1
    k.messages -= 1
    message_event(k, MSG_UNQUEUE, kmsg)
    destroy(k, kmsg)


def destroy(k: "Kernel", kmsg: Kmsg) -> None:
    """ipc_kmsg_destroy: drop the right to its destination and the rights it carries; free its memory and the kmsg."""
    here = k.path
    k.path = here["ipc_kmsg_destroy"]
    message_event(k, MSG_DESTROY, kmsg)
    release_right(k, kmsg.port, kmsg.right)
    destroy_contents(k, kmsg)
    kfree(k, kmsg.address, kmsg.size)
    k.path = here


def destroy_contents(k: "Kernel", kmsg: Kmsg) -> None:
    """Drop the reply right and the other rights of a message, and free its memory."""
    if kmsg.reply is not None:
        release_right(k, *kmsg.reply)
    for port, bits in kmsg.rights:
        release_right(k, port, bits)
    for copy in kmsg.memory:
        vm_map_copy_discard(k, copy)


def release_right(k: "Kernel", port: "IpcPort", bits: int) -> None:
    """Drop a right of type `bits` that the kernel or a message holds."""
    if bits == RECEIVE:
        ipc_port.ipc_port_destroy(k, port)
    elif not port.alive:
        ipc_port.ipc_port_release(k, port)
    elif bits == SEND:
        ipc_port.ipc_port_release_send(k, port)
    else:
        ipc_port.ipc_port_release_sonce(k, port)
