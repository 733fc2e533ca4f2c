"""The null translator: trivfs with one control port. An open file is a port of its own, with a port of the file system's behind it [S].

A translator's root is asked for with fsys_getroot: null restricts its underlying node to nobody's authority (a new port of the file
system's, kept as realnode), checks access on it, and makes a peropen and a protid: a port with a no-senders request. When that
comes, the protid's clean routine drops realnode, whose no-senders then goes to the file system.
"""

from collections.abc import Callable

from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.ext2fs import FILE_CHECK_ACCESS, FSYS_GETROOT, FSYS_STARTUP, IO_RESTRICT_AUTH, REQUEST, Ext2fs, Starter
from zoneviz.hurd.libports import Server, answer_with
from zoneviz.hurd.memory import SMALL, map_memory
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_object import MAKE_SEND
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE


class Null(Server):
    """A trivfs translator: `underlying` is its node in the file system, `control` the control structure's lock."""

    def __init__(self, policy: str, name: str = "null") -> None:
        super().__init__(name, policy)
        self.control = Mutex(f"{name}'s control lock")
        self.underlying = 0
        self.handlers[FSYS_GETROOT] = getroot

    def main(self) -> Steps:
        """trivfs_startup on the bootstrap port, then the loop."""
        self.me = yield traps.task_self()
        reply = yield traps.mig_get_reply_port()
        yield from self.open_bucket()
        _, boot = yield traps.task_get_special_port(self.me, "bootstrap")
        kr, answer = yield traps.rpc(boot, FSYS_STARTUP, REQUEST, reply, ((self.port, MAKE_SEND),))
        yield traps.port_deallocate(self.me, boot)
        if not kr and answer.rights:
            self.underlying = answer.rights[0]
            yield from self.serve()


def getroot(server: Server, message: Message) -> Steps:
    """trivfs_S_fsys_getroot: one open file more."""
    assert isinstance(server, Null)
    reply = yield traps.mig_get_reply_port()
    for dotdot in message.rights:
        yield traps.port_deallocate(server.me, dotdot)
    kr, answer = yield traps.rpc(server.underlying, IO_RESTRICT_AUTH, REQUEST, reply)
    realnode = answer.rights[0] if not kr and answer.rights else 0
    if not realnode:
        return (), kr or answer.body or KERN_RESOURCE_SHORTAGE
    yield traps.rpc(realnode, FILE_CHECK_ACCESS, REQUEST, reply)

    def clean(server: Server, name: int) -> Steps:
        """trivfs_clean_protid: the peropen goes under the control's lock, then realnode."""
        assert isinstance(server, Null)
        yield from mutex_lock(server.control)
        yield mutex_unlock(server.control)
        yield traps.port_deallocate(server.me, realnode)

    yield from mutex_lock(server.control)
    port = yield from server.add_port(no_senders=True, clean=clean)
    yield mutex_unlock(server.control)
    if not port:
        yield traps.port_deallocate(server.me, realnode)
    return answer_with(port)


def starter(policy: str, made: list[Null], started: Callable[[Null], object] | None = None) -> Starter:
    """What ext2fs does to start null: a task with a small program's memory, its bootstrap port, one thread.

    `made` gets each Null there ever was; `started` is told of it.
    """

    def start(server: Ext2fs, boot: int) -> Steps:
        translator = Null(policy)
        made.append(translator)
        if started is not None:
            started(translator)
        _, task = yield traps.task_create(server.me, False, translator.name)
        yield from map_memory(task)
        yield traps.task_set_special_port(task, "bootstrap", boot, MAKE_SEND)
        _, thread = yield traps.thread_create(task, translator.name)
        yield traps.thread_set_state(thread, translator.main(), SMALL.user_stack)
        yield traps.thread_resume(thread)
        yield traps.port_deallocate(server.me, thread)
        return task

    return start
