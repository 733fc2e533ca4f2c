"""The root file system of a complete system: files, exec, and translators that register with it.

init starts the translators of the running system, not a lookup. Each is a process that passes its control port to the file
system, which then calls fsys_getroot on it as for any other translator.
"""

from typing import Any

from zoneviz.hurd import ids
from zoneviz.hurd.auth import io_reauthenticate
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import FileExec
from zoneviz.hurd.ext2fs import FSYS_GETROOT, FSYS_STARTUP, Ext2fs
from zoneviz.hurd.libports import Server, new_port
from zoneviz.hurd.process import Process
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.message import MAKE_SEND


class Root(Ext2fs):
    """The root file system. `known`: its names of the ports of the servers "exec" and "auth"."""

    def __init__(self, policy: str) -> None:
        super().__init__(policy)
        self.known: dict[str, int] = {}
        self.handlers |= {
            FSYS_STARTUP: fsys_startup,
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
    for dotdot in message.rights:
        yield traps.port_deallocate(server.me, dotdot)
    return (yield from new_port(server, message))


def translator(path: str, server: Server) -> Any:
    """The body of a translator on `path`: register with the file system, then serve."""

    def body(p: Process) -> Steps:
        server.handlers.setdefault(FSYS_GETROOT, getroot)
        server.handlers.setdefault(ids.IO_REAUTHENTICATE, io_reauthenticate({"auth": p.ports["auth"]}))
        server.me = p.me
        yield from server.open_bucket()
        yield from p.call(p.ports["crdir"], FSYS_STARTUP, ((server.port, MAKE_SEND),), path)
        yield from server.serve()

    return body


def term(policy: str) -> Server:
    """A terminal. Each term_open_ctty returns a new port with a no-senders request."""
    server = Server("term", policy)
    server.handlers = {ids.TERM_OPEN_CTTY: new_port}
    return server
