"""A small running system: the tasks that a process needs around it, made by the first program through Mach calls.

So far: proc and term as servers with libports' loop, and one quiet task that holds the receive rights of all other servers'
ports (auth, the file system, exec). It leaves room for those servers to become tasks of their own.
"""

from zoneviz.hurd import proc, process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.libports import Server, new_port
from zoneviz.hurd.process import CTTY_PORTS, REQUEST_SIZE, TERM_OPEN_CTTY, Process
from zoneviz.mach import traps
from zoneviz.mach.mach_msg import COPY_SEND, MAKE_SEND
from zoneviz.mach.thread import Program

MILLISECOND = 1_000_000
STARTUP_ID = 1  # msgh_id of the message that brings a process its first ports [I]
PLAIN_PORTS = 6  # auth, current directory, root, terminal id, bootstrap, and one port for descriptors 0 to 2 [S]


def spawn(me: int, name: str, program: Program, stack: int) -> Steps:
    """A task with the memory of a small program and a thread that runs `program`; the name of its port."""
    _, task = yield traps.task_create(me, False, name)
    yield from process.map_memory(task)
    _, thread = yield traps.thread_create(task, name)
    yield traps.thread_set_state(thread, program, stack)
    yield traps.thread_resume(thread)
    yield traps.port_deallocate(me, thread)
    return task


def serve(me: int, server: Server) -> Steps:
    """Start a server; the names of a send right to its first port and of its task."""
    task = yield from spawn(me, server.name, server.start(), process.addresses()[process.USER_STACK][0])
    while not server.port:
        yield traps.sleep(10 * MILLISECOND)
    _, port = yield traps.port_extract_right(task, server.port, MAKE_SEND)
    return port, task


def start(me: int, policy: str) -> Steps:
    """Start proc, term and the quiet task; (proc's port, term's port, the quiet task)."""
    proc_port, _ = yield from serve(me, proc.make(policy))
    term = Server("term", policy)
    term.handlers[TERM_OPEN_CTTY] = new_port
    term_port, _ = yield from serve(me, term)
    _, quiet = yield traps.task_create(me, False, "other servers")
    return proc_port, term_port, quiet


def first_process(me: int, servers: tuple[int, int, int], name: str, program: Program, inbox: list[int]) -> Steps:
    """A process made by hand: its task, a thread that runs `program`, and a message with its first ports on its way.

    `inbox` gets the name, in the new task, of the port the message comes to.
    """
    proc_port, term_port, quiet = servers
    reply = yield traps.mig_get_reply_port()
    _, task = yield traps.task_create(me, False, name)
    yield from process.map_memory(task)
    _, box = yield traps.port_allocate(task)
    inbox.append(box)
    _, answer = yield traps.rpc(proc_port, proc.PROC_TASK2PROC, REQUEST_SIZE, reply, ((task, COPY_SEND),))
    rights = [answer.rights[0], term_port]
    for _ in range(PLAIN_PORTS):
        _, held = yield traps.port_allocate(quiet)
        _, right = yield traps.port_extract_right(quiet, held, MAKE_SEND)
        rights.append(right)
    for _ in range(CTTY_PORTS):
        _, answer = yield traps.rpc(term_port, TERM_OPEN_CTTY, REQUEST_SIZE, reply)
        rights.append(answer.rights[0])
    _, to = yield traps.port_extract_right(task, box, MAKE_SEND)
    yield traps.send(to, STARTUP_ID, 24 + 8 * len(rights), tuple((r, COPY_SEND) for r in rights))
    for right in [answer.rights[0], *rights[2:], to]:
        yield traps.port_deallocate(me, right)
    _, thread = yield traps.thread_create(task, name)
    yield traps.thread_set_state(thread, program, process.addresses()[process.USER_STACK][0])
    yield traps.thread_resume(thread)
    yield traps.port_deallocate(me, thread)
    return task


def settle_in(inbox: list[int], pid: int) -> Steps:
    """The first steps of a process made by hand: its names, its signal thread; the Process."""
    me = yield traps.task_self()
    yield traps.thread_self()
    yield traps.mig_get_reply_port()
    _, message = yield traps.receive(inbox[0])
    names = message.rights
    yield traps.port_destroy(me, inbox[0])
    yield from process.run_in()
    who = Process(pid, me=me, proc=names[0], term=names[1], plain=names[2 : 2 + PLAIN_PORTS], ctty=names[2 + PLAIN_PORTS :])
    _, who.message_port = yield traps.port_allocate(me)
    yield traps.port_insert_right(me, who.message_port, who.message_port, MAKE_SEND)
    _, who.forward = yield traps.port_allocate(me)
    _, thread = yield traps.thread_create(me, "signal thread")
    yield traps.thread_set_state(thread, process.wait_for_signals(who), process.addresses()[process.SIGNAL_STACK][0])
    yield traps.thread_resume(thread)
    yield (process.started, pid)
    return who
