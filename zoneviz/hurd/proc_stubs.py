"""Messages from proc to processes (proc/stubs.c, msg.defs) [S].

A process gets msg_proc_newids when it has another parent or another process group: a send without a time-out, with proc's lock
held, so a process whose queue is full and that does not receive stops proc. Signals do not wait: if the queue is full, a cthread
sends the message again and waits for room, on its own kernel stack.
"""

from typing import Any

from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.libports import Server
from zoneviz.mach import traps
from zoneviz.mach.message import COPY_SEND, MACH_SEND_TIMED_OUT


def msg_proc_newids(port: int, task: int, new: tuple[int, int]) -> Steps:
    """Send a process its new ids, if it has a message port (0: none). `task`: its task port. `new`: pids of parent and group."""
    if port:
        yield traps.send(port, ids.MSG_PROC_NEWIDS, ids.NEWIDS_SIZE, ((task, COPY_SEND),), None, new)


def send_signal(server: Server, port: int, task: int, number: int) -> Steps:
    """Post a signal to a process, if it has a message port (0: none). `task`: its task port."""
    if not port:
        return
    signal = port, ids.MSG_SIG_POST, ids.SIGNAL_SIZE, ((task, COPY_SEND),)
    if (yield traps.send(*signal, 0, number)) == MACH_SEND_TIMED_OUT:
        yield from server.threads.fork(blocking_message_send(signal, number), "proc waits to send")


def blocking_message_send(signal: tuple[int, int, int, tuple[tuple[int, int], ...]], number: Any) -> Steps:
    """The cthread that waits until there is room for a signal."""
    yield traps.send(*signal, None, number)
