"""The message trap, ipc/mach_msg.c: send, receive, both at once; and the traps that return ports.

A trap is called with the kernel and the running thread. It returns what the program gets, or BLOCKED. Scenario files
of users may import the dispositions (COPY_SEND and so on) from here; they are defined in message.py.
"""

from typing import TYPE_CHECKING, Any, Final

from zoneviz.events import PORT_SET, RECEIVE, SEND, SEND_ONCE
from zoneviz.mach import ipc_kmsg
from zoneviz.mach.dispatch import block, block_onto
from zoneviz.mach.ends import BLOCKED
from zoneviz.mach.ipc_kmsg import Kmsg
from zoneviz.mach.ipc_kmsg_copy import ipc_kmsg_copyin, ipc_kmsg_copyout
from zoneviz.mach.ipc_port import IpcPort, IpcPset, make_send, queued, remove_from
from zoneviz.mach.ipc_space import (
    KERN_RESOURCE_SHORTAGE,
    KERN_SUCCESS,
    IpcSpace,
    entry_alloc,
    right_insert,
)
from zoneviz.mach.kalloc import kalloc, kfree
from zoneviz.mach.kinds import PORT_CREATE
from zoneviz.mach.limits import count_port, user_full
from zoneviz.mach.message import COPY_SEND as COPY_SEND
from zoneviz.mach.message import (
    MACH_RCV_INVALID_NAME,
    MACH_RCV_TIMED_OUT,
    MACH_SEND_TIMED_OUT,
)
from zoneviz.mach.message import MAKE_SEND as MAKE_SEND
from zoneviz.mach.message import MAKE_SEND_ONCE as MAKE_SEND_ONCE
from zoneviz.mach.message import MOVE_RECEIVE as MOVE_RECEIVE
from zoneviz.mach.message import MOVE_SEND as MOVE_SEND
from zoneviz.mach.message import MOVE_SEND_ONCE as MOVE_SEND_ONCE
from zoneviz.mach.sched_prim import return_result, set_timer, thread_go
from zoneviz.mach.sizes import MIG_REPLY_SIZE
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread


MIG_REPLY_MISMATCH: Final = -301  # mach/mig_errors.h [R]
MIG_BAD_ID: Final = -303  # [R]
MIG_SERVER_DIED: Final = -308  # [R]


def port_alloc(k: "Kernel", space: IpcSpace) -> tuple[int, int, IpcPort | None]:
    """ipc_port_alloc: a new receive right. (kern_return, name, port)."""
    if user_full(k, space):
        return KERN_RESOURCE_SHORTAGE, 0, None
    here = k.path
    k.path = here["ipc_port_alloc"]["ipc_object_alloc"]
    port = IpcPort(zalloc(k, k.zones["ipc ports"]), space, 0)
    kr, name, entry = entry_alloc(k, space)
    if kr:
        zfree(k, k.zones["ipc ports"], port.address)
        k.path = here
        return kr, 0, None
    entry.bits = RECEIVE
    entry.object = port
    space.names[port] = name
    port.name = name
    count_port(k, space.task_id, 1)
    k.path = here
    k.tell((PORT_CREATE, k.time, k.task_id, k.thread_id, here.id, space.task_id, port.address, name, 0))
    return KERN_SUCCESS, name, port


def mach_reply_port(k: "Kernel", thread: "Thread") -> int:
    """The name of a new receive right; 0 if the space or the user has reached a limit."""
    k.path = thread.path["mach_call_call"]["mach_reply_port"]
    _, name, _ = port_alloc(k, thread.task.space)
    return name


def self_port(k: "Kernel", thread: "Thread", port: IpcPort, frame: str) -> int:
    """The name of a send right to the caller's own port, with one more user reference; 0 if the space has no room."""
    k.path = thread.path["mach_call_call"][frame]["ipc_port_copyout_send"]
    space = thread.task.space
    name = space.names.get(port)
    if name is None:
        kr, name, entry = entry_alloc(k, space)
        if kr:
            return 0
    else:
        entry = space.entries[name]
    right_insert(k, space, name, entry, make_send(port), SEND)
    return name


