"""The task, thread and memory routines of the kernel's server (kern/task.c, kern/thread.c, kern/ipc_tt.c, vm/vm_user.c)."""

from typing import TYPE_CHECKING, Final

from zoneviz.events import SEND
from zoneviz.mach import dispatch, vm_copy, vm_map
from zoneviz.mach import task as tasks
from zoneviz.mach import thread as threads
from zoneviz.mach.ipc_kobject import Arguments, Result
from zoneviz.mach.ipc_port import IpcPort, IpcPset, copy_send, ipc_port_release_send, make_send, remove_from
from zoneviz.mach.kalloc import kalloc, kfree
from zoneviz.mach.limits import threads_full
from zoneviz.mach.message import MACH_RCV_INTERRUPTED
from zoneviz.mach.sched_prim import WAITING, thread_go
from zoneviz.mach.sizes import round_page

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.task import Task
    from zoneviz.mach.thread import Program, Thread
    from zoneviz.mach.vm_map import VmMap

KERN_SUCCESS: Final = 0  # mach/kern_return.h [R]
KERN_FAILURE: Final = 5  # [R]
KERN_INVALID_ARGUMENT: Final = 4  # [R]
KERN_RESOURCE_SHORTAGE: Final = 6  # [R]


def task_create(k: "Kernel", t: "Thread", parent: "Task", args: Arguments, inherit: bool, name: str) -> Result:
    """Create a child task. The value is the name of its port."""
    k.time += k.costs.task_create + (len(parent.map.entries) * k.costs.map_entry_copy if inherit else 0)
    new = tasks.task_create(k, parent, inherit, name)
    return KERN_SUCCESS, None, [(make_send(new.sself), SEND)]


def task_terminate(k: "Kernel", t: "Thread", task: "Task", args: Arguments) -> Result:
    """Terminate a task."""
    k.time += k.costs.task_terminate
    tasks.task_terminate(k, task)
    return KERN_SUCCESS, None, []


def task_threads(k: "Kernel", t: "Thread", task: "Task", args: Arguments) -> Result:
    """The threads of a task. The value is ((address, bytes) of an array in the caller's map, names of the thread ports)."""
    rights = [(make_send(thread.sself), SEND) for thread in task.threads]
    return KERN_SUCCESS, array_out(k, t.task.map, len(rights), "task_threads"), rights


def array_out(k: "Kernel", into: "VmMap", count: int, routine: str) -> tuple[int, int]:
    """Pass an array of `count` rights through the kernel's memory to a task: its (address, bytes) there."""
    here = k.path
    k.path = here[routine]
    size = 4 * count
    array = kalloc(k, size)
    k.path = here
    address = vm_copy.copyout_array(k, into, size)
    k.path = here["ipc_kmsg_copyout_body"]
    kfree(k, array, size)
    k.path = here
    return address, round_page(size)


def task_set_special_port(k: "Kernel", t: "Thread", task: "Task", args: Arguments, which: str) -> Result:
    """Set a special port of a task to the send right in the request. `which`: kernel, bootstrap or exception."""
    port, _ = args.rights.pop()
    if which == "kernel":
        old = task.sself
        task.sself = port
        ipc_port_release_send(k, old)
        return KERN_SUCCESS, None, []
    previous = task.special.get(which)
    task.special[which] = port
    if previous is not None:
        ipc_port_release_send(k, previous)
    return KERN_SUCCESS, None, []


def task_get_special_port(k: "Kernel", t: "Thread", task: "Task", args: Arguments, which: str) -> Result:
    """A send right to a special port of a task. The value is its name, 0 if the port is not set."""
    port = task.sself if which == "kernel" else task.special.get(which)
    if port is None:
        return KERN_SUCCESS, 0, []
    return KERN_SUCCESS, None, [(copy_send(port), SEND)]


def task_suspend(k: "Kernel", t: "Thread", task: "Task", args: Arguments) -> Result:
    """Suspend all threads of a task."""
    task.suspend_count += 1
    for thread in task.threads:
        suspend(k, thread)
    return KERN_SUCCESS, None, []


