"""The calls of Mach, as traps for a program to yield:

    kr, task = yield traps.task_create(me, inherit=True)

Each function returns a trap, `(function, *arguments)`; nothing happens until the program yields it. The value of the yield
is a kern_return (or mach_msg_return), unless the docstring says otherwise. Ports are names in the caller's space; `me` is
the name that `yield traps.task_self()` returns. The numbers of RPCs are those of mach.defs and mach_port.defs.
"""

from typing import TYPE_CHECKING, Any, Final

from zoneviz.mach import fpu, ipc_kobject, mach_msg, mach_port, mach_server, processor, syscall_subr, vm_fault
from zoneviz.mach.ipc_kobject import Work, kernel_rpc
from zoneviz.mach.message import COPY_SEND, MAKE_SEND_ONCE
from zoneviz.mach.thread import Program, check_program
from zoneviz.mach.vm_copy import vm_map_copyin

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread

Trap = tuple[Any, ...]
INVALID_TASK: Final = 0
RPC_SIZE: Final = 32  # bytes of a request without arrays; all sizes up to 240 take the same kmsg [I]


def _rpc(
    msgh_id: int,
    routine: str,
    target: int,
    work: Work,
    words: tuple[Any, ...] = (),
    rights: tuple[tuple[int, int], ...] = (),
    pair: bool = False,
) -> Trap:
    return kernel_rpc, msgh_id, routine, target, work, words, rights, RPC_SIZE, pair


# -- traps proper -----------------------------------------------------------------------------------------------------


def task_self() -> Trap:
    """The name of the caller's task port."""
    return (mach_msg.mach_task_self,)


def thread_self() -> Trap:
    """The name of the caller's thread port."""
    return (mach_msg.mach_thread_self,)


def mach_host_self() -> Trap:
    """The name of the host's port."""
    return (processor.mach_host_self,)


def reply_port() -> Trap:
    """The name of a new receive right, by the trap; 0 if there is no room."""
    return (mach_msg.mach_reply_port,)


def mig_get_reply_port() -> Trap:
    """The name of the reply port of the thread's RPCs, which is allocated on first use."""
    return (ipc_kobject.mig_get_reply_port,)


def send(
    dest: int,
    msgh_id: int,
    size: int,
    rights: tuple[tuple[int, int], ...] = (),
    timeout: int | None = None,
    body: Any = None,
    memory: tuple[tuple[int, int], ...] = (),
) -> Trap:
    """Send a message of `size` bytes in total. If the port is full, wait up to `timeout` ns; None: wait for ever.

    `rights`: (name, disposition) pairs. `memory`: (address, bytes) pairs sent out of line. `body`: any Python value, free.
    """
    return mach_msg.mach_msg_send, dest, msgh_id, size, rights, timeout, body, memory


def receive(name: int, timeout: int | None = None) -> Trap:
    """(mach_msg_return, Message or None): the next message of a port or port set. Waits up to `timeout` ns; None: for ever."""
    return mach_msg.mach_msg_receive, name, timeout


def rpc(dest: int, msgh_id: int, size: int, reply: int, rights: tuple[tuple[int, int], ...] = (), body: Any = None) -> Trap:
    """(mach_msg_return, Message or None): send a request and receive its reply on the port `reply`, in one trap."""
    return mach_msg.mach_msg, dest, msgh_id, size, reply, reply, rights, body


def reply_and_receive(to: int, msgh_id: int, size: int, name: int, rights: tuple[tuple[int, int], ...] = (), body: Any = None) -> Trap:
    """(mach_msg_return, Message or None): send a server's reply to `to` and receive its next request from `name`, in one trap."""
    return mach_msg.mach_msg, to, msgh_id, size, name, 0, rights, body


def thread_switch(depress: int = 0) -> Trap:
    """Let other threads run. `depress`: stay at the lowest priority for this many ns."""
    return syscall_subr.thread_switch, depress


def compute(duration: int) -> Trap:
    """Use the processor for `duration` ns."""
    return syscall_subr.compute, duration


def sleep(duration: int) -> Trap:
    """Wait `duration` ns."""
    return syscall_subr.sleep, duration


def fldcw() -> Trap:
    """Load the floating point control word. A thread's first floating point instruction allocates its save area."""
    return (fpu.fldcw,)


def touch(address: int, size: int = 1, write: bool = True) -> Trap:
    """Read or write memory, page by page. False if part of it is not mapped or not writable."""
    return _touch, address, size, write


def _touch(k: "Kernel", thread: "Thread", address: int, size: int, write: bool) -> bool:
    k.path = thread.path["_take_trap"]
    return vm_fault.user_touch(k, thread.task.map, address, size, write)


