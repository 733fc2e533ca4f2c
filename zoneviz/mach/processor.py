"""The processor set, which has all tasks, and priorities: kern/host.c, kern/processor.c, kern/thread.c, kern/task.c."""

from typing import TYPE_CHECKING, Any

from zoneviz.events import SEND
from zoneviz.mach import mach_msg
from zoneviz.mach.ipc_kobject import Arguments, Result
from zoneviz.mach.ipc_object import copyout
from zoneviz.mach.ipc_port import IpcPort, IpcPset, ipc_port_release_send, make_send
from zoneviz.mach.ipc_space import IpcSpace, Listed
from zoneviz.mach.mach_server import KERN_INVALID_ARGUMENT, KERN_SUCCESS, array_out
from zoneviz.mach.sched_prim import NRQS

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.task import Task
    from zoneviz.mach.thread import Thread


def mach_host_self(k: "Kernel", thread: "Thread") -> int:
    """The name of the host's port: see mach_msg.self_port."""
    return mach_msg.self_port(k, thread, k.host_ports["host"], "mach_host_self")


def host_processor_sets(k: "Kernel", t: "Thread", host: str, args: Arguments) -> Result:
    """The processor sets, of which there is one. The value is ((address, bytes) of an array, name of its name port)."""
    if not host.startswith("host"):
        return KERN_INVALID_ARGUMENT, None, []
    return KERN_SUCCESS, array_out(k, t.task.map, 1, "host_processor_sets"), [(make_send(k.host_ports["pset_name"]), SEND)]


def host_processor_set_priv(k: "Kernel", t: "Thread", host: str, args: Arguments) -> Result:
    """The control port of the processor set in the request. The value is its name."""
    if host != "host_priv" or args.rights[0][0] is not k.host_ports["pset_name"]:
        return KERN_INVALID_ARGUMENT, None, []
    port, _ = args.rights.pop()
    ipc_port_release_send(k, port)
    return KERN_SUCCESS, None, [(make_send(k.host_ports["pset"]), SEND)]


def processor_set_tasks(k: "Kernel", t: "Thread", pset: str, args: Arguments) -> Result:
    """All tasks. The value is ((address, bytes) of an array, names of the task ports in the order of creation).

    A name that the caller already has gains a user reference, as in ipc_right_copyout.
    """
    if pset != "pset":
        return KERN_INVALID_ARGUMENT, None, []
    ports = [task.sself for task in k.tasks.values() if task.alive]
    k.time += k.costs.right_copyout * len(ports)
    array = array_out(k, t.task.map, len(ports), "processor_set_tasks")
    here = k.path
    k.path = here["ipc_kmsg_copyout_body"]
    names = _names(k, t.task.space, ports)
    k.path = here
    return KERN_SUCCESS, (array, names), []


def _names(k: "Kernel", space: IpcSpace, ports: list[IpcPort]) -> list[Any]:
    """The names of the ports in a space, each with a user reference more; 0 where there was no room."""
    listed = space.listed
    if listed is None:
        listed = Listed()
        space.listed = listed
    entries, before = listed.entries, listed.ports
    same = 0
    for port, was, entry in zip(ports, before, entries, strict=False):
        if was is not port or entry.object is not port:
            break
        entry.urefs += 1
        same += 1
    del before[same:], entries[same:], listed.names[same:]
    names = listed.names[:]
    known: dict[IpcPort | IpcPset, Any] = space.names
    for port in ports[same:]:
        name = known.get(port)
        if name is not None:
            space.entries[name].urefs += 1
        else:
            _, name = copyout(k, space, make_send(port), SEND)
        if name and len(before) == len(names):
            before.append(port)
            entries.append(space.entries[name])
            listed.names.append(name)
        names.append(name)
    return names


def thread_max_priority(k: "Kernel", t: "Thread", thread: "Thread", args: Arguments, limit: int) -> Result:
    """Set the best priority that a thread may have. The request carries the control port of its processor set."""
    if not 0 <= limit < NRQS or args.rights[0][0] is not k.host_ports["pset"]:
        return KERN_INVALID_ARGUMENT, None, []
    port, _ = args.rights.pop()
    ipc_port_release_send(k, port)
    thread.max_priority = limit
    thread.base = max(thread.base, limit)
    k.sched.change_priority(thread)
    return KERN_SUCCESS, None, []


def task_priority(k: "Kernel", t: "Thread", task: "Task", args: Arguments, priority: int, change_threads: bool) -> Result:
    """Set the priority of the threads that a task creates, and of those it has, each as far as its max_priority permits.

    A new thread has the max_priority of its processor set, BASEPRI_USER, whatever the priority of its task [R].
    """
    if not 0 <= priority < NRQS:
        return KERN_INVALID_ARGUMENT, None, []
    task.priority = priority
    for thread in task.threads if change_threads else ():
        thread.base = max(priority, thread.max_priority)
        k.sched.change_priority(thread)
    return KERN_SUCCESS, None, []
