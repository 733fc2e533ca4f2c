"""open(), write() and close() in a process: an RPC to the file system each, and dropping the name [S]."""

from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.ext2fs import DIR_LOOKUP, IO_WRITE, REQUEST
from zoneviz.mach import traps
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE

NULL = "dev/null"


def open_file(root: int, path: str) -> Steps:
    """open(): (error, name of the file's port); one of them is 0. `root`: name of the root directory's port."""
    reply = yield traps.mig_get_reply_port()
    kr, answer = yield traps.rpc(root, DIR_LOOKUP, REQUEST, reply, (), path)
    if kr:
        return kr, 0
    port = answer.rights[0] if answer.rights else 0
    return (0, port) if port else (answer.body or KERN_RESOURCE_SHORTAGE, 0)


def write_file(port: int, path: str, pages: int) -> Steps:
    """write() of `pages` pages to the end of a file: an error. The message does not carry the data [I].

    The request names the file; the port, which does so on the real system, only leads to the file system.
    """
    reply = yield traps.mig_get_reply_port()
    kr, answer = yield traps.rpc(port, IO_WRITE, REQUEST, reply, (), (path, pages))
    return kr or getattr(answer.body, "error", 0)


def close_file(me: int, port: int) -> Steps:
    """close(): a kern_return. The server gets no-senders if this was the last send right."""
    return (yield traps.port_deallocate(me, port))
