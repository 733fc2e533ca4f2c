"""The proc server: for each process a port, its task with a dead-name request, its message and exception port [S].

One global lock. A process that ends causes one dead-name notification. A proc_wait that finds no dead child occupies its thread
until one dies. For a task that it does not know, proc asks the kernel for all tasks and looks each of them up, with the lock held.
Beyond the limit of processes of a user (0: no limit)
proc_task2proc returns EAGAIN; root is exempt.
"""

from dataclasses import dataclass, field
from itertools import filterfalse
from typing import Any

from zoneviz.hurd import ids
from zoneviz.hurd.condition import Condition, condition_broadcast, condition_wait
from zoneviz.hurd.cthreads import Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Server
from zoneviz.hurd.proc_stubs import msg_proc_newids, send_signal
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.message import COPY_SEND, MAKE_SEND

ROOT = 0


@dataclass(slots=True)
class Entry:
    """A process structure. `parent`, `group`: pids; parent 0: init.

    `port`, `task`, `message_port`, `exceptions`, `forward`: names in proc's space, 0 if not set. `forward`: of the port to which
    proc forwards exceptions.
    """

    pid: int
    task: int
    port: int
    owner: int = ROOT
    parent: int = 0
    group: int = 0
    message_port: int = 0
    exceptions: int = 0
    forward: int = 0
    status: int = 0
    dead: bool = False
    children: set[int] = field(default_factory=set)


