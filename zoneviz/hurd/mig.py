"""An RPC to a server as MIG's user stubs make it, on the reply port of the thread [S: MIG's user.c, glibc's mach/mig-reply.c]."""

from typing import TYPE_CHECKING, Any

from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.ids import REQUEST_SIZE, Failed
from zoneviz.mach.ipc_kobject import mig_dealloc_reply_port, mig_get_reply_port
from zoneviz.mach.ipc_port import NOTIFY_SEND_ONCE
from zoneviz.mach.mach_msg import MIG_REPLY_MISMATCH, MIG_SERVER_DIED, mach_msg

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread


def rpc(port: int, msgh_id: int, rights: tuple[tuple[int, int], ...] = (), body: Any = None, size: int = REQUEST_SIZE) -> Steps:
    """(mach_msg_return or the server's error, Message; None if no reply to this request arrived).

    MIG_SERVER_DIED: the right to reply was destroyed. That happens if the server dies, and also if it has no room for that right.
    After an error of the message the reply port is destroyed; that this holds after a wrong message too is inferred [I].
    """
    kr, answer = yield _rpc, port, msgh_id, size, rights, body
    if not kr and answer.msgh_id != msgh_id + 100:
        kr = MIG_SERVER_DIED if answer.msgh_id == NOTIFY_SEND_ONCE else MIG_REPLY_MISMATCH
    if kr:
        yield (mig_dealloc_reply_port,)
        return kr, None
    return answer.body.error if isinstance(answer.body, Failed) else 0, answer


def _rpc(k: "Kernel", thread: "Thread", port: int, msgh_id: int, size: int, rights: tuple[tuple[int, int], ...], body: Any) -> object:
    reply = mig_get_reply_port(k, thread)
    return mach_msg(k, thread, port, msgh_id, size, reply, reply, rights, body)
