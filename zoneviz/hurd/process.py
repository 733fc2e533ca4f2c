"""A process as glibc sees it: the names of its ports, and the startup of a program after exec.

The ports themselves are in the task's space; a Process only notes their names. A child of fork has them under the same names.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from zoneviz.hurd import ids, mig
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.memory import SMALL, Image, run_in
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.kinds import PROCESS_EXIT, PROCESS_START
from zoneviz.mach.limits import set_user
from zoneviz.mach.mach_port import RIGHT_RECEIVE
from zoneviz.mach.message import MAKE_SEND, MOVE_RECEIVE
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.task import Task
from zoneviz.mach.thread import Program, Thread

SIGABRT = 6  # signal.h [S]


@dataclass(slots=True)
class Descriptor:
    """An open file. `port`: its io port. `ctty`: the port from term_open_ctty, 0 if it is not a terminal."""

    port: int
    ctty: int = 0
    terminal: bool = False


@dataclass(slots=True)
class Process:
    """Names in the space of a process. `ports`: the init ports (proc, auth, crdir, cwdir, cttyid) and the dead bootstrap port.

    `thread`, `signal_thread`: its two threads. `reply`, `signal_reply`: their MIG reply ports. `forward`: forward_sigexc.
    `uid`: its user. `leaks`: those of its libc and its system (leaks.py).
    """

    image: Image = SMALL
    pid: int = 0
    depth: int = 0
    me: int = 0
    thread: int = 0
    signal_thread: int = 0
    reply: int = 0
    signal_reply: int = 0
    message_port: int = 0
    forward: int = 0
    uid: int = 0
    leaks: frozenset[str] = frozenset()
    ports: dict[str, int] = field(default_factory=dict)
    descriptors: list[Descriptor] = field(default_factory=list)

    @property
    def proc(self) -> int:
        """The name of its port at the proc server."""
        return self.ports["proc"]

    def copy(self) -> "Process":
        """The notes of its child after fork."""
        return replace(self, depth=self.depth + 1, ports=dict(self.ports), descriptors=[replace(d) for d in self.descriptors])

    def call(
        self, port: int, msgh_id: int, rights: tuple[tuple[int, int], ...] = (), body: Any = None, size: int = ids.REQUEST_SIZE
    ) -> Steps:
        """An RPC to a server: (mach_msg_return or the server's error, Message or None). Notes the new reply port after an error."""
        kr, answer = yield from mig.rpc(port, msgh_id, rights, body, size)
        if answer is None:
            self.reply = yield traps.mig_get_reply_port()
        return kr, answer

    def ask(self, port: int, msgh_id: int, rights: tuple[tuple[int, int], ...] = (), body: Any = None) -> Steps:
        """An RPC whose reply carries a port: (error, its name)."""
        kr, answer = yield from self.call(port, msgh_id, rights, body)
        found = answer.rights[0] if not kr and answer.rights else 0
        return kr if found or kr else KERN_RESOURCE_SHORTAGE, found


Body = Callable[[Process], Steps]
"""The program after its startup. The process exits when it returns, and when it raises Aborted."""


class Aborted(Exception):
    """The process aborted, because a call failed with `error` that libc did not expect."""

    def __init__(self, error: int) -> None:
        super().__init__(f"aborted with error {error}")
        self.error = error


def run_body(p: Process, body: Body) -> Steps:
    """Run `body`, then exit; if it aborts, exit with SIGABRT."""
    try:
        yield from body(p)
    except Aborted:
        yield from exit_process(p, SIGABRT)
    yield from exit_process(p, 0)


def started(k: Kernel, thread: Thread, pid: int) -> None:
    """A trap: count a process that started and record it, once for each task. `ended` records its exit."""
    if k.task_id in k.pids:
        return
    if not k.pids:
        k.task_ended.append(partial(ended, k))
    k.pids[k.task_id] = pid
    k.processes += 1
    k.tell((PROCESS_START, k.time, k.task_id, k.thread_id, k.path.id, pid, 0, 0, k.task_id))


def ended(k: Kernel, task: Task) -> None:
    """Record the exit of the process in a task that ended, if there was one."""
    pid = k.pids.pop(task.id, None)
    if pid is not None:
        k.processes -= 1
        k.tell((PROCESS_EXIT, k.time, k.task_id, k.thread_id, k.path.id, pid, 0, 0, task.id))


def running_as(k: Kernel, thread: Thread, frame: str) -> None:
    """A trap: let the call paths of the thread begin with `frame` from now on."""
    thread.path = k.root[frame]


def own_reply_port(k: Kernel, thread: Thread, name: int) -> None:
    """A trap: set the MIG reply port of the thread. A child of fork uses the name that it inherited."""
    thread.reply_port = name


def signal_thread(p: Process) -> Program:
    """The signal thread: serves the message port. A signal other than SIGCHLD, which is ignored, terminates the process.

    Besides the top page of its stack it touches a request and a reply buffer there, a page each (`__mach_msg_server`) [S].
    """
    stack = p.image.signal_stack
    yield traps.touch(stack)
    if p.signal_reply:
        yield (own_reply_port, p.signal_reply)
    p.signal_reply = yield traps.mig_get_reply_port()
    while True:
        kr, message = yield traps.receive(p.message_port)
        yield traps.touch(stack, PAGE if kr else 3 * PAGE)
        if kr:
            continue
        if message.reply:
            yield traps.send(message.reply, message.msgh_id + 100, ids.REPLY_SIZE)
        for task in message.rights:
            yield traps.port_deallocate(p.me, task)
        if message.msgh_id == ids.MSG_SIG_POST and message.body != ids.SIGCHLD:
            yield traps.rpc(p.proc, ids.PROC_MARK_EXIT, ids.REQUEST_SIZE, p.signal_reply, (), message.body)
            yield traps.task_terminate(p.me)


def crt_start(p: Process, body: Body) -> Program:
    """The first thread after exec: get the ports from the exec server, start the signal thread, run `body`."""
    yield (running_as, p.image.name)
    yield from run_in(p.image)
    p.me = yield traps.task_self()
    p.thread = yield traps.thread_self()
    p.reply = yield traps.mig_get_reply_port()
    _, boot = yield traps.task_get_special_port(p.me, "bootstrap")
    kr, answer = yield traps.rpc(boot, ids.EXEC_STARTUP_GET_INFO, ids.REQUEST_SIZE, p.reply)
    if kr:
        yield traps.task_terminate(p.me)
    take_ports(p, answer)
    p.ports["bootstrap"] = boot
    yield from start_signals(p)
    _, p.signal_thread = yield traps.thread_create(p.me, "signal thread")
    yield traps.thread_set_state(p.signal_thread, signal_thread(p), p.image.signal_stack)
    yield traps.thread_resume(p.signal_thread)
    yield traps.thread_switch()  # the signal thread comes up while the program reads from the disk [I]
    kr, answer = yield from p.call(p.proc, ids.PROC_GETPIDS)
    p.pid = answer.body if not kr else 0
    yield (started, p.pid)
    if p.uid:
        yield (set_user, p.uid)
    yield from open_cttys(p)
    yield from run_body(p, body)
    return None


def take_ports(p: Process, startup: Message) -> None:
    """Note the rights in the reply of exec_startup_get_info: the init ports, then one for each descriptor."""
    which, terminals = startup.body
    for name, port in zip(which, startup.rights, strict=False):
        p.ports[name] = port
    p.descriptors = [Descriptor(port, 0, tty) for port, tty in zip(startup.rights[len(which) :], terminals, strict=True)]


def start_signals(p: Process) -> Steps:
    """Allocate the message port, register it with proc, let it receive exceptions, and allocate the signal ports."""
    _, p.message_port = yield traps.port_allocate(p.me)
    yield traps.port_insert_right(p.me, p.message_port, p.message_port, MAKE_SEND)
    yield from p.call(p.proc, ids.PROC_SETMSGPORT, ((p.message_port, MAKE_SEND),))
    yield traps.task_set_special_port(p.me, "exception", p.message_port)
    yield from hurdsig_fault_init(p)


def hurdsig_fault_init(p: Process) -> Steps:
    """_hurdsig_fault_init: give sigexc to proc and allocate forward_sigexc. An inherited one stays (leak `sigexc`) [S]."""
    if p.forward and "sigexc" not in p.leaks:
        yield traps.port_mod_refs(p.me, p.forward, RIGHT_RECEIVE, -1)
    _, sigexc = yield traps.port_allocate(p.me)
    _, p.forward = yield traps.port_allocate(p.me)
    yield from p.call(p.proc, ids.PROC_HANDLE_EXCEPTIONS, ((sigexc, MOVE_RECEIVE), (p.forward, MAKE_SEND)))


def open_cttys(p: Process) -> Steps:
    """Get a port from term for each descriptor that is a terminal."""
    for d in p.descriptors:
        if d.ctty:
            yield traps.port_deallocate(p.me, d.ctty)
            d.ctty = 0
        if d.terminal:
            _, d.ctty = yield from p.ask(d.port, ids.TERM_OPEN_CTTY)


def exit_process(p: Process, status: int) -> Steps:
    """_exit(): report the status to proc and terminate the task."""
    yield from p.call(p.proc, ids.PROC_MARK_EXIT, (), status)
    yield traps.task_terminate(p.me)


def wait(p: Process) -> Steps:
    """wait(): the pid of a dead child, or minus the error. Occupies a thread of proc meanwhile."""
    kr, answer = yield from p.call(p.proc, ids.PROC_WAIT)
    return -kr if kr else answer.body


def kill(p: Process, pid: int) -> Steps:
    """kill() with SIGKILL: terminate the task of a process. An error."""
    kr, task = yield from p.ask(p.proc, ids.PROC_PID2TASK, (), pid)
    if not kr:
        yield traps.task_terminate(task)
        yield traps.port_deallocate(p.me, task)
    return kr


def wait_for_ever(p: Process) -> Steps:
    """pause(): receive on an unused port."""
    _, port = yield traps.port_allocate(p.me)
    while True:
        yield traps.receive(port)
