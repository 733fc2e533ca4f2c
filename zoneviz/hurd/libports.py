"""libports: ports with reference counts, and the loop of ports_manage_port_operations_multithread.

`_ports_lock` is one mutex for all buckets of a task. Each message takes it as in the source of 2007-04-07 [S]: look up the port,
begin the RPC, check for cancellation, end the RPC, drop the reference. A no-senders notification looks up again, compares the
make-send count, interrupts twice and drops two references. The drop that reaches zero destroys the receive right, by an RPC to
the kernel, with the lock held. policies.py decides when threads are created, and how many.
"""

from collections.abc import Callable
from typing import Any

from zoneviz.hurd.cprocs import Cthreads
from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.ids import Failed
from zoneviz.hurd.policies import SINGLE, Loop, Policy, policy_of
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_port import NOTIFY_NO_SENDERS
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_port import RIGHT_PORT_SET, RIGHT_RECEIVE
from zoneviz.mach.message import MACH_RCV_TIMED_OUT, MACH_SEND_INVALID_DEST, MAKE_SEND, MOVE_SEND
from zoneviz.mach.profile import Profile
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.task import Task
from zoneviz.mach.thread import Thread

REPLY_SIZE = 40  # bytes of a short reply [I]
BUFFERS = 4 * PAGE  # a request and a reply of two pages each on a worker's stack, __mach_msg_server with max_size 0 [S]
SERVICE = 500  # ns of processor time of a handler; with its calls a notification takes 11 microseconds, as counted [M]

Answer = tuple[tuple[tuple[int, int], ...], Any]
"""The reply of a handler: rights as ((name, disposition), ...), and a body."""
Handler = Callable[["Server", Message], Steps]
Clean = Callable[["Server", int], Steps]
"""The clean routine of a port class: called with the port's name when its last reference is dropped, without a lock."""


class PortInfo:
    """struct port_info. `senders`: whether send rights hold one of the references. `clean`: called when the last one is dropped."""

    __slots__ = ("clean", "mscount", "refs", "senders")

    def __init__(self, senders: bool, clean: Clean | None) -> None:
        self.refs = 1
        self.senders = senders
        self.mscount = 1 if senders else 0
        self.clean = clean


