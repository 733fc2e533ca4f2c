"""open(), write() and close() in a process: an RPC to the file system each, and dropping the name [S].

The descriptor table grows in the heap of the process, which takes no memory of the kernel.
"""

from zoneviz.hurd import mig
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.ext2fs import DIR_LOOKUP, IO_WRITE
from zoneviz.hurd.ids import EMFILE
from zoneviz.mach import traps
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE

NULL = "dev/null"
STDIO = 3  # descriptors that are open when a program starts [S]
NOFILE = 1024  # soft limit RLIMIT_NOFILE of each process: glibc hurd/hurdrlimit.c of 2005 [S]
MOST_OPENS = NOFILE - STDIO


def open_file(root: int, path: str) -> Steps:
    """file_name_lookup(): (error, name of the file's port); one of them is 0. `root`: name of the root directory's port."""
    kr, answer = yield from mig.rpc(root, DIR_LOOKUP, (), path)
    port = answer.rights[0] if not kr and answer.rights else 0
    return (0 if port else kr or KERN_RESOURCE_SHORTAGE), port


def open_descriptor(me: int, root: int, path: str, opened: int) -> Steps:
    """open(): (error, port) as `open_file`. With `opened` files open besides stdio, EMFILE from MOST_OPENS on.

    The limit is found after the lookup, whose port is then dropped (hurd/intern-fd.c, hurd/alloc-fd.c) [S].
    """
    kr, port = yield from open_file(root, path)
    if port and opened >= MOST_OPENS:
        yield from close_file(me, port)
        return EMFILE, 0
    return kr, port


def write_file(port: int, path: str, pages: int) -> Steps:
    """write() of `pages` pages to the end of a file: an error. The message does not carry the data [I].

    The request names the file; the port, which does so on the real system, only leads to the file system.
    """
    kr, _ = yield from mig.rpc(port, IO_WRITE, (), (path, pages))
    return kr


def close_file(me: int, port: int) -> Steps:
    """close(): a kern_return. The server gets no-senders if this was the last send right."""
    return (yield traps.port_deallocate(me, port))
