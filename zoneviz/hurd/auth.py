"""The auth server: who somebody is, proved to a server by meeting it at a rendezvous port.

The user's RPC and the server's both block in auth until both have come [S], each with a thread of auth's.
"""

from typing import Any

from zoneviz.hurd import ids
from zoneviz.hurd.condition import Condition, condition_broadcast, condition_wait
from zoneviz.hurd.cthreads import Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Server, new_port
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_object import COPY_SEND, MAKE_SEND, MOVE_SEND


class Auth:
    """Who waits: `brought` maps a rendezvous (auth's name for it) to the port that the server brought, `came` to the user."""

    def __init__(self) -> None:
        self.brought: dict[int, int] = {}
        self.came: set[int] = set()
        self.met = Condition("auth rendezvous")

    def user(self, server: Server, message: Message) -> Steps:
        """auth_user_authenticate: waits for the server, and takes the port that it brought."""
        where = message.rights[0]
        yield from mutex_lock(server.lock)
        self.came.add(where)
        yield condition_broadcast(self.met)
        while where not in self.brought:
            yield from condition_wait(self.met, server.lock)
        port = self.brought.pop(where)
        yield mutex_unlock(server.lock)
        yield traps.port_deallocate(server.me, where)
        return ((port, MOVE_SEND),), None

    def server(self, server: Server, message: Message) -> Steps:
        """auth_server_authenticate: waits for the user, and leaves the new port for it."""
        where, port = message.rights
        yield from mutex_lock(server.lock)
        self.brought[where] = port
        yield condition_broadcast(self.met)
        while where not in self.came:
            yield from condition_wait(self.met, server.lock)
        self.came.discard(where)
        yield mutex_unlock(server.lock)
        yield traps.port_deallocate(server.me, where)
        return (), None

    def handlers(self) -> dict[int, Any]:
        """By msgh_id."""
        return {
            ids.AUTH_USER_AUTHENTICATE: self.user,
            ids.AUTH_SERVER_AUTHENTICATE: self.server,
            ids.AUTH_MAKEAUTH: new_port,
        }


def reauthenticate(me: int, reply: int, auth: int, port: int) -> Steps:
    """The user's side: (error, a port like `port` that its server knows us by)."""
    _, where = yield traps.port_allocate(me)
    kr = yield traps.send(port, ids.IO_REAUTHENTICATE, ids.REQUEST_SIZE, ((where, MAKE_SEND),))
    answer = None
    if not kr:
        kr, answer = yield traps.rpc(auth, ids.AUTH_USER_AUTHENTICATE, ids.REQUEST_SIZE, reply, ((where, MAKE_SEND),))
    yield traps.port_destroy(me, where)
    return kr, answer.rights[0] if not kr and answer is not None else 0


def io_reauthenticate(auth: dict[str, int]) -> Any:
    """A handler for a server whose ports can be re-authenticated; `auth["auth"]`: its name of auth's port."""

    def handler(server: Server, message: Message) -> Steps:
        reply = yield traps.mig_get_reply_port()
        port = yield from server.add_port(no_senders=True)
        where = message.rights[0]
        rights = ((where, COPY_SEND), (port, MAKE_SEND))
        yield traps.rpc(auth["auth"], ids.AUTH_SERVER_AUTHENTICATE, ids.REQUEST_SIZE, reply, rights)
        yield traps.port_deallocate(server.me, where)
        return (), None

    return handler
