"""libports: ports with their counts, and the loop of ports_manage_port_operations_multithread.

What one message takes of `_ports_lock`, one mutex for all buckets of a task, is as in the tree of 2007-04-07 [S]: look the port
up, begin the RPC, check for cancellation, end the RPC, drop the reference; a no-senders notification looks up again, compares
the make-send count, interrupts twice and drops two references. The drop that reaches zero destroys the receive right, an RPC to
the kernel, with the lock held. When threads are made, and how many, is the policy's affair (policies.py).
"""

from collections.abc import Callable
from typing import Any

from zoneviz.hurd.cthreads import Mutex, Steps, cthread_fork, cthread_init, mutex_lock, mutex_unlock
from zoneviz.hurd.policies import Loop, Policy, policy_of
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_object import MAKE_SEND
from zoneviz.mach.ipc_port import NOTIFY_NO_SENDERS
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_msg import MACH_RCV_TIMED_OUT
from zoneviz.mach.mach_port import RIGHT_PORT_SET, RIGHT_RECEIVE
from zoneviz.mach.task import Task
from zoneviz.mach.thread import Thread

REPLY_SIZE = 40  # bytes of a short reply [I]
SERVICE = 500  # ns of a handler's own computing: with its calls a notification takes the 11 microseconds that were counted [M]

Answer = tuple[tuple[tuple[int, int], ...], Any]
"""What a handler answers with: ((name, disposition), ...) rights, and a body."""
Handler = Callable[["Server", Message], Steps]
Clean = Callable[["Server", int], Steps]
"""A class's clean routine, run when a port's last reference is gone, with its name and no lock held."""


class PortInfo:
    """struct port_info: `refs`, whether `senders` hold one of them, the make-send count libports knows, what to do at the end."""

    __slots__ = ("clean", "mscount", "refs", "senders")

    def __init__(self, senders: bool, clean: Clean | None) -> None:
        self.refs = 1
        self.senders = senders
        self.mscount = 1 if senders else 0
        self.clean = clean


