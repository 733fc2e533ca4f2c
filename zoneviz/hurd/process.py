"""A process as glibc sees it: what it holds under which name, and how a program starts that was just exec'd.

Everything a process has is a name in its own space; this is only glibc's own notes of them. A child of fork has them under the
same names.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from zoneviz.events import Kind
from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.memory import SMALL, Image, run_in
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_object import MAKE_SEND, MOVE_RECEIVE
from zoneviz.mach.ipc_port import NOTIFY_SEND_ONCE
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_msg import MIG_REPLY_MISMATCH, MIG_SERVER_DIED
from zoneviz.mach.mach_port import RIGHT_RECEIVE
from zoneviz.mach.task import Task
from zoneviz.mach.thread import Program, Thread

FORK, PROCESS_START, PROCESS_EXIT = int(Kind.FORK), int(Kind.PROCESS_START), int(Kind.PROCESS_EXIT)


@dataclass(slots=True)
class Descriptor:
    """An open file: `port` is its io port, `ctty` the port that term_open_ctty gave for it, 0 if it is no terminal."""

    port: int
    ctty: int = 0
    terminal: bool = False


@dataclass(slots=True)
class Process:
    """Names in its own space. `ports`: the init ports (proc, auth, crdir, cwdir, cttyid) and the dead bootstrap port.

    `reply` and `signal_reply`: the MIG reply ports of its two threads; `forward`: forward_sigexc.
    """

    image: Image = SMALL
    pid: int = 0
    depth: int = 0
    me: int = 0
    reply: int = 0
    signal_reply: int = 0
    message_port: int = 0
    forward: int = 0
    ports: dict[str, int] = field(default_factory=dict)
    descriptors: list[Descriptor] = field(default_factory=list)

    @property
    def proc(self) -> int:
        """Its port at the proc server."""
        return self.ports["proc"]

    def copy(self) -> "Process":
        """What its child of fork notes."""
        return Process(
            self.image,
            self.pid,
            self.depth + 1,
            self.me,
            self.reply,
            self.signal_reply,
            self.message_port,
            self.forward,
            dict(self.ports),
            [Descriptor(d.port, d.ctty, d.terminal) for d in self.descriptors],
        )

    def call(
        self, port: int, msgh_id: int, rights: tuple[tuple[int, int], ...] = (), body: Any = None, size: int = ids.REQUEST_SIZE
    ) -> Steps:
        """An RPC to a server: (mach_msg_return or the server's error, Message or None)."""
        kr, answer = yield traps.rpc(port, msgh_id, size, self.reply, rights, body)
        if not kr and answer.msgh_id != msgh_id + 100:
            # A notification that nobody will answer, or an answer to another request: MIG's stubs look at the number [S].
            kr, answer = (MIG_SERVER_DIED if answer.msgh_id == NOTIFY_SEND_ONCE else MIG_REPLY_MISMATCH), None
        if kr:
            yield from self.mig_dealloc_reply_port()
        elif isinstance(answer.body, ids.Failed):
            return answer.body.error, answer
        return kr, answer

    def mig_dealloc_reply_port(self) -> Steps:
        """After an RPC that failed the reply port goes (glibc's mig-reply.c) [S], so that what still comes to it reaches no later call.

        That a stub does so also when the number is wrong is an estimate [I].
        """
        old, self.reply = self.reply, 0
        yield own_reply_port, 0
        yield traps.port_mod_refs(self.me, old, RIGHT_RECEIVE, -1)
        self.reply = yield traps.mig_get_reply_port()

    def ask(self, port: int, msgh_id: int, rights: tuple[tuple[int, int], ...] = (), body: Any = None) -> Steps:
        """An RPC that is answered with a port: (error, its name)."""
        kr, answer = yield from self.call(port, msgh_id, rights, body)
        found = answer.rights[0] if not kr and answer.rights else 0
        return kr if found or kr else KERN_RESOURCE_SHORTAGE, found


Body = Callable[[Process], Steps]
"""What a program does once it has started; it exits when that returns."""


def started(k: Kernel, thread: Thread, pid: int) -> None:
    """Count a process that runs now, once for its task; its end is told when its task ends."""
    if k.task_id in k.pids:
        return
    if not k.pids:
        k.task_ended.append(partial(ended, k))
    k.pids[k.task_id] = pid
    k.processes += 1
    k.tell((PROCESS_START, k.time, k.task_id, k.thread_id, k.path, pid, 0, 0, k.task_id))


def ended(k: Kernel, task: Task) -> None:
    """A task has ended: if a process ran in it, it has exited."""
    pid = k.pids.pop(task.id, None)
    if pid is not None:
        k.processes -= 1
        k.tell((PROCESS_EXIT, k.time, k.task_id, k.thread_id, k.path, pid, 0, 0, task.id))


def running_as(k: Kernel, thread: Thread, frame: str) -> None:
    """From here on the thread's call paths begin with `frame`."""
    thread.path = k.paths[0, frame]


def own_reply_port(k: Kernel, thread: Thread, name: int) -> None:
    """A thread's MIG reply port is the one its memory says: a child of fork goes on with the inherited one."""
    thread.reply_port = name


def signal_thread(p: Process) -> Program:
    """The signal thread: takes requests to the message port. A signal's default action ends the process."""
    yield traps.touch(p.image.signal_stack)
    if p.signal_reply:
        yield (own_reply_port, p.signal_reply)
    p.signal_reply = yield traps.mig_get_reply_port()
    while True:
        kr, message = yield traps.receive(p.message_port)
        if kr:
            continue
        if message.reply:
            yield traps.send(message.reply, message.msgh_id + 100, ids.REPLY_SIZE)
        if message.msgh_id == ids.MSG_SIG_POST:
            yield traps.rpc(p.proc, ids.PROC_MARK_EXIT, ids.REQUEST_SIZE, p.signal_reply, (), message.body)
            yield traps.task_terminate(p.me)


def crt_start(image: Image, body: Body) -> Program:
    """The first thread of an exec'd program: its ports from exec, its signal thread, then the program itself."""
    p = Process(image)
    yield (running_as, image.name)
    yield from run_in(image)
    p.me = yield traps.task_self()
    yield traps.thread_self()
    p.reply = yield traps.mig_get_reply_port()
    _, boot = yield traps.task_get_special_port(p.me, "bootstrap")
    kr, answer = yield traps.rpc(boot, ids.EXEC_STARTUP_GET_INFO, ids.REQUEST_SIZE, p.reply)
    if kr:
        yield traps.task_terminate(p.me)
    take_ports(p, answer)
    p.ports["bootstrap"] = boot
    yield from start_signals(p)
    _, thread = yield traps.thread_create(p.me, "signal thread")
    yield traps.thread_set_state(thread, signal_thread(p), image.signal_stack)
    yield traps.thread_resume(thread)
    yield traps.thread_switch()  # what a program reads from the disk first gives the signal thread time enough to come up [I]
    kr, answer = yield from p.call(p.proc, ids.PROC_GETPIDS)
    p.pid = answer.body if not kr else 0
    yield (started, p.pid)
    yield from open_cttys(p)
    yield from body(p)
    yield from exit_process(p, 0)
    return None


def take_ports(p: Process, startup: Message) -> None:
    """What exec_startup_get_info brought: the init ports by name, then one right a descriptor."""
    which, terminals = startup.body
    for name, port in zip(which, startup.rights, strict=False):
        p.ports[name] = port
    p.descriptors = [Descriptor(port, 0, tty) for port, tty in zip(startup.rights[len(which) :], terminals, strict=True)]


def start_signals(p: Process) -> Steps:
    """The message port, made known to proc, and a fresh pair of signal ports."""
    _, p.message_port = yield traps.port_allocate(p.me)
    yield traps.port_insert_right(p.me, p.message_port, p.message_port, MAKE_SEND)
    yield from p.call(p.proc, ids.PROC_SETMSGPORT, ((p.message_port, MAKE_SEND),))
    yield from hurdsig_fault_init(p)


def hurdsig_fault_init(p: Process) -> Steps:
    """_hurdsig_fault_init: sigexc goes to proc; forward_sigexc is new, an inherited one stays behind [S]."""
    _, sigexc = yield traps.port_allocate(p.me)
    _, p.forward = yield traps.port_allocate(p.me)
    yield from p.call(p.proc, ids.PROC_HANDLE_EXCEPTIONS, ((sigexc, MOVE_RECEIVE),))


def open_cttys(p: Process) -> Steps:
    """Each descriptor on a terminal gets a port from term that knows this process."""
    for d in p.descriptors:
        if d.ctty:
            yield traps.port_deallocate(p.me, d.ctty)
            d.ctty = 0
        if d.terminal:
            _, d.ctty = yield from p.ask(d.port, ids.TERM_OPEN_CTTY)


def exit_process(p: Process, status: int) -> Steps:
    """_exit(): tell proc how it ended, then end the task; the kernel does the rest."""
    yield from p.call(p.proc, ids.PROC_MARK_EXIT, (), status)
    yield traps.task_terminate(p.me)


def wait(p: Process) -> Steps:
    """wait(): the pid of a child that has ended, or minus the error. It keeps one of proc's threads until then."""
    kr, answer = yield from p.call(p.proc, ids.PROC_WAIT)
    return -kr if kr else answer.body


def kill(p: Process, pid: int) -> Steps:
    """kill() with SIGKILL: ends the task of a process. An error."""
    kr, task = yield from p.ask(p.proc, ids.PROC_PID2TASK, (), pid)
    if not kr:
        yield traps.task_terminate(task)
        yield traps.port_deallocate(p.me, task)
    return kr


def wait_for_ever(p: Process) -> Steps:
    """pause(): a receive on a port that nobody sends to."""
    _, port = yield traps.port_allocate(p.me)
    while True:
        yield traps.receive(port)