def task_resume(k: "Kernel", t: "Thread", task: "Task", args: Arguments) -> Result:
    """Undo one task_suspend."""
    if not task.suspend_count:
        return KERN_FAILURE, None, []
    task.suspend_count -= 1
    for thread in task.threads:
        dispatch.thread_resume(k, thread)
    return KERN_SUCCESS, None, []


def thread_create(k: "Kernel", t: "Thread", task: "Task", args: Arguments, name: str) -> Result:
    """Create a suspended thread in a task. The value is the name of its port."""
    if threads_full(k, task):
        return KERN_RESOURCE_SHORTAGE, None, []
    k.time += k.costs.thread_create
    new = threads.thread_create(k, task, name)
    return KERN_SUCCESS, None, [(make_send(new.sself), SEND)]


def thread_terminate(k: "Kernel", t: "Thread", thread: "Thread", args: Arguments) -> Result:
    """Terminate a thread."""
    threads.thread_terminate(k, thread)
    return KERN_SUCCESS, None, []


def thread_get_state(k: "Kernel", t: "Thread", thread: "Thread", args: Arguments) -> Result:
    """Read the registers, which are not modelled."""
    return KERN_SUCCESS, None, []


def thread_set_state(k: "Kernel", t: "Thread", thread: "Thread", args: Arguments, program: "Program", buffer: int) -> Result:
    """Set the program of a thread, and the address of its message buffer in its task."""
    thread.program = program
    thread.buffer = buffer
    return KERN_SUCCESS, None, []


def suspend(k: "Kernel", thread: "Thread") -> None:
    """Suspend a thread once more."""
    thread.suspend_count += 1
    if thread.queue:
        k.sched.remove(thread)
        thread.state = WAITING


def thread_suspend(k: "Kernel", t: "Thread", thread: "Thread", args: Arguments) -> Result:
    """Suspend a thread. What it waits for may still arrive."""
    suspend(k, thread)
    return KERN_SUCCESS, None, []


def thread_abort(k: "Kernel", t: "Thread", thread: "Thread", args: Arguments) -> Result:
    """Interrupt what a thread waits for: a receive ends with MACH_RCV_INTERRUPTED. A thread that waits to send is left alone."""
    where = thread.waiting_on
    if isinstance(where, IpcPort | IpcPset) and remove_from(where.receivers, thread):
        thread.result = (MACH_RCV_INTERRUPTED, None)
        thread_go(k, thread)
    return KERN_SUCCESS, None, []


def thread_resume(k: "Kernel", t: "Thread", thread: "Thread", args: Arguments) -> Result:
    """Undo one thread_suspend, or start a new thread."""
    if not thread.suspend_count:
        return KERN_FAILURE, None, []
    dispatch.thread_resume(k, thread)
    return KERN_SUCCESS, None, []


def vm_allocate(k: "Kernel", t: "Thread", task: "Task", args: Arguments, address: int, size: int, anywhere: bool) -> Result:
    """Allocate zero-filled memory. The value is its address."""
    kr, at = vm_map.vm_allocate(k, task.map, address, size, anywhere)
    return kr, at, []


def vm_deallocate(k: "Kernel", t: "Thread", task: "Task", args: Arguments, address: int, size: int) -> Result:
    """Deallocate memory."""
    return vm_map.vm_deallocate(k, task.map, address, size), None, []


def vm_protect(k: "Kernel", t: "Thread", task: "Task", args: Arguments, address: int, size: int, protection: int) -> Result:
    """Set the protection of memory."""
    return vm_map.vm_protect(k, task.map, address, size, protection), None, []


def vm_inherit(k: "Kernel", t: "Thread", task: "Task", args: Arguments, address: int, size: int, inheritance: int) -> Result:
    """Set whether a child inherits memory."""
    return vm_map.vm_inherit(k, task.map, address, size, inheritance), None, []


def vm_write(k: "Kernel", t: "Thread", task: "Task", args: Arguments, address: int) -> Result:
    """Replace memory of a task by the out-of-line memory in the request."""
    return vm_copy.vm_map_copy_overwrite(k, task.map, address, args.memory.pop()), None, []