class Server:
    """A server task: its loops, `_ports_lock` and one lock of the server's own.

    `handlers`: by msgh_id. `port`: the name of its first port. The first loop is that of the main thread; `loops` may get
    others, each begun by a thread that `serve` makes. `service`: ns of its own computing for the next message; chance enters here.
    """

    def __init__(self, name: str, policy: str) -> None:
        self.name = name
        self.policy: Policy = policy_of(policy)
        self.ports_lock = Mutex("_ports_lock")
        self.lock = Mutex(f"{name}'s lock")
        self.handlers: dict[int, Handler] = {}
        self.ports: dict[int, PortInfo] = {}
        self.loops = [Loop(f"{name} worker")]
        self.service: Callable[[], int] = lambda: SERVICE
        self.me = self.port = 0
        self.task: Task | None = None  # for who watches; the server itself knows only names

    @property
    def bucket(self) -> int:
        """The name of the first loop's port set."""
        return self.loops[0].bucket

    @property
    def nreqthreads(self) -> int:
        """Listening threads of the first loop."""
        return self.loops[0].nreqthreads

    @property
    def totalthreads(self) -> int:
        """Threads of the first loop."""
        return self.loops[0].totalthreads

    def start(self) -> Steps:
        """What the main thread of a task that is only this server does."""
        self.me = yield traps.task_self()
        yield traps.mig_get_reply_port()
        yield from self.open_bucket()
        yield from self.serve()

    def open_bucket(self) -> Steps:
        """The buckets, and the server's first port."""
        yield cthread_init()
        yield _watched, self
        for loop in self.loops:
            _, loop.bucket = yield traps.port_allocate(self.me, RIGHT_PORT_SET)
        self.port = yield from self.add_port(no_senders=False)

    def serve(self) -> Steps:
        """The loops, the first in this thread; for ever."""
        for loop in self.loops:
            for _ in range(self.policy.workers_at_start - 1):
                loop.totalthreads += 1
                loop.nreqthreads += 1
                yield from cthread_fork(self.me, self.loop(loop), loop.worker)
            loop.peak = loop.totalthreads
        for loop in self.loops[1:]:
            yield from cthread_fork(self.me, self.loop(loop), loop.worker)
        yield from self.loop(self.loops[0])

    def add_port(self, no_senders: bool, clean: Clean | None = None, loop: int = 0) -> Steps:
        """ports_create_port: a receive right in a bucket; its name, 0 if there is no room for one.

        `no_senders`: it goes when nobody holds a send right.
        """
        kr, port = yield traps.port_allocate(self.me)
        if kr:
            return 0
        yield traps.port_move_member(self.me, port, self.loops[loop].bucket)
        yield from self.take_lock()
        self.ports[port] = PortInfo(no_senders, clean)
        if no_senders:
            yield traps.port_request_notification(self.me, port, NOTIFY_NO_SENDERS, port, 1)
        return port

    def take_lock(self) -> Steps:
        """`_ports_lock`, taken and let go: a look at a table."""
        yield from mutex_lock(self.ports_lock)
        yield mutex_unlock(self.ports_lock)

    def loop(self, loop: Loop) -> Steps:
        """thread_function: receive, make a thread if the policy wants one, handle, answer."""
        yield from self.policy.begin(loop)
        timeout = self.policy.timeout
        answer: tuple[int, int, Answer] | None = None
        while True:
            if answer is None:
                kr, message = yield traps.receive(loop.bucket, timeout)
            else:
                to, msgh_id, (rights, body) = answer
                kr, message = yield traps.reply_and_receive(to, msgh_id, REPLY_SIZE, loop.bucket, rights, body)
            answer = None
            if kr:
                if kr == MACH_RCV_TIMED_OUT and loop.nreqthreads > 1:
                    loop.nreqthreads -= 1
                    loop.totalthreads -= 1
                    return
                continue
            yield from self.count_out(loop)
            answer = yield from self.handle(message)
            loop.nreqthreads += 1

    def count_out(self, loop: Loop) -> Steps:
        """One listener less; the last one makes a new one, if the policy lets it, before it does anything else."""
        loop.nreqthreads -= 1
        if loop.nreqthreads or not self.policy.may_fork(loop):
            return
        loop.totalthreads += 1
        loop.nreqthreads += 1
        loop.peak = max(loop.peak, loop.totalthreads)
        # A failure is not looked at: the counters then speak of a thread that is not there [S].
        yield from cthread_fork(self.me, self.loop(loop), loop.worker)

    def handle(self, message: Message) -> Steps:
        """ports' internal demuxer: look up, begin, check for cancellation, demultiplex, end, drop."""
        lock = self.ports_lock
        yield from mutex_lock(lock)
        info = self.ports.get(message.local)
        if info is not None:
            info.refs += 1
        yield mutex_unlock(lock)
        for _ in range(2):
            yield from mutex_lock(lock)
            yield mutex_unlock(lock)
        yield traps.compute(self.service())
        answer: Answer = ((), None)
        handler = self.handlers.get(message.msgh_id)
        if handler is not None:
            answer = yield from handler(self, message)
        elif message.msgh_id == NOTIFY_NO_SENDERS:
            yield from self.no_senders(message)
        yield from mutex_lock(lock)
        yield mutex_unlock(lock)
        if info is not None:
            yield from self.deref(message.local)
        return (message.reply, message.msgh_id + 100, answer) if message.reply else None

    def no_senders(self, message: Message) -> Steps:
        """ports_do_mach_notify_no_senders: nobody holds a send right, unless one was made since."""
        name, lock = message.local, self.ports_lock
        yield from mutex_lock(lock)
        info = self.ports.get(name)
        yield mutex_unlock(lock)
        if info is None:
            return
        info.refs += 1
        yield from mutex_lock(lock)
        gone = info.senders and message.body >= info.mscount
        if gone:
            info.senders = False
        yield mutex_unlock(lock)
        if not gone and info.senders:
            yield traps.port_request_notification(self.me, name, NOTIFY_NO_SENDERS, name, info.mscount)
        for _ in range(2):  # interrupt notified RPCs, interrupt RPCs
            yield from mutex_lock(lock)
            yield mutex_unlock(lock)
        if gone:
            yield from self.deref(name)
        yield from self.deref(name)

    def deref(self, name: int) -> Steps:
        """ports_port_deref: the last reference takes the receive right with it, across an RPC with the lock held [S]."""
        lock = self.ports_lock
        yield from mutex_lock(lock)
        info = self.ports.get(name)
        if info is None:
            yield mutex_unlock(lock)
            return
        info.refs -= 1
        if info.refs:
            yield mutex_unlock(lock)
            return
        del self.ports[name]
        yield traps.port_mod_refs(self.me, name, RIGHT_RECEIVE, -1)
        yield mutex_unlock(lock)
        if info.clean is not None:
            yield from info.clean(self, name)


def _watched(k: Kernel, thread: Thread, server: Server) -> None:
    """Remember which task this server is."""
    server.task = thread.task


def answer_with(port: int) -> Answer:
    """A right to `port`, or the error if there was no room for it."""
    return (((port, MAKE_SEND),), None) if port else ((), KERN_RESOURCE_SHORTAGE)


def new_port(server: Server, message: Message) -> Steps:
    """A handler: make a port with a no-senders request and answer with a send right to it (term_open_ctty and kin)."""
    yield from mutex_lock(server.lock)
    port = yield from server.add_port(no_senders=True)
    yield mutex_unlock(server.lock)
    return answer_with(port)


def acknowledge(server: Server, message: Message) -> Steps:
    """A handler: take the server's lock for a moment and say yes."""
    yield from mutex_lock(server.lock)
    yield mutex_unlock(server.lock)
    return (), None
