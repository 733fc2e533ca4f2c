"""Tasks, kern/task.c and kern/ipc_tt.c."""

from typing import TYPE_CHECKING, Final

import zoneviz.mach.thread as threads
from zoneviz.events import TaskInfo
from zoneviz.mach.ipc_port import (
    IpcPort,
    copy_send,
    ipc_port_alloc_special,
    ipc_port_dealloc_special,
    ipc_port_release,
    ipc_port_release_send,
    make_send,
)
from zoneviz.mach.ipc_space import IpcSpace, ipc_space_create, ipc_space_destroy
from zoneviz.mach.kinds import TASK_CREATE, TASK_DESTROY, TASK_TERMINATE
from zoneviz.mach.pmap import pmap_create
from zoneviz.mach.sched_prim import BASEPRI_USER
from zoneviz.mach.vm_map import VmMap, vm_map_create, vm_map_deallocate, vm_map_fork
from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread


INHERITED_PORTS: Final = ("bootstrap", "exception")
"""Special ports that a child inherits from its parent (kern/ipc_tt.c, ipc_task_init) [R]."""


class Task:
    """struct task. `port`: its kernel port. `special`: its special ports by name, one send right each. `uid`: its user, 0: root.

    `priority`: of the threads that it creates.
    """

    __slots__ = (
        "address",
        "alive",
        "id",
        "kernel",
        "map",
        "name",
        "notify",
        "port",
        "priority",
        "refs",
        "space",
        "special",
        "sself",
        "suspend_count",
        "threads",
        "uid",
    )

    def __init__(self, number: int, address: int, kernel: bool) -> None:
        self.id = number
        self.address = address
        self.kernel = kernel
        self.name = ""
        self.alive = True
        self.refs = 1
        self.uid = 0
        self.priority = BASEPRI_USER
        self.suspend_count = 0
        self.threads: list[Thread] = []
        self.special: dict[str, IpcPort] = {}
        self.notify: IpcPort | None = None
        self.map: VmMap
        self.space: IpcSpace
        self.port: IpcPort
        self.sself: IpcPort


def task_create(k: "Kernel", parent: Task | None, inherit: bool, name: str = "") -> Task:
    """A new task: structure, map (empty, or a copy of the parent's), space, port. Panics `ipc_task_init` at the limit of spaces."""
    here = k.path
    number = len(k.catalog.tasks) + 1
    k.catalog.tasks.append(TaskInfo(number, name))
    k.tell((TASK_CREATE, k.time, k.task_id, k.thread_id, here.id, number, 0, int(inherit), parent.id if parent else 0))
    inside = here["task_create"]
    k.path = inside
    task = Task(number, zalloc(k, k.zones["tasks"]), parent is None)
    task.name = name
    if parent is not None:
        if inherit:
            task.map = vm_map_fork(k, parent.map, number)
        else:
            task.map = vm_map_create(k, pmap_create(k, number), number)
        task.uid = parent.uid
        task.priority = parent.priority
    k.path = inside["ipc_task_init"]
    space = ipc_space_create(k, number)
    if space is None:
        k.panic("ipc_task_init", "ipc_spaces", "ipc spaces")
    task.space = space
    if k.profile.ipc_compat:
        task.notify = threads.compat_port(k, task)
    task.port = ipc_port_alloc_special(k, task)
    task.sself = make_send(task.port)
    if parent is not None:
        for which in INHERITED_PORTS:
            port = parent.special.get(which)
            if port is not None:
                task.special[which] = copy_send(port)
    k.path = here
    k.tasks[number] = task
    return task


def task_terminate(k: "Kernel", task: Task) -> None:
    """Terminate a task and its threads. Its rights are dropped at once, even if it terminates itself."""
    if not task.alive:
        return
    here = k.path
    k.tell((TASK_TERMINATE, k.time, k.task_id, k.thread_id, here.id, task.id, task.address, 0, 0))
    task.alive = False
    inside = here["task_terminate"]
    k.path = inside
    mine = k.current is not None and k.current.task is task
    for thread in list(task.threads):
        if thread is k.current:
            k.path = inside
            threads.ipc_thread_terminate(k, thread)
        else:
            k.path = inside
            terminate_thread_of(k, thread)
    k.path = inside["ipc_task_terminate"]
    ipc_space_destroy(k, task.space)
    if task.notify is not None:
        ipc_port_release(k, task.notify)
    for port in task.special.values():
        ipc_port_release_send(k, port)
    task.special.clear()
    ipc_port_release_send(k, task.sself)
    ipc_port_dealloc_special(k, task.port)
    k.path = inside
    if mine and k.current is not None:
        k.current.halting = True
        threads.thread_terminate(k, k.current)
    k.path = here
    k.on_task_end(task)
    task_deallocate(k, task)


def terminate_thread_of(k: "Kernel", thread: "Thread") -> None:
    """How task_terminate ends another thread: without a thread_terminate event [M]."""
    thread.alive = False
    threads.thread_stop(k, thread)
    threads.ipc_thread_terminate(k, thread)
    threads.thread_deallocate(k, thread)


def task_deallocate(k: "Kernel", task: Task) -> None:
    """Drop a reference to a task. The last one frees its map, space and structure."""
    task.refs -= 1
    if task.refs:
        return
    here = k.path
    k.tell((TASK_DESTROY, k.time, k.task_id, k.thread_id, here.id, task.id, task.address, 0, 0))
    inside = here["task_deallocate"]
    k.path = inside
    vm_map_deallocate(k, task.map)
    k.path = inside["ipc_space_release"]
    zfree(k, k.zones["ipc spaces"], task.space.address)
    k.path = inside
    zfree(k, k.zones["tasks"], task.address)
    k.path = here
    del k.tasks[task.id]
