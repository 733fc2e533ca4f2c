"""Ports, port sets and notifications, ipc/ipc_port.c, ipc/ipc_pset.c and ipc/ipc_notify.c.

A port has one reference for each entry of a name table, each right in a message and each pointer in the kernel; it is
freed with the last one. It is dead from the moment its receive right is destroyed.
"""

from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

from zoneviz.mach import ipc_kmsg
from zoneviz.mach.ipc_table import ipc_table_alloc, ipc_table_free
from zoneviz.mach.kalloc import kalloc
from zoneviz.mach.kinds import NOTIFY, PORT_CREATE, PORT_DESTROY, PSET_DESTROY
from zoneviz.mach.limits import count_port
from zoneviz.mach.message import MACH_RCV_PORT_DIED, MACH_SEND_INVALID_DEST
from zoneviz.mach.sched_prim import return_result, thread_go
from zoneviz.mach.sizes import IPC_PORT_REQUEST, NOTIFY_KMSG_SIZE, QLIMIT_DEFAULT
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.ipc_kmsg import Kmsg
    from zoneviz.mach.ipc_space import IpcSpace
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread


# msgh_id of notifications (mach/notify.h) [R]
NOTIFY_PORT_DELETED: Final = 65
NOTIFY_PORT_DESTROYED: Final = 69
NOTIFY_NO_SENDERS: Final = 70
NOTIFY_SEND_ONCE: Final = 71
NOTIFY_DEAD_NAME: Final = 72

Item = TypeVar("Item")
Queue = deque[Item] | tuple[()]
"""Most ports never queue anything, and an empty deque has 760 bytes."""


def queued(queue: Queue[Item], item: Item) -> deque[Item]:
    """The queue with `item` at its end."""
    if not queue:
        return deque((item,))
    queue.append(item)
    return queue


def remove_from(queue: Queue[Item], item: Item) -> bool:
    """Remove `item` from the queue. Whether it was in it."""
    if not queue or item not in queue:
        return False
    queue.remove(item)
    return True


class IpcPset:
    """struct ipc_pset. `messages`: the one queue of all members."""

    __slots__ = ("address", "members", "messages", "name", "receivers", "refs", "space")

    def __init__(self, address: int, space: "IpcSpace", name: int) -> None:
        self.address = address
        self.space = space
        self.name = name
        self.refs = 1
        self.members: dict[IpcPort, None] = {}
        self.messages: Queue[Kmsg] = ()
        self.receivers: Queue[Thread] = ()


class IpcPort:
    """struct ipc_port. `receiver`: the space with its receive right; None for the kernel or a right in transit.

    `owner`: id of the task that last held the receive right, 0: the kernel. `kobject`: the task, thread or other object
    of a kernel port. `nsrequest`: the send-once port of the no-senders request. `dnrequests`: the send-once ports of
    dead-name requests, by (space address << 32 | name). `dn_bytes`: the size of their table. `seqno`: of the next message to a
    pager, counted when it is sent instead of when it is received; the queue keeps the order.
    """

    __slots__ = (
        "address",
        "alive",
        "dn_address",
        "dn_bytes",
        "dnrequests",
        "kobject",
        "messages",
        "mscount",
        "msgcount",
        "name",
        "nsrequest",
        "owner",
        "pset",
        "qlimit",
        "receiver",
        "receivers",
        "refs",
        "senders",
        "seqno",
        "sorights",
        "srights",
    )

    def __init__(self, address: int, receiver: "IpcSpace | None", name: int, kobject: object = None) -> None:
        self.address = address
        self.receiver = receiver
        self.name = name
        self.kobject = kobject
        self.owner = receiver.task_id if receiver is not None else 0
        self.alive = True
        self.refs = 1
        self.srights = 0
        self.sorights = 0
        self.mscount = 0
        self.nsrequest: IpcPort | None = None
        self.dnrequests: dict[int, IpcPort] = {}
        self.dn_bytes = 0
        self.dn_address = 0
        self.messages: Queue[Kmsg] = ()
        self.msgcount = 0
        self.seqno = 0
        self.qlimit = QLIMIT_DEFAULT
        self.senders: Queue[tuple[Thread, Kmsg]] = ()
        self.receivers: Queue[Thread] = ()
        self.pset: IpcPset | None = None

    @property
    def waiting(self) -> "Queue[Thread]":
        """The threads that wait for a message from its queue."""
        return self.receivers if self.pset is None else self.pset.receivers


