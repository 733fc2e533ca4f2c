"""The proc server: for each process a port, its task with a dead-name request, its message and exception port [S].

One global lock. A process that ends causes one dead-name notification. A proc_wait that finds no dead child occupies its thread
until one dies. Beyond the limit of processes of a user (0: no limit) proc_task2proc returns EAGAIN; root is exempt.
"""

from dataclasses import dataclass, field
from typing import Any

from zoneviz.hurd import ids
from zoneviz.hurd.condition import Condition, condition_broadcast, condition_wait
from zoneviz.hurd.cthreads import Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Server, acknowledge
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.message import COPY_SEND, MAKE_SEND

ROOT = 0


@dataclass(slots=True)
class Entry:
    """A process structure. `port`, `task`, `message_port`, `exceptions`: names in proc's space, 0 if not set."""

    pid: int
    task: int
    port: int
    owner: int = ROOT
    parent: int = 0
    message_port: int = 0
    exceptions: int = 0
    status: int = 0
    dead: bool = False
    children: set[int] = field(default_factory=set)


class Proc:
    """The tables of the server: processes by port, by task and by pid."""

    def __init__(self, max_processes: int = 0) -> None:
        self.limit = max_processes
        self.by_port: dict[int, Entry] = {}
        self.by_task: dict[int, Entry] = {}
        self.by_pid: dict[int, Entry] = {}
        self.of_user: dict[int, int] = {}
        self.last_pid = 0
        self.child_died = Condition("proc_wait")

    def task2proc(self, server: Server, message: Message) -> Steps:
        """proc_task2proc: reply with the process port of a task. A task that proc does not know gets a new process structure."""
        task = message.rights[0]
        if not task:
            return (), ids.Failed(KERN_RESOURCE_SHORTAGE)  # proc had no room for its name, or it died in transit
        yield from mutex_lock(server.lock)
        known = self.by_task.get(task)
        if known is None:
            asker = self.by_port.get(message.local)
            owner = asker.owner if asker is not None else ROOT
            if self.limit and owner != ROOT and self.of_user.get(owner, 0) >= self.limit:
                yield mutex_unlock(server.lock)
                yield traps.port_deallocate(server.me, task)
                return (), ids.Failed(ids.EAGAIN)
            known = yield from self.make(server, task, owner)
            if known is None:
                yield mutex_unlock(server.lock)
                yield traps.port_deallocate(server.me, task)
                return (), ids.Failed(KERN_RESOURCE_SHORTAGE)
        else:
            yield traps.port_deallocate(server.me, task)
        yield mutex_unlock(server.lock)
        return ((known.port, MAKE_SEND),), None

    def make(self, server: Server, task: int, owner: int) -> Steps:
        """A new process structure; None if there is no room for its port. The caller holds the lock."""
        port = yield from server.add_port(no_senders=False)
        if not port:
            return None
        yield traps.port_request_notification(server.me, task, NOTIFY_DEAD_NAME, port)
        self.last_pid += 1
        entry = Entry(self.last_pid, task, port, owner)
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
        """proc_child: make a process the child of the caller."""
        entry = yield from self.process_of(server, message)
        parent = self.by_port.get(message.local)
        if entry is None or parent is None:
            return (), ids.Failed(ids.ESRCH)
        entry.parent = parent.pid
        parent.children.add(entry.pid)
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
            self.of_user[entry.owner] -= 1
            entry.owner = message.body
            self.of_user[entry.owner] = self.of_user.get(entry.owner, 0) + 1
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
        """proc_handle_exceptions: move the exception port into the server's bucket, and destroy the previous one."""
        yield from mutex_lock(server.lock)
        entry, old = self.by_port.get(message.local), message.rights[0]
        if entry is not None:
            old, entry.exceptions = entry.exceptions, message.rights[0]
            yield traps.port_move_member(server.me, entry.exceptions, server.bucket)
        if old:
            yield traps.port_destroy(server.me, old)
        yield mutex_unlock(server.lock)
        return (), None

    def reassign(self, server: Server, message: Message) -> Steps:
        """proc_reassign: move a process to another task, for a set-id exec."""
        task = message.rights[0]
        yield from mutex_lock(server.lock)
        entry = self.by_port.get(message.local)
        if entry is not None:
            self.by_task.pop(entry.task, None)
            _, request = yield traps.port_request_notification(server.me, entry.task, NOTIFY_DEAD_NAME, 0)
            for name in (request, entry.task):
                yield traps.port_deallocate(server.me, name)
            yield traps.port_request_notification(server.me, task, NOTIFY_DEAD_NAME, entry.port)
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
            del self.by_port[entry.port]
            entry.dead = True
            self.of_user[entry.owner] -= 1
            # The dead-name notification added a reference to the name.
            for name in (entry.task, entry.task, entry.message_port):
                if name:
                    yield traps.port_deallocate(server.me, name)
            if entry.exceptions:
                yield traps.port_destroy(server.me, entry.exceptions)
            yield from server.deref(entry.port)
            self.orphan(entry)
            yield condition_broadcast(self.child_died)
        yield mutex_unlock(server.lock)
        return (), None

    def orphan(self, gone: Entry) -> None:
        """Give the children of a dead process to init, and free zombies for which no parent can wait."""
        for pid in gone.children:
            child = self.by_pid[pid]
            child.parent = 0
            if child.dead:
                del self.by_pid[pid]
        gone.children = set()
        if gone.parent not in self.by_pid:
            del self.by_pid[gone.pid]

    def handlers(self) -> dict[int, Any]:
        """The handlers by msgh_id."""
        return {
            ids.PROC_DOSTOP: acknowledge,
            ids.PROC_TASK2PROC: self.task2proc,
            ids.PROC_TASK2PID: self.task2pid,
            ids.PROC_CHILD: self.child,
            ids.PROC_GETPIDS: self.getpids,
            ids.PROC_SETOWNER: self.setowner,
            ids.PROC_SETSID: acknowledge,
            ids.PROC_SETMSGPORT: self.setmsgport,
            ids.PROC_HANDLE_EXCEPTIONS: self.handle_exceptions,
            ids.PROC_REASSIGN: self.reassign,
            ids.PROC_MARK_EXIT: self.mark_exit,
            ids.PROC_WAIT: self.wait,
            ids.PROC_PID2TASK: self.pid2task,
            ids.PROC_GETMSGPORT: self.getmsgport,
            NOTIFY_DEAD_NAME: self.died,
        }


def make(policy: str, max_processes: int = 0) -> Server:
    """The proc server with its handlers. `max_processes`: of one user, 0: no limit."""
    server = Server("proc", policy)
    server.handlers = Proc(max_processes).handlers()
    return server