def mach_task_self(k: "Kernel", thread: "Thread") -> int:
    """The name of the task's port: see self_port."""
    return self_port(k, thread, thread.task.sself, "mach_task_self")


def mach_thread_self(k: "Kernel", thread: "Thread") -> int:
    """The name of the thread's port: see self_port."""
    return self_port(k, thread, thread.sself, "mach_thread_self")


def mach_msg_send(
    k: "Kernel",
    thread: "Thread",
    dest: int,
    msgh_id: int,
    size: int,
    rights: tuple[tuple[int, int], ...] = (),
    timeout: int | None = None,
    body: Any = None,
    memory: tuple[tuple[int, int], ...] = (),
) -> object:
    """Send a message of `size` bytes. `timeout` in ns; None: wait, 0: do not wait. A mach_msg_return.

    `rights`: (name, disposition) pairs. `memory`: (address, bytes) pairs sent out of line.
    """
    k.path = thread.path["mach_call_call"]["mach_msg_trap"]["mach_msg_send"]
    kr, kmsg = ipc_kmsg_copyin(k, thread, dest, msgh_id, size, 0, rights, body, memory)
    if kmsg is None:
        return kr
    return send_or_wait(k, thread, kmsg, timeout)


def send_or_wait(k: "Kernel", thread: "Thread", kmsg: Kmsg, timeout: int | None) -> object:
    """ipc_mqueue_send: deliver or queue a message, or wait for room and keep the kernel stack."""
    port = kmsg.port
    if port.kobject is not None:
        kernel_takes(k, kmsg)
        return KERN_SUCCESS
    if must_wait(kmsg):
        if timeout == 0:
            ipc_kmsg.destroy(k, kmsg)
            return MACH_SEND_TIMED_OUT
        port.senders = queued(port.senders, (thread, kmsg))
        if timeout is not None:
            _time_out_sender(k, thread, port, timeout)
        thread.result = KERN_SUCCESS
        k.path = k.path["ipc_mqueue_send"]
        return block(k, "mach_msg send: port full", port, return_result, keep_stack=True)
    ipc_kmsg.deliver(k, kmsg)
    return KERN_SUCCESS


def must_wait(kmsg: Kmsg) -> bool:
    """Whether a message must wait for room. One to a send-once right, or for a waiting receiver, need not."""
    port = kmsg.port
    return port.msgcount >= port.qlimit and not port.waiting and kmsg.right != SEND_ONCE


def kernel_takes(k: "Kernel", kmsg: Kmsg) -> None:
    """Consume a message to a kernel port that is not an RPC. The reply, if the sender asked for one, is MIG_BAD_ID."""
    here = k.path
    k.path = here["ipc_kobject_server"]
    reply = kalloc(k, MIG_REPLY_SIZE)
    reply_to = kmsg.reply
    kmsg.reply = None
    ipc_kmsg.destroy(k, kmsg)
    if reply_to is None:
        kfree(k, reply, MIG_REPLY_SIZE)
    else:
        answer = Kmsg(reply, MIG_REPLY_SIZE, reply_to[0], kmsg.msgh_id + 100, 32)
        answer.right = SEND_ONCE
        answer.body = MIG_BAD_ID
        ipc_kmsg.deliver(k, answer)
    k.path = here


def _time_out_sender(k: "Kernel", thread: "Thread", port: IpcPort, timeout: int) -> None:
    wait = thread.wait_id

    def give_up() -> None:
        if thread.wait_id == wait and thread.alive:
            for entry in list(port.senders):
                if entry[0] is thread:
                    remove_from(port.senders, entry)
                    ipc_kmsg.destroy(k, entry[1])
            thread.result = MACH_SEND_TIMED_OUT
            thread_go(k, thread)

    set_timer(k, timeout, give_up)


