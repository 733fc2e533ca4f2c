"""Threads, kern/thread.c and kern/ipc_tt.c: creation, kernel stacks, termination through the reaper."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import zoneviz.mach.task as tasks
from zoneviz.events import ThreadInfo
from zoneviz.mach import ipc_kmsg
from zoneviz.mach.call_path import Path
from zoneviz.mach.fpu import fp_free
from zoneviz.mach.ipc_port import (
    IpcPort,
    IpcPset,
    dn_table_free,
    dn_table_make_room,
    ipc_port_alloc_special,
    ipc_port_dealloc_special,
    ipc_port_destroy,
    ipc_port_release,
    ipc_port_release_send,
    make_send,
    remove_from,
)
from zoneviz.mach.ipc_space import entry_alloc, entry_dealloc, right_insert
from zoneviz.mach.kinds import STACK_ALLOC, STACK_COLLECT, STACK_FREE, STACK_HANDOFF, THREAD_CREATE, THREAD_DESTROY, THREAD_TERMINATE
from zoneviz.mach.limits import count_users_port
from zoneviz.mach.sched_prim import BASEPRI_USER, WAITING
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.vm_kern import kmem_alloc_wired, kmem_free
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.ipc_kmsg import Kmsg
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.task import Task


# It should yield traps only; the kernel says so if it does not.
Program = Generator[Any, Any, object]
Continuation = Callable[["Kernel", "Thread"], object] | None


def check_program(program: object) -> None:
    """Errors: TypeError if `program` is not a generator, such as a generator function that was not called."""
    if not isinstance(program, Generator):
        raise TypeError(f"a program is a generator, not a {type(program).__name__}")


class Thread:
    """struct thread. `program`: a generator that yields traps, the thread's user mode.

    `stack`: address of its kernel stack, 0 if it has none. `continuation`: called when it next runs. `result`: what the
    program gets then. `buffer`: address of its message buffer in its task, 0 if not modelled. `base`, `priority`: before and after
    usage is taken into account. `max_priority`: the best base it may get. `compat_reply`: its reply port if
    MACH_IPC_COMPAT. `wired_port`: name of the port on which it waits as a cthread, 0 without one. `queue`: whether it is in a run
    queue.
    """

    __slots__ = (
        "address",
        "alive",
        "base",
        "buffer",
        "compat_reply",
        "continuation",
        "depress_until",
        "fpsave",
        "halting",
        "id",
        "max_priority",
        "name",
        "path",
        "pcb",
        "port",
        "priority",
        "program",
        "queue",
        "received",
        "refs",
        "reply_port",
        "result",
        "sself",
        "stack",
        "stamp",
        "state",
        "suspend_count",
        "task",
        "usage",
        "wait_id",
        "waiting_on",
        "wired_port",
    )

    def __init__(self, number: int, task: "Task", address: int, pcb: int, name: str, path: Path) -> None:
        self.id = number
        self.task = task
        self.address = address
        self.pcb = pcb
        self.fpsave = 0
        self.name = name
        self.alive = True
        self.halting = False
        self.state = WAITING
        self.suspend_count = 1
        self.max_priority = BASEPRI_USER
        self.base = max(task.priority, BASEPRI_USER)
        self.priority = self.base
        self.usage = 0
        self.stamp = 0
        self.depress_until = 0
        self.stack = 0
        self.path = path
        self.buffer = 0
        self.reply_port = 0
        self.wired_port = 0
        self.refs = 1
        self.wait_id = 0
        self.queue = False
        self.program: Program | None = None
        self.result: Any = None
        self.continuation: Continuation = None
        self.received: Kmsg | None = None
        self.waiting_on: WaitsOn = None
        self.compat_reply: IpcPort | None = None
        self.port: IpcPort
        self.sself: IpcPort


WaitsOn = IpcPort | IpcPset | Thread | None


def thread_create(k: "Kernel", task: "Task", name: str = "") -> Thread:
    """A new suspended thread: structure, pcb, port; with MACH_IPC_COMPAT also a reply port with a request table."""
    here = k.path
    number = len(k.catalog.threads) + 1
    k.catalog.threads.append(ThreadInfo(number, task.id, name))
    k.tell((THREAD_CREATE, k.time, k.task_id, k.thread_id, here.id, number, 0, 0, task.id))
    inside = here["thread_create"]
    k.path = inside
    address = zalloc(k, k.zones["threads"])
    k.path = inside["pcb_init"]
    pcb = zalloc(k, k.zones["i386 pcb state"])
    thread = Thread(number, task, address, pcb, name, k.root)
    k.path = inside["ipc_thread_init"]
    thread.port = ipc_port_alloc_special(k, thread)
    thread.sself = make_send(thread.port)
    if k.profile.ipc_compat:
        thread.compat_reply = compat_port(k, task)
    k.path = here
    thread.stamp = k.sched.tick
    task.threads.append(thread)
    task.refs += 1
    return thread


def compat_port(k: "Kernel", task: "Task") -> IpcPort:
    """ipc_port_alloc_compat: a receive right in the task's table with a request on it, as of 2005 [M].

    Panics `ipc_thread_init` if the table of names cannot grow, since that function returns no error [I].
    """
    here = k.path
    k.path = here["ipc_port_alloc_compat"]
    port = IpcPort(zalloc(k, k.zones["ipc ports"]), task.space, 0)
    dn_table_make_room(k, port)
    kr, name, entry = entry_alloc(k, task.space)
    if kr:
        k.path = here
        k.panic("ipc_thread_init", "kalloc_map", "")
    right_insert(k, task.space, name, entry, port, 2)
    port.refs += 1  # held by the thread or task
    count_users_port(k, task.uid, 1)
    k.path = here
    return port


def compat_port_end(k: "Kernel", task: "Task", port: IpcPort) -> None:
    """Destroy the compatibility reply port of a thread: request table, then port."""
    if port.alive and port.receiver is task.space and task.space.active:
        task.space.names.pop(port, None)
        entry_dealloc(k, task.space, port.name)
        port.refs -= 1
        ipc_port_destroy(k, port)
    else:
        if port.dn_bytes:
            dn_table_free(k, port)
        ipc_port_release(k, port)


def stack_alloc(k: "Kernel", thread: Thread) -> None:
    """Give a thread a kernel stack: from the free list, else a page of kernel_map. Panics `stack_alloc` if kernel_map is full."""
    if k.free_stacks:
        thread.stack = k.free_stacks.pop()
        k.tell((STACK_ALLOC, k.time, k.task_id, k.thread_id, k.path.id, thread.id, thread.stack, 0, 0))
        return
    here = k.path
    k.path = here["stack_alloc"]
    thread.stack = kmem_alloc_wired(k, k.kernel_map, PAGE, "kmem_alloc_aligned")
    k.path = here
    if not thread.stack:
        k.panic("stack_alloc", "kernel_map", "")
    k.tell((STACK_ALLOC, k.time, k.task_id, k.thread_id, here.id, thread.id, thread.stack, 1, 0))


def stack_free(k: "Kernel", thread: Thread) -> None:
    """Put a thread's kernel stack on the free list."""
    k.free_stacks.append(thread.stack)
    k.tell((STACK_FREE, k.time, k.task_id, k.thread_id, k.path.id, thread.id, thread.stack, 0, len(k.free_stacks)))
    thread.stack = 0


