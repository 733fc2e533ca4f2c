"""The root file system with what processes need of it besides files: exec'ing programs, translators that say they are there.

Translators of the running system are started by init, not by a lookup; each is a process of its own that tells the file system
its control port, and is asked for its root by the file system's lookup like any other.
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
from zoneviz.mach.ipc_object import MAKE_SEND


class Root(Ext2fs):
    """The root file system: `known` maps "exec" and "auth" to names of these servers' ports here."""

    def __init__(self, policy: str) -> None:
        super().__init__(policy)
        self.known: dict[str, int] = {}
        self.handlers |= {
            FSYS_STARTUP: fsys_startup,
            ids.FILE_EXEC: FileExec(self.known).file_exec,
            ids.IO_REAUTHENTICATE: io_reauthenticate(self.known),
        }


def fsys_startup(server: Server, message: Message) -> Steps:
    """A translator, or one of the first servers, says that it is there."""
    assert isinstance(server, Root)
    name, port = str(message.body), message.rights[0]
    yield traps.compute(0)
    if name in ("exec", "auth"):
        server.known[name] = port
    else:
        server.node(name).control = port
    return (), None


def getroot(server: Server, message: Message) -> Steps:
    """fsys_getroot: one open more; where it was looked up does not matter here."""
    for dotdot in message.rights:
        yield traps.port_deallocate(server.me, dotdot)
    return (yield from new_port(server, message))


def translator(path: str, server: Server) -> Any:
    """The body of a process that is a translator on `path`: tells the file system, then serves for ever."""

    def body(p: Process) -> Steps:
        server.handlers.setdefault(FSYS_GETROOT, getroot)
        server.handlers.setdefault(ids.IO_REAUTHENTICATE, io_reauthenticate({"auth": p.ports["auth"]}))
        server.me = p.me
        yield from server.open_bucket()
        yield from p.call(p.ports["crdir"], FSYS_STARTUP, ((server.port, MAKE_SEND),), path)
        yield from server.serve()

    return body


def term(policy: str) -> Server:
    """A terminal: a new port, with a no-senders request, for each term_open_ctty."""
    server = Server("term", policy)
    server.handlers = {ids.TERM_OPEN_CTTY: new_port}
    return server