class Server:
    """A server task: its loops, `_ports_lock` and one lock for its own state.

    `handlers`: by msgh_id. `port`: name of its first port. `loops`: the first one is run by the main thread, the others by
    threads that `serve` creates. `service`: ns of processor time for the next message, where randomness enters. `leaks`: those
    that are present (leaks.py).
    """

    def __init__(self, name: str, policy: str) -> None:
        self.name = name
        self.policy: Policy = policy_of(policy)
        self.fixed = policy == SINGLE
        self.threads = Cthreads()
        self.ports_lock = Mutex("_ports_lock")
        self.lock = Mutex(f"{name}'s lock")
        self.handlers: dict[int, Handler] = {}
        self.ports: dict[int, PortInfo] = {}
        self.loops = [Loop(f"{name} worker")]
        self.service: Callable[[], int] = lambda: SERVICE
        self.leaks: frozenset[str] = frozenset()
        self.me = self.port = 0
        self.task: Task | None = None  # for observers; the server uses names only

    @property
    def bucket(self) -> int:
        """The name of the port set of the first loop."""
        return self.loops[0].bucket

    @property
    def nreqthreads(self) -> int:
        """Listening threads of the first loop."""
        return self.loops[0].nreqthreads

    @property
    def totalthreads(self) -> int:
        """Threads of the first loop."""
        return self.loops[0].totalthreads

    def follow(self, profile: Profile) -> None:
        """Take over settings that were switched while the system runs."""
        if not self.fixed:
            self.policy = policy_of(profile.libports)

    def start(self) -> Steps:
        """The main thread of a task that runs nothing but this server."""
        self.me = yield traps.task_self()
        yield traps.mig_get_reply_port()
        yield from self.open_bucket()
        yield from self.serve()

    def open_bucket(self) -> Steps:
        """Allocate the buckets and the first port."""
        yield from self.threads.init(self.me)
        yield _note_task, self
        for loop in self.loops:
            _, loop.bucket = yield traps.port_allocate(self.me, RIGHT_PORT_SET)
        self.port = yield from self.add_port(no_senders=False)

    def serve(self) -> Steps:
        """Run the loops, the first one in this thread. Does not return."""
        for loop in self.loops:
            for _ in range(self.policy.workers_at_start - 1):
                loop.totalthreads += 1
                loop.nreqthreads += 1
                yield from self.create(loop)
            loop.peak = loop.totalthreads
        for loop in self.loops[1:]:
            yield from self.create(loop)
        yield from self.loop(self.loops[0], master=True)

    def add_port(self, no_senders: bool, clean: Clean | None = None, loop: int = 0) -> Steps:
        """ports_create_port: a receive right in the bucket of a loop. Its name; 0 if there is no room.

        `no_senders`: it is destroyed when the last send right is gone.
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
        """Take `_ports_lock` and release it, as for a look-up."""
        yield from mutex_lock(self.ports_lock)
        yield mutex_unlock(self.ports_lock)

    def loop(self, loop: Loop, master: bool = False) -> Steps:
        """thread_function: receive, create a thread if the policy allows it, handle, reply. The master, the main thread, never leaves."""
        yield from self.policy.begin(loop)
        timeout = None if master else self.policy.timeout
        answer: tuple[int, int, Answer] | None = None
        while True:
            if answer is None:
                kr, message = yield traps.receive(loop.bucket, timeout)
            else:
                to, msgh_id, (rights, body) = answer
                kr, message = yield traps.reply_and_receive(to, msgh_id, REPLY_SIZE, loop.bucket, rights, body)
                if kr == MACH_SEND_INVALID_DEST:  # the requester is gone
                    yield from self.destroy_reply(to, rights)
            answer = None
            if kr:
                # mach_msg_server ends at any other error and is called again. The message, if there is one, is neither handled
                # nor destroyed: the names that it brought stay, and its sender waits for ever [S].
                if kr == MACH_RCV_TIMED_OUT and loop.nreqthreads > 1:
                    loop.nreqthreads -= 1
                    loop.totalthreads -= 1
                    return
                continue
            yield from self.count_out(loop)
            answer = yield from self.handle(message)
            loop.nreqthreads += 1

    def create(self, loop: Loop) -> Steps:
        """Create a worker of a loop."""
        yield from self.threads.fork(self.loop(loop), loop.worker, BUFFERS)

    def count_out(self, loop: Loop) -> Steps:
        """Count a listener that got a message. The last one first creates a new one, if the policy allows it."""
        loop.nreqthreads -= 1
        if loop.nreqthreads or not self.policy.may_fork(loop):
            return
        loop.totalthreads += 1
        loop.nreqthreads += 1
        loop.peak = max(loop.peak, loop.totalthreads)
        # A failure is not checked; the counters then include a thread that does not exist [S].
        yield from self.create(loop)

    def handle(self, message: Message) -> Steps:
        """internal_demuxer: handle one message. (reply port, msgh_id, reply), or None if no reply is due."""
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
        if message.reply:
            return message.reply, message.msgh_id + 100, answer
        yield from self.destroy_reply(0, answer[0])
        return None

    def destroy_reply(self, to: int, rights: tuple[tuple[int, int], ...]) -> Steps:
        """mach_msg_destroy on a reply that cannot be sent: drop its rights, and the dead name `to` of its destination."""
        if to:
            yield traps.port_deallocate(self.me, to)
        for name, how in rights:
            if how == MAKE_SEND:  # made and dropped, so that the port gets its no-senders notification
                yield traps.port_insert_right(self.me, name, name, MAKE_SEND)
            if how in (MAKE_SEND, MOVE_SEND):
                yield traps.port_deallocate(self.me, name)

    def no_senders(self, message: Message) -> Steps:
        """ports_do_mach_notify_no_senders: drop the senders' reference, unless a send right was made since."""
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
        """ports_port_deref: drop a reference. The last one destroys the receive right, by an RPC with the lock held [S]."""
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


def _note_task(k: Kernel, thread: Thread, server: Server) -> None:
    """A trap: record the task of a server, which from now on follows switched settings."""
    server.task = thread.task
    k.followers.append(lambda: server.follow(k.profile))
    if k.switched:
        server.follow(k.profile)


def answer_with(port: int) -> Answer:
    """A reply with a send right to `port`; an error if `port` is 0."""
    return (((port, MAKE_SEND),), None) if port else ((), Failed(KERN_RESOURCE_SHORTAGE))


def new_port(server: Server, message: Message) -> Steps:
    """A handler: reply with a new port that has a no-senders request (term_open_ctty, auth_makeauth and others)."""
    yield from mutex_lock(server.lock)
    port = yield from server.add_port(no_senders=True)
    yield mutex_unlock(server.lock)
    return answer_with(port)


def acknowledge(server: Server, message: Message) -> Steps:
    """A handler: take the server's lock, release it, and reply with success."""
    yield from mutex_lock(server.lock)
    yield mutex_unlock(server.lock)
    return (), None
