"""libports: the loop of ports_manage_port_operations_multithread, and ports with no-senders notifications.

A thread that takes a message counts itself out of the listeners; if it was the last, it makes another thread first. No
time-outs: workers never exit. With the policy "throttle" (k0ro's thread-throttle.patch) there is a cap and a delay [S].
"""

from collections.abc import Callable
from typing import Any

from zoneviz.hurd.cthreads import Mutex, Steps, cthread_fork, mutex_lock, mutex_unlock
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_port import NOTIFY_NO_SENDERS
from zoneviz.mach.mach_msg import MAKE_SEND
from zoneviz.mach.mach_port import RIGHT_PORT_SET

THREAD_MAX = 250  # k0ro's patch: a new thread only up to so many [S]
THREAD_DELAY = 64  # from so many on a new thread first sleeps [S]
DELAY = 2_000_000_000  # for so many ns [S]
REPLY_SIZE = 40  # bytes of a short reply [I]
SERVICE = 4_000  # ns of a handler's own computing, apart from its calls [I]

Answer = tuple[tuple[tuple[int, int], ...], Any]
"""What a handler answers with: ((name, disposition), ...) rights, and a body."""
Handler = Callable[["Server", Message], Steps]


class Server:
    """A server task: one port bucket, its threads, `_ports_lock` and one lock of the server's own.

    `nreqthreads`: threads that listen; `totalthreads`: all. `handlers`: by msgh_id. `port`: the name of its first port.
    """

    def __init__(self, name: str, policy: str) -> None:
        self.name, self.policy = name, policy
        self.nreqthreads = self.totalthreads = 1
        self.ports_lock = Mutex("_ports_lock")
        self.lock = Mutex(f"{name}'s lock")
        self.handlers: dict[int, Handler] = {}
        self.me = self.bucket = self.port = 0

    def start(self) -> Steps:
        """What the main thread does: the bucket, then the loop. The server's own ports are put into it by add_port."""
        self.me = yield traps.task_self()
        yield traps.mig_get_reply_port()
        _, self.bucket = yield traps.port_allocate(self.me, RIGHT_PORT_SET)
        self.port = yield from self.add_port(no_senders=False)
        yield from self.loop(False)

    def add_port(self, no_senders: bool) -> Steps:
        """ports_create_port: a receive right in the bucket; its name."""
        _, port = yield traps.port_allocate(self.me)
        yield traps.port_move_member(self.me, port, self.bucket)
        if no_senders:
            yield traps.port_request_notification(self.me, port, NOTIFY_NO_SENDERS, port, 1)
        return port

    def loop(self, sleep_first: bool) -> Steps:
        """thread_function: receive, make a thread if nobody listens now, handle, answer."""
        if sleep_first:
            yield traps.sleep(DELAY)
        answer: tuple[int, int, Answer] | None = None
        while True:
            if answer is None:
                kr, message = yield traps.receive(self.bucket)
            else:
                to, msgh_id, (rights, body) = answer
                kr, message = yield traps.reply_and_receive(to, msgh_id, REPLY_SIZE, self.bucket, rights, body)
            answer = None
            if kr:
                continue
            yield from self.count_out()
            answer = yield from self.handle(message)
            self.nreqthreads += 1

    def count_out(self) -> Steps:
        """One listener less; the last one makes a new one before it does anything else."""
        self.nreqthreads -= 1
        if self.nreqthreads:
            return
        throttled = self.policy == "throttle"
        if throttled and self.totalthreads > THREAD_MAX:
            return
        self.totalthreads += 1
        self.nreqthreads += 1
        yield from cthread_fork(self.me, self.loop(throttled and self.totalthreads >= THREAD_DELAY), f"{self.name} worker")

    def handle(self, message: Message) -> Steps:
        """Look the port up, begin the RPC, demultiplex, end it: each takes _ports_lock for a moment."""
        for _ in range(2):
            yield from mutex_lock(self.ports_lock)
            yield mutex_unlock(self.ports_lock)
        yield traps.compute(SERVICE)
        answer: Answer = ((), None)
        handler = self.handlers.get(message.msgh_id)
        if handler is not None:
            answer = yield from handler(self, message)
        elif message.msgh_id == NOTIFY_NO_SENDERS:
            yield from self.no_senders(message)
        for _ in range(2):
            yield from mutex_lock(self.ports_lock)
            yield mutex_unlock(self.ports_lock)
        return (message.reply, message.msgh_id + 100, answer) if message.reply else None

    def no_senders(self, message: Message) -> Steps:
        """The last reference goes: the receive right is destroyed with _ports_lock held, across an RPC to the kernel [S]."""
        yield from mutex_lock(self.ports_lock)
        yield traps.port_destroy(self.me, message.local)
        yield mutex_unlock(self.ports_lock)


def new_port(server: Server, message: Message) -> Steps:
    """A handler: make a port with a no-senders request and answer with a send right to it (term_open_ctty and kin)."""
    yield from mutex_lock(server.lock)
    port = yield from server.add_port(no_senders=True)
    yield mutex_unlock(server.lock)
    return ((port, MAKE_SEND),), None


def acknowledge(server: Server, message: Message) -> Steps:
    """A handler: take the server's lock for a moment and say yes."""
    yield from mutex_lock(server.lock)
    yield mutex_unlock(server.lock)
    return (), None
