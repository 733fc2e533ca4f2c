"""The auth server: proves the identity of a user to a server, at a rendezvous port.

The RPCs of the user and of the server both block in auth until the other one arrives [S]; each occupies a thread of auth.
"""

from typing import Any

from zoneviz.hurd import ids, mig
from zoneviz.hurd.condition import Condition, condition_broadcast, condition_wait
from zoneviz.hurd.cthreads import Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Server, new_port
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.message import COPY_SEND, MAKE_SEND, MOVE_SEND


class Auth:
    """The open rendezvous, by auth's name for the rendezvous port.

    `server_ports`: the ports that servers passed for their users. `users`: the rendezvous at which a user has arrived.
    """

    def __init__(self) -> None:
        self.server_ports: dict[int, int] = {}
        self.users: set[int] = set()
        self.arrival = Condition("auth rendezvous")

    def user(self, server: Server, message: Message) -> Steps:
        """auth_user_authenticate: wait for the server; the reply carries the port that it passed."""
        where = message.rights[0]
        yield from mutex_lock(server.lock)
        self.users.add(where)
        yield condition_broadcast(self.arrival)
        while where not in self.server_ports:
            yield from condition_wait(self.arrival, server.lock)
        port = self.server_ports.pop(where)
        yield mutex_unlock(server.lock)
        yield traps.port_deallocate(server.me, where)
        return ((port, MOVE_SEND),), None

    def server(self, server: Server, message: Message) -> Steps:
        """auth_server_authenticate: pass the new port for the user, and wait for the user."""
        where, port = message.rights
        yield from mutex_lock(server.lock)
        self.server_ports[where] = port
        yield condition_broadcast(self.arrival)
        while where not in self.users:
            yield from condition_wait(self.arrival, server.lock)
        self.users.discard(where)
        yield mutex_unlock(server.lock)
        yield traps.port_deallocate(server.me, where)
        return (), None

    def handlers(self) -> dict[int, Any]:
        """The handlers by msgh_id."""
        return {
            ids.AUTH_USER_AUTHENTICATE: self.user,
            ids.AUTH_SERVER_AUTHENTICATE: self.server,
            ids.AUTH_MAKEAUTH: new_port,
        }


class AuthServer(Server):
    """The server. Its handlers send their replies by MIG's stubs: one that cannot be sent is not destroyed (leak `reply`) [S]."""

    def __init__(self, policy: str) -> None:
        super().__init__("auth", policy)
        self.handlers = Auth().handlers()

    def destroy_reply(self, to: int, rights: tuple[tuple[int, int], ...]) -> Steps:
        """Drop the rights of a reply that cannot be sent, unless the leak is present."""
        if "reply" not in self.leaks:
            yield from super().destroy_reply(to, rights)


def reauthenticate(me: int, auth: int, port: int) -> Steps:
    """The user's side: (error, a new port for `port` that carries the user's identity)."""
    _, where = yield traps.port_allocate(me)
    kr = yield traps.send(port, ids.IO_REAUTHENTICATE, ids.REQUEST_SIZE, ((where, MAKE_SEND),))
    answer = None
    if not kr:
        kr, answer = yield from mig.rpc(auth, ids.AUTH_USER_AUTHENTICATE, ((where, MAKE_SEND),))
    yield traps.port_destroy(me, where)
    return kr, answer.rights[0] if not kr and answer is not None else 0


def io_reauthenticate(auth: dict[str, int]) -> Any:
    """The handler of io_reauthenticate for a server. `auth["auth"]`: its name of auth's port."""

    def handler(server: Server, message: Message) -> Steps:
        port = yield from server.add_port(no_senders=True)
        where = message.rights[0]
        rights = ((where, COPY_SEND), (port, MAKE_SEND))
        yield from mig.rpc(auth["auth"], ids.AUTH_SERVER_AUTHENTICATE, rights)
        yield traps.port_deallocate(server.me, where)
        return (), None

    return handler