RECEIVE_WAIT: Final = "mach_msg receive"


def mach_msg_receive(k: "Kernel", thread: "Thread", name: int, timeout: int | None = None, why: str = RECEIVE_WAIT) -> object:
    """The next message of a port or port set: (mach_msg_return, Message or None). `timeout` in ns; None: wait.

    `why`: the reason recorded if the thread blocks.
    """
    k.path = thread.path["mach_call_call"]["mach_msg_trap"]["mach_msg_receive"]
    return receive_or_wait(k, thread, name, timeout, why=why)


def receive_or_wait(
    k: "Kernel", thread: "Thread", name: int, timeout: int | None, onto: "Thread | None" = None, why: str = RECEIVE_WAIT
) -> object:
    """ipc_mqueue_receive. `onto`: the thread that gets the processor if no message is queued."""
    entry = thread.task.space.entries.get(name)
    source = entry.object if entry is not None and entry.bits & (RECEIVE | PORT_SET) else None
    if source is None or (isinstance(source, IpcPort) and source.pset is not None):
        return MACH_RCV_INVALID_NAME, None
    assert isinstance(source, (IpcPort, IpcPset))
    if source.messages:
        kmsg = source.messages.popleft()
        ipc_kmsg.unqueue(k, kmsg)
        return ipc_kmsg_copyout(k, thread, kmsg)
    if timeout == 0:
        return MACH_RCV_TIMED_OUT, None
    source.receivers = queued(source.receivers, thread)
    thread.result = (MACH_RCV_TIMED_OUT, None)
    if timeout is not None:
        _time_out_receiver(k, thread, source, timeout)
    if onto is not None:
        k.sched.remove(onto)
        block_onto(k, why, source, _received, onto)
        return BLOCKED
    return block(k, why, source, _received)


def _received(k: "Kernel", thread: "Thread") -> object:
    """mach_msg_continue: what the receiver gets when it runs again, a message or an error."""
    kmsg = thread.received
    thread.received = None
    if kmsg is None:
        return thread.result
    k.path = thread.path["mach_call_call"]["mach_msg_trap"]["mach_msg_receive"]
    return ipc_kmsg_copyout(k, thread, kmsg)


def _time_out_receiver(k: "Kernel", thread: "Thread", source: IpcPort | IpcPset, timeout: int) -> None:
    wait = thread.wait_id

    def give_up() -> None:
        if thread.wait_id == wait and thread.alive and remove_from(source.receivers, thread):
            thread_go(k, thread)

    set_timer(k, timeout, give_up)


def mach_msg(
    k: "Kernel",
    thread: "Thread",
    dest: int,
    msgh_id: int,
    size: int,
    receive: int,
    reply: int = 0,
    rights: tuple[tuple[int, int], ...] = (),
    body: Any = None,
    timeout: int | None = None,
) -> object:
    """Send and receive in one trap: an RPC (`reply`: the reply port), or a server's reply and its next request.

    (mach_msg_return, Message or None). A waiting receiver gets the processor at once.
    """
    k.path = thread.path["mach_call_call"]["mach_msg_trap"]
    kr, kmsg = ipc_kmsg_copyin(k, thread, dest, msgh_id, size, reply, rights, body)
    if kmsg is None:
        return kr, None
    port = kmsg.port
    onto = port.waiting[0] if port.waiting else None
    if port.kobject is not None:
        kernel_takes(k, kmsg)
        return receive_or_wait(k, thread, receive, timeout)
    if must_wait(kmsg):
        # The queue is full: wait for room, then for the reply.
        port.senders = queued(port.senders, (thread, kmsg))
        return block(k, "mach_msg send: port full", port, lambda k2, t: receive_or_wait(k2, t, receive, timeout), keep_stack=True)
    ipc_kmsg.deliver(k, kmsg)
    if onto is not None and onto.suspend_count:
        onto = None
    return receive_or_wait(k, thread, receive, timeout, onto)