def ipc_port_alloc_special(k: "Kernel", kobject: object) -> IpcPort:
    """A new port of the kernel, in no task's space."""
    here = k.path
    k.path = here["ipc_port_alloc_special"]
    port = IpcPort(zalloc(k, k.zones["ipc ports"]), None, 0, kobject)
    k.path = here
    k.tell((PORT_CREATE, k.time, k.task_id, k.thread_id, here.id, 0, port.address, 0, 0))
    return port


def ipc_port_dealloc_special(k: "Kernel", port: IpcPort) -> None:
    """Destroy a port of the kernel."""
    here = k.path
    k.path = here["ipc_port_dealloc_special"]
    port.kobject = None
    ipc_port_destroy(k, port)
    k.path = here


def make_send(port: IpcPort) -> IpcPort:
    """Make a send right for the kernel: one send right, one reference, one make-send."""
    port.srights += 1
    port.mscount += 1
    port.refs += 1
    return port


def make_send_once(port: IpcPort) -> IpcPort:
    """Make a send-once right for the kernel."""
    port.sorights += 1
    port.refs += 1
    return port


def copy_send(port: IpcPort) -> IpcPort:
    """Copy a send right."""
    port.srights += 1
    port.refs += 1
    return port


def ipc_port_release(k: "Kernel", port: IpcPort) -> None:
    """Drop a reference. The last one frees the structure."""
    port.refs -= 1
    if not port.refs:
        here = k.path
        k.path = here["ipc_object_release"]
        zfree(k, k.zones["ipc ports"], port.address)
        k.path = here


def ipc_port_release_send(k: "Kernel", port: IpcPort) -> None:
    """Drop a send right and its reference. The last send right fires the no-senders request."""
    here = k.path
    k.path = here["ipc_port_release_send"]
    port.srights -= 1
    if port.alive and not port.srights and port.nsrequest is not None:
        request = port.nsrequest
        port.nsrequest = None
        ipc_notify(k, NOTIFY_NO_SENDERS, request, port, port.mscount)
    ipc_port_release(k, port)
    k.path = here


def ipc_port_release_sonce(k: "Kernel", port: IpcPort) -> None:
    """Drop an unused send-once right. Its receiver gets a notification, if the port is alive."""
    if port.alive:
        ipc_notify(k, NOTIFY_SEND_ONCE, port, port, 0)
    else:
        port.sorights -= 1
        ipc_port_release(k, port)


def ipc_port_destroy(k: "Kernel", port: IpcPort) -> None:
    """Destroy the receive right: requests fire, messages are destroyed, waiting threads get an error."""
    here = k.path
    k.path = here["ipc_port_destroy"]
    if port.pset is not None:
        ipc_pset_remove(k, port)
    port.alive = False
    was = port.receiver
    port.receiver = None
    count_port(k, port.owner, -1)
    k.tell((PORT_DESTROY, k.time, k.task_id, k.thread_id, here.id, was.task_id if was else 0, port.address, 0, len(port.messages)))
    ipc_port_changed(k, port)
    request = port.nsrequest
    port.nsrequest = None
    if request is not None:
        ipc_notify(k, NOTIFY_SEND_ONCE, request, request, 0)
    while port.messages:
        ipc_kmsg.unqueue_destroy(k, port.messages.popleft())
    if port.dn_bytes:
        for name, asker in port.dnrequests.items():
            ipc_notify(k, NOTIFY_DEAD_NAME, asker, port, name & 0xFFFFFFFF)
        port.dnrequests = {}
        dn_table_free(k, port)
    ipc_port_release(k, port)
    k.path = here


def ipc_port_changed(k: "Kernel", port: IpcPort) -> None:
    """Wake the threads that wait on a dead port: receivers get MACH_RCV_PORT_DIED, senders MACH_SEND_INVALID_DEST."""
    while port.receivers:
        waiting = port.receivers.popleft()
        waiting.continuation = return_result
        waiting.result = (MACH_RCV_PORT_DIED, None)
        thread_go(k, waiting)
    while port.senders:
        waiting, kmsg = port.senders.popleft()
        ipc_kmsg.destroy(k, kmsg)
        # A combined send and receive returns a pair, and does not continue to receive.
        waiting.result = MACH_SEND_INVALID_DEST if waiting.continuation is return_result else (MACH_SEND_INVALID_DEST, None)
        waiting.continuation = return_result
        thread_go(k, waiting)


