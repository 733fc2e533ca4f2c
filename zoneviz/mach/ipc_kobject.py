"""RPC to the kernel: kern/ipc_kobject.c and the path of a request through the message trap.

An RPC allocates a kmsg for the request (the cached one up to 240 bytes) and a reply buffer of kalloc.8192, does its work,
copies the rights of the reply into the caller's space and the reply onto the caller's stack, and frees both kmsgs.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from zoneviz.events import RECEIVE, SEND
from zoneviz.mach.ipc_kmsg import ikm_alloc, ikm_free, release_right
from zoneviz.mach.ipc_object import copyin, copyout
from zoneviz.mach.ipc_port import IpcPort, ipc_port_release, ipc_port_release_send
from zoneviz.mach.ipc_space import lookup, right_destroy
from zoneviz.mach.kalloc import kalloc, kfree
from zoneviz.mach.kinds import RPC
from zoneviz.mach.mach_msg import mach_reply_port
from zoneviz.mach.message import (
    MACH_RCV_BODY_ERROR,
    MACH_RCV_INVALID_NAME,
    MACH_SEND_INVALID_DEST,
    MACH_SEND_INVALID_MEMORY,
    MACH_SEND_INVALID_REPLY,
    MACH_SEND_INVALID_RIGHT,
)
from zoneviz.mach.sizes import MIG_REPLY_SIZE
from zoneviz.mach.task import Task
from zoneviz.mach.thread import Thread
from zoneviz.mach.vm_copy import VmMapCopy
from zoneviz.mach.vm_fault import kernel_touch

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


Rights = list[tuple[IpcPort, int]]
Result = tuple[int, Any, Rights]
"""(kern_return, value or None, rights for the caller's space). The names of the rights become the value."""
Work = Callable[..., Result]

KERN_INVALID_ARGUMENT: Final = 4
# Routines on a thread (mach.defs, mach_host.defs), and on the host or the processor set; all others are on a task [R].
# The numbers in mach_host.defs follow from the order of its routines as remembered [I].
THREAD_ROUTINES: Final = (2016, 2017, 2018, 2019, 2062, 2063, 2621)
HOST_ROUTINES: Final = (2627, 2629, 2630)
OBJECTS: Final[dict[int, type]] = dict.fromkeys(THREAD_ROUTINES, Thread) | dict.fromkeys(HOST_ROUTINES, str)
REPLY_BYTES: Final = 40  # bytes of a reply without arrays in the caller's message buffer


class Arguments:
    """The rights and copies of memory in a request. The routine removes those that it keeps."""

    __slots__ = ("memory", "rights")

    def __init__(self) -> None:
        self.rights: Rights = []
        self.memory: list[VmMapCopy] = []


def kernel_rpc(
    k: "Kernel",
    thread: "Thread",
    msgh_id: int,
    routine: str,
    target: int,
    work: Work,
    words: tuple[Any, ...] = (),
    rights: tuple[tuple[int, int], ...] = (),
    size: int = 32,
    pair: bool = False,
    memory: Callable[["Kernel", "Thread"], VmMapCopy | None] | None = None,
) -> object:
    """A trap: one RPC on the kernel port `target`, as a MIG stub makes it. A kern_return, or (kern_return, value) if `pair`.

    MACH_RCV_BODY_ERROR if the caller's space has no room for a right of the reply, MACH_RCV_INVALID_NAME if it has none for a
    reply port. The routine has been executed even so.

    `work(k, thread, object, arguments, *words)` is the routine. `rights`: (name, disposition) pairs of the request.
    `size`: bytes of the request. `memory`: copies its out-of-line memory.
    """
    mig_get_reply_port(k, thread)
    trap = thread.path["mach_call_call"]["mach_msg_trap"]
    k.path = trap
    k.time += k.costs.kernel_rpc
    k.path = trap["ipc_kmsg_get"]
    request, request_size = ikm_alloc(k, size)
    k.path = trap
    space = thread.task.space
    entry = lookup(k, space, target)
    port = entry.object if entry is not None and entry.bits & SEND else None
    if not isinstance(port, IpcPort) or port.kobject is None:
        kfree(k, request, request_size)
        # The program's stubs drop the reply port after a failed send [M].
        thread.reply_port = 0
        return (MACH_SEND_INVALID_DEST, 0) if pair else MACH_SEND_INVALID_DEST
    home = space.entries.get(thread.reply_port)
    if thread.reply_port and (home is None or not home.bits & RECEIVE):
        kfree(k, request, request_size)
        thread.reply_port = 0  # the program destroyed it; the next RPC allocates another
        return (MACH_SEND_INVALID_REPLY, 0) if pair else MACH_SEND_INVALID_REPLY
    arguments, error = copyin_request(k, thread, rights, memory)
    if error:
        kfree(k, request, request_size)
        return (error, 0) if pair else error
    port.refs += 1
    port.srights += 1
    answer = home.object if home is not None else None
    if answer is not None:
        answer.refs += 1  # the send-once right of the reply
    about = port.kobject
    k.tell((RPC, k.time, k.task_id, k.thread_id, trap.id, msgh_id, port.address, size, getattr(about, "id", 0)))
    server = trap["ipc_kobject_server"]
    k.path = server
    reply = kalloc(k, MIG_REPLY_SIZE)
    k.path = server["_X" + routine]
    if isinstance(about, OBJECTS.get(msgh_id, Task)):
        kr, value, out = work(k, thread, about, arguments, *words)
    else:
        kr, value, out = KERN_INVALID_ARGUMENT, None, []
    k.path = server
    end_request(k, port, request, request_size, kr, arguments)
    k.path = trap
    error, value = answer_caller(k, thread, reply, answer if isinstance(answer, IpcPort) else None, value, out)
    if not space.active:
        return kr
    if error:
        kr = error
        mig_dealloc_reply_port(k, thread)
    return (kr, value if value is not None else 0) if pair else kr


def copyin_request(
    k: "Kernel", thread: "Thread", rights: tuple[tuple[int, int], ...], memory: Callable[["Kernel", "Thread"], VmMapCopy | None] | None
) -> tuple[Arguments, int]:
    """Copy in the rights and the memory of a request: (arguments, mach_msg_return). After an error the rights are dropped."""
    arguments = Arguments()
    error = 0
    for name, how in rights:
        kr, right, bits = copyin(k, thread.task.space, name, how)
        if kr or right is None:
            error = MACH_SEND_INVALID_RIGHT
            break
        arguments.rights.append((right, bits))
    if memory is not None and not error:
        copy = memory(k, thread)
        if copy is None:
            error = MACH_SEND_INVALID_MEMORY
        else:
            arguments.memory.append(copy)
    if error:
        for right, bits in arguments.rights:
            release_right(k, right, bits)
    return arguments, error


def end_request(k: "Kernel", port: IpcPort, request: int, size: int, kr: int, arguments: Arguments) -> None:
    """Drop the right to the kernel port and free the request. After an error its rights are dropped and its kmsg is not cached [M]."""
    server = k.path
    if port.alive:
        ipc_port_release_send(k, port)
    else:
        port.srights -= 1
        k.path = server["ipc_port_release_send"]
        ipc_port_release(k, port)
    k.path = server
    if not kr:
        ikm_free(k, request, size)
        return
    for right, bits in arguments.rights:
        release_right(k, right, bits)
    k.path = server["ipc_kmsg_destroy"]
    kfree(k, request, size)


def answer_caller(k: "Kernel", thread: "Thread", reply: int, answer: IpcPort | None, value: Any, out: Rights) -> tuple[int, Any]:
    """Copy the reply out to the caller, rights first, and free it. (mach_msg_return, value with the names of the rights)."""
    trap = k.path
    space = thread.task.space
    if answer is None or not space.active:
        # The caller's space is gone, and with it the reply port; or it had no room for one.
        k.path = trap["ipc_mqueue_send"]
        if answer is not None:
            ipc_port_release(k, answer)
        k.path = k.path["ipc_kmsg_destroy"]
        for right, bits in out:
            release_right(k, right, bits)
        kfree(k, reply, MIG_REPLY_SIZE)
        return MACH_RCV_INVALID_NAME, None
    ipc_port_release(k, answer)
    error = 0
    if out:
        k.path = trap["ipc_kmsg_copyout_body"]
        names = []
        for right, bits in out:
            short, name = copyout(k, space, right, bits)
            error |= short
            names.append(name)
        value = names if value is None and len(names) > 1 else names[0] if value is None else (value, names)
    k.path = trap
    if thread.buffer:
        kernel_touch(k, thread.task.map, thread.buffer, REPLY_BYTES)
    k.path = trap["ipc_kmsg_put"]
    kfree(k, reply, MIG_REPLY_SIZE)
    return error and MACH_RCV_BODY_ERROR | error, value


def mig_get_reply_port(k: "Kernel", thread: "Thread") -> int:
    """The name of the reply port of the thread's RPCs, allocated on first use; 0 if the space has no room."""
    if not thread.reply_port:
        thread.reply_port = mach_reply_port(k, thread)
    return thread.reply_port


def mig_dealloc_reply_port(k: "Kernel", thread: "Thread") -> None:
    """What a stub does after a failed receive: destroy the reply port, so that a late reply does not reach a later call.

    That is an RPC, for which glibc allocates a new reply port first (mach/mig-reply.c) [S].
    """
    old = thread.reply_port
    thread.reply_port = 0
    if old:
        me = thread.task.space.names.get(thread.task.sself, 0)
        kernel_rpc(k, thread, 3206, "mach_port_mod_refs", me, _destroy_receive_right, (old,))


def _destroy_receive_right(k: "Kernel", t: "Thread", task: Task, args: Arguments, name: int) -> Result:
    entry = task.space.entries.get(name)
    if entry is not None:
        right_destroy(k, task.space, name, entry)
    return 0, None, []
