"""The null translator: trivfs with one control port. An open file is a port of null and a port of the file system [S].

On fsys_getroot null calls io_restrict_auth on its underlying node, which returns a new port of the file system (realnode),
checks access on it, and makes a peropen and a protid: a port with a no-senders request. On no-senders the clean routine of the
protid drops realnode, and the file system gets no-senders for that.
"""

from collections.abc import Callable

from zoneviz.hurd import mig
from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.ext2fs import FILE_CHECK_ACCESS, IO_RESTRICT_AUTH
from zoneviz.hurd.fetch_root import Starter
from zoneviz.hurd.ids import EXEC_STARTUP_GET_INFO, FSYS_GETROOT, FSYS_STARTUP, Failed
from zoneviz.hurd.libports import Server, answer_with
from zoneviz.hurd.memory import SMALL, map_memory
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.message import MAKE_SEND


class Null(Server):
    """A trivfs translator. `underlying`: its node in the file system. `control`: the lock of its control structure."""

    def __init__(self, policy: str, name: str = "null") -> None:
        super().__init__(name, policy)
        self.control = Mutex(f"{name}'s control lock")
        self.underlying = 0
        self.handlers[FSYS_GETROOT] = getroot

    def main(self) -> Steps:
        """Get the init ports as the exec server would pass them, call trivfs_startup on the bootstrap port, then serve."""
        self.me = yield traps.task_self()
        yield traps.mig_get_reply_port()
        _, boot = yield traps.task_get_special_port(self.me, "bootstrap")
        yield from mig.rpc(boot, EXEC_STARTUP_GET_INFO)
        yield from self.open_bucket()
        kr, answer = yield from mig.rpc(boot, FSYS_STARTUP, ((self.port, MAKE_SEND),))
        yield traps.port_deallocate(self.me, boot)
        if not kr and answer.rights:
            self.underlying = answer.rights[0]
            yield from self.serve()


def getroot(server: Server, message: Message) -> Steps:
    """trivfs_S_fsys_getroot: reply with the port of a new open file. dotdot, the port in the request, is dropped last."""
    assert isinstance(server, Null)
    answer = yield from open_root(server)
    for dotdot in message.rights:
        yield traps.port_deallocate(server.me, dotdot)
    return answer


def open_root(server: Null) -> Steps:
    """The reply: a right to a new open file, or an error."""
    kr, answer = yield from mig.rpc(server.underlying, IO_RESTRICT_AUTH)
    realnode = answer.rights[0] if not kr and answer.rights else 0
    if not realnode:
        return (), Failed(kr or KERN_RESOURCE_SHORTAGE)
    yield from mig.rpc(realnode, FILE_CHECK_ACCESS)

    def clean(server: Server, name: int) -> Steps:
        """trivfs_clean_protid: free the peropen under the control lock, then drop realnode."""
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
    """How ext2fs starts null: a task with the memory of a small program, its bootstrap port, one thread.

    Each new Null is appended to `made`, and `started` is called with it.
    """

    def start(server: Server, boot: int) -> Steps:
        translator = Null(policy)
        made.append(translator)
        if started is not None:
            started(translator)
        kr, task = yield traps.task_create(server.me, False, translator.name)
        if kr:
            return kr, 0
        yield from map_memory(task)
        yield traps.task_set_special_port(task, "bootstrap", boot, MAKE_SEND)
        kr, thread = yield traps.thread_create(task, translator.name)
        if not kr:
            yield traps.thread_set_state(thread, translator.main(), SMALL.user_stack)
            yield traps.thread_resume(thread)
            yield traps.port_deallocate(server.me, thread)
        return kr, task

    return start
