"""Translators of a file system: libfshelp's fetch-root.c and start-translator-long.c of 2005-07-13 [S].

The translator of a node is started by the first lookup, and again by a lookup that finds it gone. It counts as gone only if
fsys_getroot fails with MACH_SEND_INVALID_DEST or MIG_SERVER_DIED. The second also comes from a translator that had no room for the
right to reply: it then lives on, with all its open files, and no name leads to it.
"""

from collections.abc import Callable

from zoneviz.hurd import ids, mig
from zoneviz.hurd.auth import reauthenticate
from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Server
from zoneviz.mach import traps
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.mach_msg import MIG_SERVER_DIED
from zoneviz.mach.mach_port import RIGHT_SEND
from zoneviz.mach.message import COPY_SEND, MACH_SEND_INVALID_DEST, MAKE_SEND, MOVE_SEND

STDIO = 3  # descriptors that a translator is started with [S]

Starter = Callable[[Server, int], Steps]
"""Starts a translator: (file system, its name of the bootstrap port) -> (error, its name of the translator's task port)."""


class Node:
    """A node. `translator`: starts its passive translator. `control`: port of its active translator, 0 if it is not running.

    `box`: the lock of its transbox. A lookup that starts the translator holds it, so others wait. `starts`: of the translator.
    """

    __slots__ = ("box", "control", "lock", "starts", "translator")

    def __init__(self, path: str, translator: Starter | None = None) -> None:
        self.lock = Mutex(f"the lock of {path or '/'}")
        self.box = Mutex(f"the translator box of {path}")
        self.translator = translator
        self.control = self.starts = 0


def fetch_root(server: Server, auth: int, node: Node, dotdot: int) -> Steps:
    """fshelp_fetch_root: the reply of the node's translator, which is started if it is not running. None if the node has none.

    `auth`: the server's name of auth's port. `dotdot`: its name of a send right to the directory's port.
    """
    while True:
        yield from mutex_lock(node.box)
        kr, mine = 0, False
        if not node.control and node.translator is not None:
            kr = yield from start_translator(server, auth, node, dotdot)
        control = node.control
        if control:
            mine = not (yield traps.port_mod_refs(server.me, control, RIGHT_SEND, 1))
        yield mutex_unlock(node.box)
        if not control:
            return ((), ids.Failed(kr)) if kr else None
        kr, answer = yield from mig.rpc(control, ids.FSYS_GETROOT, ((dotdot, COPY_SEND),))
        gone = kr in (MACH_SEND_INVALID_DEST, MIG_SERVER_DIED)
        if gone:
            yield from mutex_lock(node.box)
            if node.control == control:
                node.control = 0
                yield traps.port_deallocate(server.me, control)
            yield mutex_unlock(node.box)
        if mine:
            yield traps.port_deallocate(server.me, control)
        if kr and not gone:
            return (), ids.Failed(kr)
        if not kr:
            return tuple((name, MOVE_SEND) for name in answer.rights if name), answer.body


def start_translator(server: Server, auth: int, node: Node, dotdot: int) -> Steps:
    """fshelp_start_translator_long: an error; after 0 `node.control` is set. The translator gets the init ports of `init_ports`."""
    ports = yield from init_ports(server, auth, dotdot)
    task = 0
    kr, boot = yield traps.port_allocate(server.me)
    if not kr:
        assert node.translator is not None
        kr, task = yield from node.translator(server, boot)
    if not kr:
        yield traps.port_request_notification(server.me, task, NOTIFY_DEAD_NAME, boot)
        kr = yield from service_startup(server, node, boot, (*ports, dotdot))
    for name in (task, *ports):
        if name:
            yield traps.port_deallocate(server.me, name)
    if boot:
        yield traps.port_destroy(server.me, boot)
    return kr


def init_ports(server: Server, auth: int, dotdot: int) -> Steps:
    """Names of new ports for a translator: auth for its user, and the root directory and stdio reauthenticated for that.

    The file system's own stdio is taken to be on itself, because there is no console here [I].
    """
    _, answer = yield from mig.rpc(auth, ids.AUTH_MAKEAUTH)
    fresh = answer.rights[0] if answer is not None and answer.rights else 0
    ports = [fresh]
    yield traps.port_insert_right(server.me, server.port, server.port, MAKE_SEND)
    for _ in range(1 + STDIO):
        _, port = yield from reauthenticate(server.me, fresh, server.port)
        ports.append(port)
    yield traps.port_deallocate(server.me, server.port)
    return [port for port in ports if port]


def service_startup(server: Server, node: Node, boot: int, ports: tuple[int, ...]) -> Steps:
    """service_fsys_startup: pass the init ports, which the exec server does on a real system; wait for the control port. An error."""
    kr, message = yield traps.receive(boot)
    if not kr and message.msgh_id == ids.EXEC_STARTUP_GET_INFO:
        yield traps.send(message.reply, message.msgh_id + 100, ids.REPLY_SIZE, tuple((port, COPY_SEND) for port in ports))
        kr, message = yield traps.receive(boot)
    if kr:
        return kr
    if message.msgh_id != ids.FSYS_STARTUP:
        return ids.EDIED  # a dead-name notification: the translator ended before
    underlying = yield from server.add_port(no_senders=True)
    if not underlying:
        yield traps.port_deallocate(server.me, message.rights[0])
        yield traps.send(message.reply, ids.FSYS_STARTUP + 100, ids.REPLY_SIZE, (), None, ids.Failed(KERN_RESOURCE_SHORTAGE))
        return KERN_RESOURCE_SHORTAGE
    node.control = message.rights[0]
    node.starts += 1
    yield traps.send(message.reply, ids.FSYS_STARTUP + 100, ids.REPLY_SIZE, ((underlying, MAKE_SEND),))
    return 0
