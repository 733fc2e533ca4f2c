"""The proc server: a process structure for each task, with its port and a dead-name request on the task's port [S]."""

from zoneviz.hurd.cthreads import Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Server, acknowledge
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME
from zoneviz.mach.mach_msg import MAKE_SEND

# proc.defs, as far as fork uses it; the numbers are those of the interface's subsystem 24000 [S].
PROC_DOSTOP = 24031
PROC_TASK2PROC = 24025
PROC_TASK2PID = 24026
PROC_CHILD = 24013
PROC_GETPIDS = 24024
PROC_HANDLE_EXCEPTIONS = 24034


def make(policy: str) -> Server:
    """The proc server with its handlers."""
    server = Server("proc", policy)
    server.handlers = {
        PROC_DOSTOP: acknowledge,
        PROC_TASK2PID: acknowledge,
        PROC_CHILD: acknowledge,
        PROC_GETPIDS: acknowledge,
        PROC_TASK2PROC: task2proc,
        PROC_HANDLE_EXCEPTIONS: handle_exceptions,
        NOTIFY_DEAD_NAME: process_died,
    }
    return server


def task2proc(server: Server, message: Message) -> Steps:
    """proc_task2proc: a new process structure; the answer carries a send right to its port."""
    yield from mutex_lock(server.lock)
    port = yield from server.add_port(no_senders=False)
    yield traps.port_request_notification(server.me, message.rights[0], NOTIFY_DEAD_NAME, port)
    yield mutex_unlock(server.lock)
    return ((port, MAKE_SEND),), None


def handle_exceptions(server: Server, message: Message) -> Steps:
    """proc_handle_exceptions: the exception port that came belongs to the server's bucket from now on."""
    yield from mutex_lock(server.lock)
    yield traps.port_move_member(server.me, message.rights[0], server.bucket)
    yield mutex_unlock(server.lock)
    return (), None


def process_died(server: Server, message: Message) -> Steps:
    """A task is gone: its process structure goes, under the one lock."""
    yield from mutex_lock(server.lock)
    yield traps.port_deallocate(server.me, message.body)
    yield from server.no_senders(message)
    yield mutex_unlock(server.lock)
    return (), None
