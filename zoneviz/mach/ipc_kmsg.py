"""Messages in the kernel, ipc/ipc_kmsg.c: their memory, the rights they carry, and the queues they wait in."""

from typing import TYPE_CHECKING, Any

from zoneviz.events import RECEIVE, SEND, SEND_ONCE, Kind
from zoneviz.mach import ipc_port
from zoneviz.mach.kalloc import kalloc, kfree
from zoneviz.mach.sched_prim import thread_go
from zoneviz.mach.sizes import KMSG_OVERHEAD, NOTIFY_KMSG_SIZE, SAVED_KMSG_SIZE
from zoneviz.mach.vm_copy import VmMapCopy, vm_map_copy_discard

if TYPE_CHECKING:
    from zoneviz.mach.ipc_port import IpcPort
    from zoneviz.mach.kernel import Kernel

MSG_QUEUE, MSG_UNQUEUE = int(Kind.MSG_QUEUE), int(Kind.MSG_UNQUEUE)
MSG_DESTROY = int(Kind.MSG_DESTROY)


class Kmsg:
    """struct ipc_kmsg. `size`: bytes of its memory; `length`: bytes of the message; `port`: where it goes.

    `right`: the right to that port it holds while it travels, SEND or SEND_ONCE; `reply`: (port, SEND or SEND_ONCE) or
    None; `rights`: the other rights it carries, in kernel form; `memory`: copies of out-of-line memory; `body`: what
    the program put in, which the kernel does not look at.
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
    """What a program receives: `reply` and `rights` are names in its space now, `memory` addresses."""

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
    """(address, size) of a kmsg for a message of `length` bytes: up to 240 the processor's cached one if it is there."""
    size = length + KMSG_OVERHEAD
    if size <= SAVED_KMSG_SIZE:
        size = SAVED_KMSG_SIZE
        cached = k.ikm_cache
        if cached:
            k.ikm_cache = 0
            return cached, size
    return kalloc(k, size), size


def ikm_free(k: "Kernel", address: int, size: int) -> None:
    """Give a kmsg's memory back: one of 256 bytes is kept by the processor if it has none."""
    if size == SAVED_KMSG_SIZE and not k.ikm_cache:
        k.ikm_cache = address
    else:
        kfree(k, address, size)


def message_event(k: "Kernel", kind: int, kmsg: Kmsg) -> None:
    """Tell of something that happened to a message."""
    k.tell((kind, k.time, k.task_id, k.thread_id, k.path, kmsg.msgh_id, kmsg.port.address, kmsg.length, kmsg.address))


def queue(k: "Kernel", kmsg: Kmsg) -> None:
    """ipc_mqueue_send: hand a message to a waiting receiver, else put it on the port's queue. Limits are the caller's."""
    port = kmsg.port
    waiting = port.waiting
    if waiting:
        receiver = waiting.popleft()
        receiver.received = kmsg
        thread_go(k, receiver)
        return
    port.msgcount += 1
    port.queue.append(kmsg)
    k.messages += 1
    message_event(k, MSG_QUEUE, kmsg)


def unqueue(k: "Kernel", kmsg: Kmsg) -> None:
    """A message has left the queue: a sender that waits for room gets on."""
    port = kmsg.port
    port.msgcount -= 1
    k.messages -= 1
    message_event(k, MSG_UNQUEUE, kmsg)
    if port.senders and port.msgcount < port.qlimit:
        thread, waiting = port.senders.popleft()
        queue(k, waiting)
        thread_go(k, thread)


def notify_send(k: "Kernel", address: int, msgh_id: int, to: "IpcPort", word: int) -> None:
    """Send a notification that lies in a kmsg of kalloc.64 to a send-once right of the kernel's."""
    kmsg = Kmsg(address, NOTIFY_KMSG_SIZE, to, msgh_id, 32)
    kmsg.right = SEND_ONCE
    kmsg.body = word
    if to.alive:
        queue(k, kmsg)
    else:
        destroy(k, kmsg)


def unqueue_destroy(k: "Kernel", port: "IpcPort") -> None:
    """Destroy the first message on a dying port's queue."""
    kmsg = port.messages.popleft()
    port.msgcount -= 1
    k.messages -= 1
    message_event(k, MSG_UNQUEUE, kmsg)
    destroy(k, kmsg)


def destroy(k: "Kernel", kmsg: Kmsg) -> None:
    """ipc_kmsg_destroy: drop the right to its destination, every right it carries, its memory, itself."""
    here = k.path
    k.path = k.paths[here, "ipc_kmsg_destroy"]
    message_event(k, MSG_DESTROY, kmsg)
    release_right(k, kmsg.port, kmsg.right)
    if kmsg.reply is not None:
        release_right(k, *kmsg.reply)
    for port, bits in kmsg.rights:
        release_right(k, port, bits)
    for copy in kmsg.memory:
        vm_map_copy_discard(k, copy)
    kfree(k, kmsg.address, kmsg.size)
    k.path = here


def release_right(k: "Kernel", port: "IpcPort", bits: int) -> None:
    """Drop a right that the kernel or a message holds."""
    if bits == RECEIVE:
        ipc_port.ipc_port_destroy(k, port)
    elif not port.alive:
        ipc_port.ipc_port_release(k, port)
    elif bits == SEND:
        ipc_port.ipc_port_release_send(k, port)
    else:
        ipc_port.ipc_port_release_sonce(k, port)
