"""pflocal: sockets and addresses are ports. An address made by a call keeps a reference that is never dropped (leak `address`) [S]."""

from typing import Any

from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.libports import Server, new_port
from zoneviz.mach.ipc_kmsg import Message


def new_address(server: Server, message: Message) -> Steps:
    """S_socket_fabricate_address, S_socket_name: reply with the port of a new address."""
    answer = yield from new_port(server, message)
    rights, _ = answer
    if rights and "address" in server.leaks:
        server.ports[rights[0][0]].refs += 1
    return answer


def handlers() -> dict[int, Any]:
    """The handlers by msgh_id."""
    return {ids.SOCKET_CREATE: new_port, ids.SOCKET_NAME: new_address, ids.SOCKET_FABRICATE_ADDRESS: new_address}
