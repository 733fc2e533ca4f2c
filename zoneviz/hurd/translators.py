"""The root file system of a complete system: files, exec, and translators that register with it.

init starts the translators of the running system, not a lookup. Each is a process that passes its control port to the file
system, which then calls fsys_getroot on it as for any other translator.
"""

from typing import Any

from zoneviz.hurd import ids, pflocal
from zoneviz.hurd.auth import io_reauthenticate
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import FileExec
from zoneviz.hurd.ext2fs import Ext2fs
from zoneviz.hurd.heap import Heap
from zoneviz.hurd.libports import Server, new_port
from zoneviz.hurd.policies import SINGLE
from zoneviz.hurd.process import Process
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.message import MAKE_SEND

HOOK = 24  # bytes of heap: 16 to 24 [S]


class Root(Ext2fs):
    """The root file system, with what only a complete system needs: exec, and translators that register."""

    def __init__(self, policy: str) -> None:
        super().__init__(policy)
        self.handlers |= {
            ids.FSYS_STARTUP: fsys_startup,
            ids.FILE_EXEC: FileExec(self.known).file_exec,
            ids.IO_REAUTHENTICATE: io_reauthenticate(self.known),
        }


def fsys_startup(server: Server, message: Message) -> Steps:
    """fsys_startup: keep the port of a translator, or of one of the first servers."""
    assert isinstance(server, Root)
    name, port = str(message.body), message.rights[0]
    yield traps.compute(0)
    if name in ("exec", "auth"):
        server.known[name] = port
    else:
        server.node(name).control = port
    return (), None


def getroot(server: Server, message: Message) -> Steps:
    """fsys_getroot: reply with the port of a new open file, and drop the port of the parent directory."""
    answer = yield from new_port(server, message)
    for dotdot in message.rights:
        yield traps.port_deallocate(server.me, dotdot)
    return answer


def magic_getroot(server: Server, message: Message) -> Steps:
    """fsys_getroot of magic: the right to the parent directory stays (leak `magic`) [S]."""
    return (yield from (new_port if "magic" in server.leaks else getroot)(server, message))


def refused(server: Server, message: Message) -> Steps:
    """fsys_getroot of a translator whose device the caller must not open."""
    for dotdot in message.rights:
        yield traps.port_deallocate(server.me, dotdot)
    return (), ids.Failed(ids.EACCES)


def file_reparent(server: Server, message: Message) -> Steps:
    """trivfs_S_file_reparent: reply with a new port; the right to the new parent stays (leak `reparent`) [S]."""
    return (yield from (new_port if "reparent" in server.leaks else getroot)(server, message))


def device(name: str, policy: str) -> Server:
    """A translator of a device or socket by the name of its program. magic and ifsock have one thread, whatever the policy [S]."""
    program = name.partition(" ")[0]
    server = Server(name, SINGLE if program in ("magic", "ifsock") else policy)
    special = {"magic": {ids.FSYS_GETROOT: magic_getroot}, "storeio": {ids.FSYS_GETROOT: refused}, "pflocal": pflocal.handlers()}
    server.handlers = {ids.PASSWORD_CHECK_USER: new_port, ids.FILE_REPARENT: file_reparent, **special.get(program, {})}
    return server


def translator(path: str, server: Server) -> Any:
    """The body of a translator on `path`: register with the file system, then serve."""

    def body(p: Process) -> Steps:
        server.handlers.setdefault(ids.FSYS_GETROOT, getroot)
        server.handlers.setdefault(ids.IO_REAUTHENTICATE, io_reauthenticate({"auth": p.ports["auth"]}))
        server.me = p.me
        yield from server.open_bucket()
        yield from p.call(p.ports["crdir"], ids.FSYS_STARTUP, ((server.port, MAKE_SEND),), path)
        yield from server.serve()

    return body


def term(policy: str) -> Server:
    """A terminal. Each term_open_ctty returns a new port with a no-senders request, and leaves a hook on the heap (leak `hook`) [S]."""
    server = Server("term", policy)
    heap = Heap()

    def open_ctty(server: Server, message: Message) -> Steps:
        if "hook" in server.leaks:
            yield from heap.malloc(server.me, HOOK)
        return (yield from new_port(server, message))

    server.handlers = {ids.TERM_OPEN_CTTY: open_ctty}
    return server
