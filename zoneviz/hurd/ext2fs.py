"""ext2fs: one loop for its ports, one for its pager; nodes with a lock each; passive translators that it starts when asked [S].

A lookup of an ordinary file gives a new port. Where a translator sits, ext2fs makes a transient port, asks the translator's control
port for its root with it (fsys_getroot), and passes on what that answers; the thread that does so is busy until then. It starts
a passive translator anew only if that call fails with MACH_SEND_INVALID_DEST or because the server died (MIG_SERVER_DIED).
"""

from collections.abc import Callable

from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Server, answer_with
from zoneviz.hurd.policies import Loop
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_object import MAKE_SEND, MOVE_SEND
from zoneviz.mach.ipc_port import NOTIFY_SEND_ONCE
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE as NO_ROOM
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_msg import MACH_SEND_INVALID_DEST
from zoneviz.mach.memory_object import DATA_RETURN
from zoneviz.mach.syscall_subr import sleep
from zoneviz.mach.thread import Thread

# fs.defs, io.defs, fsys.defs [S]
FILE_CHECK_ACCESS = 20012
DIR_LOOKUP = 20018
IO_RESTRICT_AUTH = 21017
FSYS_STARTUP = 22000
FSYS_GETROOT = 22002

REQUEST = 64  # bytes of a request with a short path or a port or two: any up to 240 takes the same kmsg [I]
REPLY = 40  # bytes of an answer with a port [I]
LOOKUP = 3_000  # ns of finding a name in a directory that is in memory [E]
DISK_PAGE = 250_000  # ns the disk needs for a page of a sequential write, some 16 MB/s [E]
PAGER_LOOP = 1

Starter = Callable[["Ext2fs", int], Steps]
"""Makes a translator's task: (server, name of the bootstrap port in the server); returns the name of the task's port."""


class Node:
    """A file's node. `translator` starts the passive translator that sits on it; `control` is the active one's port, 0: none."""

    __slots__ = ("box", "control", "lock", "starts", "translator")

    def __init__(self, path: str, translator: Starter | None = None) -> None:
        self.lock = Mutex(f"the lock of {path or '/'}")
        self.box = Mutex(f"the translator box of {path}")
        self.translator = translator
        self.control = self.starts = 0


class Ext2fs(Server):
    """The root file system. `nodes`: by path without the first slash."""

    def __init__(self, policy: str) -> None:
        super().__init__("ext2fs", policy)
        self.loops.append(Loop("ext2fs pager"))
        self.nodes: dict[str, Node] = {"": Node("")}
        self.pager = 0
        self.disk_free = 0
        self.handlers |= {
            DIR_LOOKUP: dir_lookup,
            IO_RESTRICT_AUTH: new_protid,
            FILE_CHECK_ACCESS: check_access,
            DATA_RETURN: data_return,
        }

    def open_bucket(self) -> Steps:
        """The pager's port belongs to the second loop."""
        yield from super().open_bucket()
        self.pager = yield from self.add_port(no_senders=False, loop=PAGER_LOOP)

    def set_translator(self, path: str, starter: Starter) -> None:
        """settrans: a passive translator on `path`."""
        self.nodes[path] = Node(path, starter)

    def node(self, path: str) -> Node:
        """The node of a path, made when it is first looked up."""
        return self.nodes.setdefault(path, Node(path))


def dir_lookup(server: "Server", message: Message) -> Steps:
    """S_dir_lookup of the path in the request: each directory's lock in turn, then the node's or its translator's port."""
    assert isinstance(server, Ext2fs)
    path = str(message.body or "")
    parts = path.split("/")
    for depth in range(len(parts)):
        directory = server.node("/".join(parts[:depth]))
        yield from mutex_lock(directory.lock)
        yield traps.compute(LOOKUP)
        yield mutex_unlock(directory.lock)
    node = server.node(path)
    if node.translator is None and not node.control:
        return (yield from new_protid(server, message))
    return (yield from fetch_root(server, node))


def new_protid(server: "Server", message: Message) -> Steps:
    """A new port of the file system's with a no-senders request, made under its node's lock (io_restrict_auth, dir_lookup)."""
    yield from mutex_lock(server.lock)
    port = yield from server.add_port(no_senders=True)
    yield mutex_unlock(server.lock)
    return answer_with(port)


def check_access(server: "Server", message: Message) -> Steps:
    """S_file_check_access: a look at the node."""
    yield from mutex_lock(server.lock)
    yield mutex_unlock(server.lock)
    return (), None


def fetch_root(server: Ext2fs, node: Node) -> Steps:
    """fshelp_fetch_root: start the translator if there is none, and ask it for its root on behalf of nobody in particular."""
    reply = yield traps.mig_get_reply_port()
    while True:
        yield from mutex_lock(node.box)
        if not node.control:
            yield from start_translator(server, node)
        control = node.control
        yield mutex_unlock(node.box)
        dotdot = yield from server.add_port(no_senders=True)
        if not dotdot:
            return answer_with(dotdot)
        kr, answer = yield traps.rpc(control, FSYS_GETROOT, REQUEST, reply, ((dotdot, MAKE_SEND),))
        if not kr and answer.msgh_id != NOTIFY_SEND_ONCE:
            # A right that found no room here has come as name 0.
            return tuple((name, MOVE_SEND) for name in answer.rights if name), answer.body or (0 if all(answer.rights) else NO_ROOM)
        if kr != MACH_SEND_INVALID_DEST and kr:
            return (), kr
        # MACH_SEND_INVALID_DEST, or the answer's send-once right died with the server: what was active is no more.
        if kr:
            yield from server.deref(dotdot)
        yield from mutex_lock(node.box)
        if node.control == control:
            yield traps.port_deallocate(server.me, control)
            node.control = 0
        yield mutex_unlock(node.box)


def start_translator(server: Ext2fs, node: Node) -> Steps:
    """fshelp_start_translator: the translator says fsys_startup on a bootstrap port and is given its underlying node."""
    assert node.translator is not None
    _, boot = yield traps.port_allocate(server.me)
    task = yield from node.translator(server, boot)
    _, message = yield traps.receive(boot)
    node.control = message.rights[0]
    node.starts += 1
    underlying = yield from server.add_port(no_senders=True)
    yield traps.send(message.reply, FSYS_STARTUP + 100, REPLY, ((underlying, MAKE_SEND),))
    yield traps.port_destroy(server.me, boot)
    yield traps.port_deallocate(server.me, task)


def data_return(server: "Server", message: Message) -> Steps:
    """memory_object_data_return: a page goes to the disk, one after the other; the thread waits for it."""
    assert isinstance(server, Ext2fs)
    yield from mutex_lock(server.lock)
    yield mutex_unlock(server.lock)
    yield device_write, server
    for address in message.memory:
        yield traps.vm_deallocate(server.me, address, 1)
    return (), None


def device_write(k: Kernel, thread: Thread, server: Ext2fs) -> object:
    """A trap: wait for the disk's turn and its work."""
    server.disk_free = max(server.disk_free, k.time) + DISK_PAGE
    return sleep(k, thread, server.disk_free - k.time, why="device_write")