# -- tasks --------------------------------------------------------------------------------------------------------------


def task_create(parent: int, inherit: bool, name: str = "") -> Trap:
    """(kern_return, name of the new task's port). `inherit`: with a copy of the parent's memory; otherwise empty."""
    return _rpc(2007, "task_create", parent, mach_server.task_create, (inherit, name), pair=True)


def task_terminate(task: int) -> Trap:
    """Terminate a task."""
    return _rpc(2008, "task_terminate", task, mach_server.task_terminate)


def task_threads(task: int) -> Trap:
    """(kern_return, ((address, bytes) of the array, names of the threads' ports))."""
    return _rpc(2011, "task_threads", task, mach_server.task_threads, pair=True)


def task_suspend(task: int) -> Trap:
    """Suspend a task."""
    return _rpc(2056, "task_suspend", task, mach_server.task_suspend)


def task_resume(task: int) -> Trap:
    """Undo one task_suspend."""
    return _rpc(2057, "task_resume", task, mach_server.task_resume)


def task_get_special_port(task: int, which: str) -> Trap:
    """(kern_return, name of the task's "kernel", "bootstrap" or "exception" port; 0 if it is not set)."""
    return _rpc(2058, "task_get_special_port", task, mach_server.task_get_special_port, (which,), pair=True)


def task_set_special_port(task: int, which: str, port: int, how: int = COPY_SEND) -> Trap:
    """Set the "kernel", "bootstrap" or "exception" port of a task."""
    return _rpc(2059, "task_set_special_port", task, mach_server.task_set_special_port, (which,), ((port, how),))


def task_priority(task: int, priority: int, change_threads: bool) -> Trap:
    """Set the priority of a task's later threads; `change_threads`: also of those it has."""
    return _rpc(2622, "task_priority", task, processor.task_priority, (priority, change_threads))


# -- the host and its processor set ------------------------------------------------------------------------------------


def host_processor_sets(host: int) -> Trap:
    """(kern_return, ((address, bytes) of the array, [name of the name port of the one processor set]))."""
    return _rpc(2629, "host_processor_sets", host, processor.host_processor_sets, pair=True)


def host_processor_set_priv(host: int, pset_name: int) -> Trap:
    """(kern_return, name of the control port of a processor set). `host`: name of the privileged host port."""
    work = processor.host_processor_set_priv
    return _rpc(2630, "host_processor_set_priv", host, work, (), ((pset_name, COPY_SEND),), pair=True)


def processor_set_tasks(pset: int) -> Trap:
    """(kern_return, ((address, bytes) of the array, names of all tasks)). `pset`: name of a control port."""
    return _rpc(2627, "processor_set_tasks", pset, processor.processor_set_tasks, pair=True)


# -- threads ------------------------------------------------------------------------------------------------------------


def thread_create(task: int, name: str = "") -> Trap:
    """(kern_return, name of the port of a new, suspended thread)."""
    return _rpc(2061, "thread_create", task, mach_server.thread_create, (name,), pair=True)


def thread_terminate(thread: int) -> Trap:
    """Terminate a thread."""
    return _rpc(2016, "thread_terminate", thread, mach_server.thread_terminate)


def thread_get_state(thread: int) -> Trap:
    """Read a thread's registers."""
    return _rpc(2017, "thread_get_state", thread, mach_server.thread_get_state)


def thread_set_state(thread: int, program: Program, buffer: int = 0) -> Trap:
    """Set the program of a thread. `buffer`: address of its message buffer in its task, on its stack; 0: not modelled.

    Errors: TypeError if `program` is not a generator.
    """
    check_program(program)
    return _rpc(2018, "thread_set_state", thread, mach_server.thread_set_state, (program, buffer))


def thread_abort(thread: int) -> Trap:
    """Interrupt what a thread waits for."""
    return _rpc(2019, "thread_abort", thread, mach_server.thread_abort)


def thread_max_priority(thread: int, pset: int, limit: int) -> Trap:
    """Set the best priority that a thread may have. `pset`: name of the control port of its processor set."""
    return _rpc(2621, "thread_max_priority", thread, processor.thread_max_priority, (limit,), ((pset, COPY_SEND),))


def thread_suspend(thread: int) -> Trap:
    """Suspend a thread."""
    return _rpc(2062, "thread_suspend", thread, mach_server.thread_suspend)


def thread_resume(thread: int) -> Trap:
    """Start a thread, or undo one thread_suspend."""
    return _rpc(2063, "thread_resume", thread, mach_server.thread_resume)


# -- memory -------------------------------------------------------------------------------------------------------------