def dn_table_free(k: "Kernel", port: IpcPort) -> None:
    """Free the table of dead-name requests."""
    ipc_table_free(k, port.dn_address, port.dn_bytes)
    port.dn_bytes = 0
    port.dn_address = 0


def dn_table_make_room(k: "Kernel", port: IpcPort) -> bool:
    """ipc_port_dngrow: make room for one more dead-name request. False if kalloc_map has none.

    The new table is allocated before the old one is freed.
    """
    need = dn_bytes_for(len(port.dnrequests) + 1)
    if need <= port.dn_bytes:
        return True
    here = k.path
    k.path = here["ipc_port_dngrow"]
    table = ipc_table_alloc(k, need)
    if table:
        if port.dn_bytes:
            ipc_table_free(k, port.dn_address, port.dn_bytes)
        port.dn_address = table
        port.dn_bytes = need
    k.path = here
    return bool(table)


def ipc_notify(k: "Kernel", msgh_id: int, to: IpcPort, about: IpcPort, word: int) -> None:
    """Send the notification `msgh_id` about a port to a send-once right that the kernel holds, whatever the queue limit.

    `word`: the name that died, or the make-send count.
    """
    here = k.path
    name = _NOTIFY_FRAMES[msgh_id]
    k.tell((NOTIFY, k.time, k.task_id, k.thread_id, here.id, msgh_id, about.address, 0, to.address))
    k.path = here[name]
    k.time += k.costs.notify
    address = kalloc(k, NOTIFY_KMSG_SIZE)
    k.path = here
    ipc_kmsg.notify_send(k, address, msgh_id, to, word)
    k.path = here


_NOTIFY_FRAMES: Final = {
    NOTIFY_NO_SENDERS: "ipc_notify_no_senders",
    NOTIFY_SEND_ONCE: "ipc_notify_send_once",
    NOTIFY_DEAD_NAME: "ipc_notify_dead_name",
    NOTIFY_PORT_DESTROYED: "ipc_notify_port_destroyed",
    NOTIFY_PORT_DELETED: "ipc_notify_port_deleted",
}


def ipc_pset_add(pset: IpcPset, port: IpcPort) -> None:
    """Put a port into a set. Its messages move to the queue of the set."""
    port.pset = pset
    pset.members[port] = None
    for kmsg in port.messages:
        pset.messages = queued(pset.messages, kmsg)
    port.messages = ()


def ipc_pset_remove(k: "Kernel", port: IpcPort) -> None:
    """Take a port out of its set. ipc_mqueue_move scans every message of the set for those of the port."""
    pset = port.pset
    if pset is None:
        return
    k.time += k.costs.mqueue_walk * len(pset.messages)
    mine = [m for m in pset.messages if m.port is port] if port.msgcount else []
    if mine:
        pset.messages = deque([m for m in pset.messages if m.port is not port])
        port.messages = deque(mine)
    port.pset = None
    del pset.members[port]


def ipc_pset_changed(k: "Kernel", pset: IpcPset) -> None:
    """Wake the receivers of a dead port set with MACH_RCV_PORT_DIED."""
    while pset.receivers:
        waiting = pset.receivers.popleft()
        waiting.continuation = return_result
        waiting.result = (MACH_RCV_PORT_DIED, None)
        thread_go(k, waiting)


def ipc_pset_destroy(k: "Kernel", space: "IpcSpace", pset: IpcPset) -> None:
    """Destroy a port set: remove the members, wake the receivers with an error, free the structure."""
    space.names.pop(pset, None)
    k.tell((PSET_DESTROY, k.time, k.task_id, k.thread_id, k.path.id, space.task_id, pset.address, 0, 0))
    for port in list(pset.members):
        ipc_pset_remove(k, port)
    ipc_pset_changed(k, pset)
    zfree(k, k.zones["ipc port sets"], pset.address)


def dn_bytes_for(slots: int) -> int:
    """Bytes of a table with room for `slots` requests. Slot 0 is its head; sizes double (ipc/ipc_table.c)."""
    entries = 2
    while entries - 1 < slots:
        entries *= 2
    return entries * IPC_PORT_REQUEST
