"""Limits that no kernel of the time had. A profile sets them; a call beyond a limit fails, where the real kernel panics later.

0: no limit. Per task: threads, and names (a receive right, send right or dead name counts 1). Per user: receive rights in
all tasks of the user, by the user id that a login sets; the kernel's tasks and those of root, user 0, are exempt.
"""

from typing import TYPE_CHECKING, Final

from zoneviz.events import RECEIVE

if TYPE_CHECKING:
    from zoneviz.mach.ipc_space import IpcSpace
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.task import Task
    from zoneviz.mach.thread import Thread

ROOT: Final = 0  # the user id that is exempt from limits per user [I]


def names_full(k: "Kernel", space: "IpcSpace") -> bool:
    """Whether the task has reached max_task_ports."""
    limit = k.profile.max_task_ports
    return bool(limit) and len(space.entries) >= limit


def threads_full(k: "Kernel", task: "Task") -> bool:
    """Whether the task has reached max_threads, or has no name left for the port of a further thread."""
    limit = k.profile.max_threads
    return (bool(limit) and len(task.threads) >= limit) or (bool(k.profile.ipc_compat) and names_full(k, task.space))


def user_full(k: "Kernel", space: "IpcSpace") -> bool:
    """Whether the user of the task has reached max_user_ports."""
    limit = k.profile.max_user_ports
    if not limit:
        return False
    task = k.tasks.get(space.task_id)
    return task is not None and task.uid != ROOT and k.user_ports.get(task.uid, 0) >= limit


def count_port(k: "Kernel", task_id: int, by: int) -> None:
    """Count receive rights that came to (+) or left (-) a task."""
    if k.profile.max_user_ports:
        task = k.tasks.get(task_id)
        if task is not None:
            count_users_port(k, task.uid, by)


def count_users_port(k: "Kernel", uid: int, by: int) -> None:
    """Count receive rights of a user; for a task that is being created and is not in k.tasks yet."""
    if k.profile.max_user_ports:
        k.user_ports[uid] = k.user_ports.get(uid, 0) + by


def set_user(k: "Kernel", thread: "Thread", uid: int) -> int:
    """A trap: set the user of the running task, which its children inherit. A kern_return."""
    task = thread.task
    owned = sum(1 for entry in task.space.entries.values() if entry.bits & RECEIVE)
    count_port(k, task.id, -owned)
    task.uid = uid
    count_port(k, task.id, owned)
    return 0
