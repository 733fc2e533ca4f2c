"""Limits that no kernel of the time had, as settings of a profile: a call gets an error where it would have gone on to a panic.

0 means none, and then nothing here has any effect. Per task: threads, and names (a receive right, a send right, a dead name each count
one). Per user: receive rights of all tasks of that user, by the user id that a login gives its task; the kernel's own tasks and those of
root, user 0, are exempt from that one.
"""

from typing import TYPE_CHECKING, Any

from zoneviz.events import RECEIVE

if TYPE_CHECKING:
    from zoneviz.mach.ipc_space import IpcSpace
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.task import Task

ROOT = 0  # the user id that no limit on users holds for [I]


def names_full(k: "Kernel", space: "IpcSpace") -> bool:
    """Has this task as many names as it may have (max_task_ports)?"""
    limit = k.profile.max_task_ports
    return bool(limit) and len(space.entries) >= limit


def threads_full(k: "Kernel", task: "Task") -> bool:
    """May this task have no further thread: for their number (max_threads), or since its ports would not fit?"""
    limit = k.profile.max_threads
    return (bool(limit) and len(task.threads) >= limit) or (bool(k.profile.ipc_compat) and names_full(k, task.space))


def user_full(k: "Kernel", space: "IpcSpace") -> bool:
    """Has the user whose task this is as many ports as a user may have (max_user_ports)?"""
    limit = k.profile.max_user_ports
    if not limit:
        return False
    task = k.tasks.get(space.task_id)
    return task is not None and task.uid != ROOT and k.user_ports.get(task.uid, 0) >= limit


def count_port(k: "Kernel", task_id: int, by: int) -> None:
    """A receive right has come to (+1) or left (-1) a task."""
    if k.profile.max_user_ports:
        task = k.tasks.get(task_id)
        if task is not None:
            count_users_port(k, task.uid, by)


def count_users_port(k: "Kernel", uid: int, by: int) -> None:
    """The same, for a task that is only just being made."""
    if k.profile.max_user_ports:
        k.user_ports[uid] = k.user_ports.get(uid, 0) + by


def set_user(k: "Kernel", thread: Any, uid: int) -> int:
    """A trap: the running task, and all it will make, belong to a user from now on. A kern_return."""
    task = thread.task
    owned = sum(1 for entry in task.space.entries.values() if entry.bits & RECEIVE)
    count_port(k, task.id, -owned)
    task.uid = uid
    count_port(k, task.id, owned)
    return 0
