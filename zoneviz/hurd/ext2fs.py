"""ext2fs: a loop for its ports and one for its pager, and a lock for each node [S]. fetch_root.py has its translators.

A lookup of an ordinary file returns a new port. A lookup of a node with a translator makes a port of the directory and passes it
to the translator, whose reply it returns; its thread is busy until then.
"""

from zoneviz.hurd.cthreads import Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.fetch_root import Node, Starter, fetch_root
from zoneviz.hurd.ids import Failed
from zoneviz.hurd.libports import Server, answer_with
from zoneviz.hurd.pager import Disk
from zoneviz.hurd.policies import Loop
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.memory_object import DATA_RETURN
from zoneviz.mach.message import MAKE_SEND

# fs.defs, io.defs [S]
FILE_CHECK_ACCESS = 20012
DIR_LOOKUP = 20018
IO_WRITE = 21000
IO_RESTRICT_AUTH = 21017

LOOKUP = 3_000  # ns to find a name in a directory in memory [E]
PAGER_LOOP = 1


class Ext2fs(Server):
    """The root file system. `nodes`: by path without the first slash. `pager`: of the disk. `disk`: files that were written.

    `known`: its names of the ports of other servers, such as "auth".
    """

    def __init__(self, policy: str) -> None:
        super().__init__("ext2fs", policy)
        self.loops.append(Loop("ext2fs pager"))
        self.nodes: dict[str, Node] = {"": Node("")}
        self.known: dict[str, int] = {}
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
    if node.translator is not None or node.control:
        answer = yield from through_translator(server, node)
        if answer is not None:
            return answer
    return (yield from new_protid(server, message))


def through_translator(server: Ext2fs, node: Node) -> Steps:
    """The reply of the node's translator, which gets a port of the directory; None if the node has no translator any more."""
    dotdot = yield from server.add_port(no_senders=True)
    if not dotdot:
        return answer_with(dotdot)
    yield traps.port_insert_right(server.me, dotdot, dotdot, MAKE_SEND)
    answer = yield from fetch_root(server, server.known.get("auth", 0), node, dotdot)
    refused = answer is not None and isinstance(answer[1], Failed)
    if not (refused and "lookup" in server.leaks):  # the error path forgets it [S]
        yield traps.port_deallocate(server.me, dotdot)
    return answer


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