def stack_handoff(k: "Kernel", old: Thread, new: Thread) -> None:
    """Hand the stack of a thread that blocks with a continuation to the next thread."""
    k.tell((STACK_HANDOFF, k.time, k.task_id, k.thread_id, k.path.id, new.id, old.stack, 0, old.id))
    new.stack = old.stack
    old.stack = 0


def thread_terminate(k: "Kernel", thread: Thread) -> None:
    """Terminate a thread: at once, or through the reaper if it is the running one."""
    if not thread.alive:
        return
    here = k.path
    k.tell((THREAD_TERMINATE, k.time, k.task_id, k.thread_id, here.id, thread.id, thread.address, 0, 0))
    thread.alive = False
    if thread is k.current:
        # It halts on the way back to user mode (AST_TERMINATE), after the reply has been handled.
        thread.halting = True
        return
    k.path = here["thread_terminate"]
    thread_stop(k, thread)
    ipc_thread_terminate(k, thread)
    thread_deallocate(k, thread)
    k.path = here


def thread_stop(k: "Kernel", gone: Thread) -> None:
    """Remove a thread that is about to be destroyed from every queue, with the messages it sends or receives."""
    k.sched.remove(gone)
    where = gone.waiting_on
    if isinstance(where, IpcPort):
        remove_from(where.receivers, gone)
        for entry in list(where.senders):
            if entry[0] is gone:
                remove_from(where.senders, entry)
                ipc_kmsg.destroy(k, entry[1])
    elif isinstance(where, IpcPset):
        remove_from(where.receivers, gone)
    gone.waiting_on = None
    gone.wait_id += 1
    if gone.received is not None:
        ipc_kmsg.destroy(k, gone.received)
        gone.received = None
    if gone.program is not None:
        gone.program.close()


def ipc_thread_terminate(k: "Kernel", thread: Thread) -> None:
    """Destroy the ports of a thread: the compatibility reply port, then its own."""
    here = k.path
    k.path = here["ipc_thread_terminate"]
    if thread.compat_reply is not None:
        compat_port_end(k, thread.task, thread.compat_reply)
        thread.compat_reply = None
    ipc_port_release_send(k, thread.sself)
    ipc_port_dealloc_special(k, thread.port)
    k.path = here


def thread_deallocate(k: "Kernel", thread: Thread) -> None:
    """Free a thread: its stack, its reference to the task, the pcb, the structure."""
    here = k.path
    inside = here["thread_deallocate"]
    k.path = inside
    task = thread.task
    task.threads.remove(thread)
    if thread.stack:
        stack_free(k, thread)
    tasks.task_deallocate(k, task)
    k.tell((THREAD_DESTROY, k.time, k.task_id, k.thread_id, here.id, thread.id, thread.address, 0, task.id))
    k.path = inside["pcb_terminate"]
    fp_free(k, thread)
    zfree(k, k.zones["i386 pcb state"], thread.pcb)
    k.path = inside
    zfree(k, k.zones["threads"], thread.address)
    k.path = here
    k.on_thread_end(thread)


def stack_collect(k: "Kernel") -> None:
    """stack_collect: trim the list of free stacks to one."""
    here = k.path
    k.tell((STACK_COLLECT, k.time, k.task_id, k.thread_id, here.id, len(k.free_stacks), 0, 0, 0))
    k.path = here["stack_collect"]
    while len(k.free_stacks) > 1:
        address = k.free_stacks.pop()
        k.tell((STACK_FREE, k.time, k.task_id, k.thread_id, k.path.id, 0, address, 1, len(k.free_stacks)))
        kmem_free(k, k.kernel_map, address, PAGE)
    k.path = here
