"""ext2fs: a loop for its ports and one for its pager, a lock for each node, passive translators started on demand [S].

A lookup of an ordinary file returns a new port. For a translator, ext2fs makes a transient port, calls fsys_getroot on the
translator's control port with it, and passes the reply on; its thread is busy until then. ext2fs restarts a passive
translator only if that call fails with MACH_SEND_INVALID_DEST, or because the translator died (MIG_SERVER_DIED).
"""

from collections.abc import Callable

from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.ids import Failed
from zoneviz.hurd.libports import Server, answer_with
from zoneviz.hurd.pager import Disk
from zoneviz.hurd.policies import Loop
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_port import NOTIFY_SEND_ONCE
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE as NO_ROOM
from zoneviz.mach.memory_object import DATA_RETURN
from zoneviz.mach.message import MACH_SEND_INVALID_DEST, MAKE_SEND, MOVE_SEND

# fs.defs, io.defs, fsys.defs [S]
FILE_CHECK_ACCESS = 20012
DIR_LOOKUP = 20018
IO_WRITE = 21000
IO_RESTRICT_AUTH = 21017
FSYS_STARTUP = 22000
FSYS_GETROOT = 22002

REQUEST = 64  # bytes of a request with a short path or one or two ports; all sizes up to 240 take the same kmsg [I]
REPLY = 40  # bytes of a reply with a port [I]
LOOKUP = 3_000  # ns to find a name in a directory in memory [E]
PAGER_LOOP = 1

Starter = Callable[["Ext2fs", int], Steps]
"""Starts a translator: (server, name of the bootstrap port in the server) -> name of its task port."""


class Node:
    """A node. `translator`: starts its passive translator. `control`: port of its active translator, 0 if it is not running."""

    __slots__ = ("box", "control", "lock", "starts", "translator")

    def __init__(self, path: str, translator: Starter | None = None) -> None:
        self.lock = Mutex(f"the lock of {path or '/'}")
        self.box = Mutex(f"the translator box of {path}")
        self.translator = translator
        self.control = self.starts = 0


class Ext2fs(Server):
    """The root file system. `nodes`: by path without the first slash. `pager`: of the disk. `disk`: files that were written."""

    def __init__(self, policy: str) -> None:
        super().__init__("ext2fs", policy)
        self.loops.append(Loop("ext2fs pager"))
        self.nodes: dict[str, Node] = {"": Node("")}
        self.pager = 0
        self.disk = Disk(self, PAGER_LOOP)
        self.handlers |= {
            DIR_LOOKUP: dir_lookup,
            IO_RESTRICT_AUTH: new_protid,
            FILE_CHECK_ACCESS: check_access,
            IO_WRITE: self.disk.io_write,
            DATA_RETURN: self.disk.data_return,
        }

    def open_bucket(self) -> Steps:
        """Open the buckets. The pager's port belongs to the second loop."""
        yield from super().open_bucket()
        self.pager = yield from self.add_port(no_senders=False, loop=PAGER_LOOP)

    def set_translator(self, path: str, starter: Starter) -> None:
        """settrans: put a passive translator on `path`."""
        self.nodes[path] = Node(path, starter)

    def node(self, path: str) -> Node:
        """The node of a path, which is created at the first lookup."""
        return self.nodes.setdefault(path, Node(path))


def dir_lookup(server: "Server", message: Message) -> Steps:
    """S_dir_lookup: take the lock of each directory on the path, then reply with a port of the node or of its translator."""
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
    """Reply with a new port that has a no-senders request (io_restrict_auth, dir_lookup)."""
    yield from mutex_lock(server.lock)
    port = yield from server.add_port(no_senders=True)
    yield mutex_unlock(server.lock)
    return answer_with(port)


def check_access(server: "Server", message: Message) -> Steps:
    """S_file_check_access: take the lock and release it."""
    yield from mutex_lock(server.lock)
    yield mutex_unlock(server.lock)
    return (), None


def fetch_root(server: Ext2fs, node: Node) -> Steps:
    """fshelp_fetch_root: start the translator if it is not running, and ask it for its root."""
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
        leaky = "lookup" in server.leaks
        if leaky:
            server.ports[dotdot].refs += 1  # dropped after the reply, unless that is an error [S]
        kr, answer = yield traps.rpc(control, FSYS_GETROOT, REQUEST, reply, ((dotdot, MAKE_SEND),))
        if not kr and answer.msgh_id != NOTIFY_SEND_ONCE:
            if leaky and not isinstance(answer.body, Failed):
                yield from drop(server, dotdot)
            # A right for which the space had no room arrives as name 0.
            return tuple((name, MOVE_SEND) for name in answer.rights if name), answer.body or (0 if all(answer.rights) else NO_ROOM)
        if kr != MACH_SEND_INVALID_DEST and kr:
            return (), kr
        if leaky:
            yield from drop(server, dotdot)
        # MACH_SEND_INVALID_DEST, or the server died before it replied: the translator is gone.
        if kr:
            yield from server.deref(dotdot)
        yield from mutex_lock(node.box)
        if node.control == control:
            yield traps.port_deallocate(server.me, control)
            node.control = 0
        yield mutex_unlock(node.box)


def drop(server: Ext2fs, name: int) -> Steps:
    """Drop a reference that only a leak needs: the lock is taken only for the last one."""
    info = server.ports[name]
    if info.refs > 1:
        info.refs -= 1
    else:
        yield from server.deref(name)


def start_translator(server: Ext2fs, node: Node) -> Steps:
    """fshelp_start_translator: the translator calls fsys_startup on its bootstrap port and gets its underlying node."""
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