def vm_allocate(task: int, size: int, address: int | None = None) -> Trap:
    """(kern_return, address) of zero-filled memory. `address` None: at the first free address."""
    return _rpc(2021, "vm_allocate", task, mach_server.vm_allocate, (address or 0, size, address is None), pair=True)


def vm_deallocate(task: int, address: int, size: int) -> Trap:
    """Deallocate memory."""
    return _rpc(2023, "vm_deallocate", task, mach_server.vm_deallocate, (address, size))


def vm_protect(task: int, address: int, size: int, protection: int) -> Trap:
    """Set the protection of memory. Bits: 1 read, 2 write."""
    return _rpc(2024, "vm_protect", task, mach_server.vm_protect, (address, size, protection))


def vm_inherit(task: int, address: int, size: int, inheritance: int) -> Trap:
    """Set what a child inherits of memory. 0: shared memory, 1: a copy, 2: nothing."""
    return _rpc(2025, "vm_inherit", task, mach_server.vm_inherit, (address, size, inheritance))


def vm_write(task: int, address: int, source: int, size: int) -> Trap:
    """Replace `size` bytes at `address` of a task by those at `source` of the caller, sent out of line."""
    return (
        kernel_rpc,
        2027,
        "vm_write",
        task,
        mach_server.vm_write,
        (address,),
        (),
        RPC_SIZE,
        False,
        lambda k, thread: vm_map_copyin(k, thread.task.map, source, size),
    )


# -- ports --------------------------------------------------------------------------------------------------------------


def port_names(task: int) -> Trap:
    """(kern_return, ([(name, type bits)], [addresses of the two arrays], bytes of each))."""
    return _rpc(3200, "mach_port_names", task, mach_port.mach_port_names, pair=True)


def port_allocate_name(task: int, right: int, name: int) -> Trap:
    """Allocate a receive right or dead name under the name `name`."""
    return _rpc(3203, "mach_port_allocate_name", task, mach_port.mach_port_allocate_name, (right, name))


def port_allocate(task: int, right: int = mach_port.RIGHT_RECEIVE) -> Trap:
    """(kern_return, name) of a new receive right, port set or dead name."""
    return _rpc(3204, "mach_port_allocate", task, mach_port.mach_port_allocate, (right,), pair=True)


def port_destroy(task: int, name: int) -> Trap:
    """Drop all rights of a name and free the name."""
    return _rpc(3205, "mach_port_destroy", task, mach_port.mach_port_destroy, (name,))


def port_deallocate(task: int, name: int) -> Trap:
    """Drop one user reference of a send right, send-once right or dead name."""
    return _rpc(3206, "mach_port_deallocate", task, mach_port.mach_port_deallocate, (name,))


def port_deallocate_each(names: list[int]) -> Trap:
    """As port_deallocate for each name of the caller's space, in one step that is not recorded as RPCs."""
    return mach_port.deallocate_each, names


def port_get_refs(task: int, name: int) -> Trap:
    """(kern_return, user references of a name)."""
    return _rpc(3207, "mach_port_get_refs", task, mach_port.mach_port_get_refs, (name,), pair=True)


def port_mod_refs(task: int, name: int, right: int, delta: int) -> Trap:
    """Add `delta` to the user references of one right of a name."""
    return _rpc(3208, "mach_port_mod_refs", task, mach_port.mach_port_mod_refs, (name, right, delta))


def port_move_member(task: int, member: int, into: int) -> Trap:
    """Put a receive right into a port set; `into` 0: take it out of its set."""
    return _rpc(3213, "mach_port_move_member", task, mach_port.mach_port_move_member, (member, into))


def port_request_notification(task: int, name: int, what: int, notify: int, sync: int = 0) -> Trap:
    """(kern_return, name of the previous request's send-once right or 0): request a notification to `notify`; 0: cancel.

    `what`: NOTIFY_NO_SENDERS or NOTIFY_DEAD_NAME. `sync`: the make-send count from which no-senders may fire at once.
    """
    rights = ((notify, MAKE_SEND_ONCE),) if notify else ()
    work = mach_port.mach_port_request_notification
    return _rpc(3214, "mach_port_request_notification", task, work, (name, what, sync), rights, pair=True)


def port_insert_right(task: int, name: int, right: int, how: int) -> Trap:
    """Put the caller's right `right` into a task under `name`, by disposition `how`."""
    return _rpc(3215, "mach_port_insert_right", task, mach_port.mach_port_insert_right, (name,), ((right, how),))


def port_extract_right(task: int, name: int, how: int) -> Trap:
    """(kern_return, name in the caller's space) of a right taken out of a task, by disposition `how`."""
    return _rpc(3216, "mach_port_extract_right", task, mach_port.mach_port_extract_right, (name, how), pair=True)