class Proc:
    """The tables of the server: processes by port, by task and by pid. `host`: proc's name of the privileged host port."""

    def __init__(self, max_processes: int = 0) -> None:
        self.limit = max_processes
        self.by_port: dict[int, Entry] = {}
        self.by_task: dict[int, Entry] = {}
        self.by_pid: dict[int, Entry] = {}
        self.listed: list[int] = []
        """The tasks with a process, as the kernel listed them last; empty after one of them has lost it."""
        self.of_user: dict[int, int] = {}
        self.last_pid = 0
        self.host = 0
        self.child_died = Condition("proc_wait")

    def task2proc(self, server: Server, message: Message) -> Steps:
        """proc_task2proc: reply with the process port of a task. A task that proc does not know gets a new process structure."""
        task = message.rights[0]
        if not task:
            return (), ids.Failed(KERN_RESOURCE_SHORTAGE)  # proc had no room for its name, or it died in transit
        yield from mutex_lock(server.lock)
        known, error = self.by_task.get(task), KERN_RESOURCE_SHORTAGE
        if known is None:
            asker = self.by_port.get(message.local)
            owner = asker.owner if asker is not None else ROOT
            if self.limit and owner != ROOT and self.of_user.get(owner, 0) >= self.limit:
                error = ids.EAGAIN
            else:
                known = yield from self.add_tasks(server, task, owner)
        yield mutex_unlock(server.lock)
        yield traps.port_deallocate(server.me, task)
        return (((known.port, MAKE_SEND),), None) if known is not None else ((), ids.Failed(error))

    def add_tasks(self, server: Server, wanted: int, owner: int) -> Steps:
        """The process of a task that has none yet, or None. Other tasks that proc finds before it get one too. The caller holds the lock.

        The user reference to the host port stays, as in the source.
        """
        host = yield traps.mach_host_self()
        kr, found = yield traps.host_processor_sets(host)
        if kr:
            return None
        sets, (pset_name,) = found
        _, pset = yield traps.host_processor_set_priv(self.host, pset_name)
        kr, found = yield traps.processor_set_tasks(pset)
        entry = None
        if not kr:
            array, tasks = found
            known, unknown = self.parted(tasks)
            for task in unknown:
                if not task:  # there was no room for the name
                    continue
                if entry is not None or (made := (yield from self.make(server, task, owner if task == wanted else ROOT))) is None:
                    yield traps.port_deallocate(server.me, task)
                elif task == wanted:
                    entry = made
            yield traps.port_deallocate_each(known)
            yield traps.vm_deallocate(server.me, *array)
        for name in (pset, pset_name):
            yield traps.port_deallocate(server.me, name)
        yield traps.vm_deallocate(server.me, *sets)
        return entry

    def parted(self, tasks: list[int]) -> tuple[list[int], list[int]]:
        """Those of the tasks that have a process, and the others, each in order. Quick, because each fork passes over all tasks."""
        if tasks[: len(self.listed)] != self.listed:
            self.listed = []
        rest, has_process = tasks[len(self.listed) :], self.by_task.__contains__
        self.listed = self.listed + list(filter(has_process, rest))
        return self.listed, list(filterfalse(has_process, rest))

    def make(self, server: Server, task: int, owner: int) -> Steps:
        """A new process structure; None if there is no room for its port. The caller holds the lock."""
        port = yield from server.add_port(no_senders=False)
        if not port:
            return None
        yield traps.port_request_notification(server.me, task, NOTIFY_DEAD_NAME, port)
        self.last_pid += 1
        entry = Entry(self.last_pid, task, port, owner, group=self.last_pid)
        self.by_port[port] = entry
        self.by_task[task] = entry
        self.by_pid[entry.pid] = entry
        self.of_user[owner] = self.of_user.get(owner, 0) + 1
        return entry

    def task2pid(self, server: Server, message: Message) -> Steps:
        """proc_task2pid: reply with the pid of a task."""
        entry = yield from self.process_of(server, message)
        return (), entry.pid if entry is not None else ids.Failed(ids.ESRCH)

    def child(self, server: Server, message: Message) -> Steps:
        """proc_child: make a process the child of the caller, in its group, and send it the new ids."""
        entry = yield from self.process_of(server, message)
        parent = self.by_port.get(message.local)
        if entry is None or parent is None:
            return (), ids.Failed(ids.ESRCH)
        yield from mutex_lock(server.lock)
        entry.parent = parent.pid
        parent.children.add(entry.pid)
        self.own(entry, parent.owner)
        yield from self.join(entry, parent.group)
        yield mutex_unlock(server.lock)
        return (), None

    def join(self, entry: Entry, group: int) -> Steps:
        """join_pgrp: put a process into a group. The caller holds the lock, also while the message waits for room."""
        entry.group = group
        yield from msg_proc_newids(entry.message_port, entry.task, (entry.parent, group))

    def own(self, entry: Entry, owner: int) -> None:
        """Set the user of a process."""
        self.of_user[entry.owner] -= 1
        entry.owner = owner
        self.of_user[owner] = self.of_user.get(owner, 0) + 1

    def setpgrp(self, server: Server, message: Message) -> Steps:
        """proc_setpgrp: move a process into a group. The body: (pid, group), 0 for the caller and for the pid of the process."""
        yield from mutex_lock(server.lock)
        pid, group = message.body
        entry = self.by_pid.get(pid) if pid else self.by_port.get(message.local)
        if entry is not None and not entry.dead:
            yield from self.join(entry, group or entry.pid)
        yield mutex_unlock(server.lock)
        return (), None

    def setsid(self, server: Server, message: Message) -> Steps:
        """proc_setsid: give the caller a new session with a new group."""
        yield from mutex_lock(server.lock)
        entry = self.by_port.get(message.local)
        if entry is not None:
            yield from self.join(entry, entry.pid)
        yield mutex_unlock(server.lock)
        return (), None

    def process_of(self, server: Server, message: Message) -> Steps:
        """The process of the task in a message, or None. Drops the message's reference to the task."""
        task = message.rights[0]
        yield from mutex_lock(server.lock)
        entry = self.by_task.get(task)
        yield mutex_unlock(server.lock)
        yield traps.port_deallocate(server.me, task)
        return entry

    def getpids(self, server: Server, message: Message) -> Steps:
        """proc_getpids: reply with the caller's pid."""
        yield from mutex_lock(server.lock)
        entry = self.by_port.get(message.local)
        yield mutex_unlock(server.lock)
        return (), entry.pid if entry is not None else 0

    def setowner(self, server: Server, message: Message) -> Steps:
        """proc_setowner: set the user of a process."""
        yield from mutex_lock(server.lock)
        entry = self.by_port.get(message.local)
        if entry is not None:
            self.own(entry, message.body)
        yield mutex_unlock(server.lock)
        return (), None

    def setmsgport(self, server: Server, message: Message) -> Steps:
        """proc_setmsgport: keep a send right to the message port, and drop the previous one."""
        yield from mutex_lock(server.lock)
        entry, old = self.by_port.get(message.local), message.rights[0]
        if entry is not None:
            old, entry.message_port = entry.message_port, message.rights[0]
        yield mutex_unlock(server.lock)
        if old:
            yield traps.port_deallocate(server.me, old)
        return (), None

    def handle_exceptions(self, server: Server, message: Message) -> Steps:
        """proc_handle_exceptions: move the exception port into the server's bucket, keep the other one, drop the previous two."""
        yield from mutex_lock(server.lock)
        entry, (old, forward) = self.by_port.get(message.local), message.rights
        if entry is not None:
            old, entry.exceptions = entry.exceptions, old
            forward, entry.forward = entry.forward, forward
            yield traps.port_move_member(server.me, entry.exceptions, server.bucket)
        if old:
            yield traps.port_destroy(server.me, old)
        if forward:
            yield traps.port_deallocate(server.me, forward)
        yield mutex_unlock(server.lock)
        return (), None

    def reassign(self, server: Server, message: Message) -> Steps:
        """proc_reassign: move a process to another task, for a set-id exec."""
        task = message.rights[0]
        yield from mutex_lock(server.lock)
        entry = self.by_port.get(message.local)
        if entry is not None:
            self.by_task.pop(entry.task, None)
            self.listed = []
            _, request = yield traps.port_request_notification(server.me, entry.task, NOTIFY_DEAD_NAME, 0)
            for name in (request, entry.task):
                yield traps.port_deallocate(server.me, name)
            _, stub = yield traps.port_request_notification(server.me, task, NOTIFY_DEAD_NAME, entry.port)
            other = self.by_task.get(task)
            if other is not None:  # made by add_tasks meanwhile
                yield traps.port_deallocate(server.me, stub)
                yield traps.port_deallocate(server.me, task)
                yield from self.forget(server, other)
            entry.task = task
            self.by_task[task] = entry
        yield mutex_unlock(server.lock)
        return (), None

    def mark_exit(self, server: Server, message: Message) -> Steps:
        """proc_mark_exit: keep the exit status of a process."""
        yield from mutex_lock(server.lock)
        entry = self.by_port.get(message.local)
        if entry is not None:
            entry.status = message.body or 0
        yield mutex_unlock(server.lock)
        return (), None

    def wait(self, server: Server, message: Message) -> Steps:
        """proc_wait: reply with the pid of a dead child. The thread that took the request waits for one."""
        yield from mutex_lock(server.lock)
        parent = self.by_port.get(message.local)
        gone = 0
        while parent is not None and parent.children and not parent.dead:
            gone = next((pid for pid in sorted(parent.children) if self.by_pid[pid].dead), 0)
            if gone:
                parent.children.discard(gone)
                del self.by_pid[gone]
                break
            yield from condition_wait(self.child_died, server.lock)
        yield mutex_unlock(server.lock)
        return (), gone if gone else ids.Failed(ids.ECHILD)

    def pid2task(self, server: Server, message: Message) -> Steps:
        """proc_pid2task: reply with the task of a process, for kill()."""
        yield from mutex_lock(server.lock)
        entry = self.by_pid.get(message.body)
        yield mutex_unlock(server.lock)
        if entry is None or entry.dead:
            return (), ids.Failed(ids.ESRCH)
        return ((entry.task, COPY_SEND),), None

    def getmsgport(self, server: Server, message: Message) -> Steps:
        """proc_getmsgport: reply with the message port of a process."""
        yield from mutex_lock(server.lock)
        entry = self.by_pid.get(message.body)
        yield mutex_unlock(server.lock)
        if entry is None or not entry.message_port:
            return (), ids.Failed(ids.ESRCH)
        return ((entry.message_port, COPY_SEND),), None

    def died(self, server: Server, message: Message) -> Steps:
        """A task died: drop all that proc holds for its process, which stays a zombie until its parent waits for it."""
        yield from mutex_lock(server.lock)
        entry = self.by_task.pop(message.body, None)
        if entry is not None:
            self.listed = []
            entry.dead = True
            # The dead-name notification added a reference to the name.
            for name in (entry.task, entry.task, entry.message_port, entry.forward):
                if name:
                    yield traps.port_deallocate(server.me, name)
            if entry.exceptions:
                yield traps.port_destroy(server.me, entry.exceptions)
            yield from self.orphan(entry)
            yield from self.alert_parent(server, entry)
            yield from self.forget(server, entry)
        yield mutex_unlock(server.lock)
        return (), None

    def orphan(self, gone: Entry) -> Steps:
        """Give the children of a dead process to init and send them their new ids. Zombies among them are freed."""
        for pid in sorted(gone.children):
            child = self.by_pid[pid]
            child.parent = 0
            if child.dead:
                del self.by_pid[pid]
            else:
                yield from msg_proc_newids(child.message_port, child.task, (0, child.group))
        gone.children = set()

    def alert_parent(self, server: Server, gone: Entry) -> Steps:
        """Send SIGCHLD to the parent of a dead process, and wake those who wait for one."""
        parent = self.by_pid.get(gone.parent)
        if parent is not None and not parent.dead:
            yield from send_signal(server, parent.message_port, parent.task, ids.SIGCHLD)
        yield condition_broadcast(self.child_died)

    def forget(self, server: Server, gone: Entry) -> Steps:
        """Destroy the port of a process. Its structure stays as a zombie only if a parent can wait for it."""
        del self.by_port[gone.port]
        self.of_user[gone.owner] -= 1
        if gone.parent not in self.by_pid:
            del self.by_pid[gone.pid]
        yield from server.deref(gone.port)

    def dostop(self, server: Server, message: Message) -> Steps:
        """proc_dostop: suspend the caller's threads, except the one in the request."""
        yield from mutex_lock(server.lock)
        entry, goes_on = self.by_port.get(message.local), message.rights[0]
        if entry is not None:
            yield traps.task_suspend(entry.task)
            kr, found = yield traps.task_threads(entry.task)
            if not kr:
                array, threads = found
                for thread in threads:
                    if thread != goes_on:
                        yield traps.thread_suspend(thread)
                    yield traps.port_deallocate(server.me, thread)
                yield traps.vm_deallocate(server.me, *array)
            yield traps.task_resume(entry.task)
        yield mutex_unlock(server.lock)
        yield traps.port_deallocate(server.me, goes_on)
        return (), None

    def handlers(self) -> dict[int, Any]:
        """The handlers by msgh_id."""
        return {
            ids.PROC_DOSTOP: self.dostop,
            ids.PROC_TASK2PROC: self.task2proc,
            ids.PROC_TASK2PID: self.task2pid,
            ids.PROC_CHILD: self.child,
            ids.PROC_GETPIDS: self.getpids,
            ids.PROC_SETOWNER: self.setowner,
            ids.PROC_SETSID: self.setsid,
            ids.PROC_SETPGRP: self.setpgrp,
            ids.PROC_SETMSGPORT: self.setmsgport,
            ids.PROC_HANDLE_EXCEPTIONS: self.handle_exceptions,
            ids.PROC_REASSIGN: self.reassign,
            ids.PROC_MARK_EXIT: self.mark_exit,
            ids.PROC_WAIT: self.wait,
            ids.PROC_PID2TASK: self.pid2task,
            ids.PROC_GETMSGPORT: self.getmsgport,
            NOTIFY_DEAD_NAME: self.died,
        }


