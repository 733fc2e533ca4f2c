"""A process as glibc sees it: the memory of a small program, the names in its space, and fork().

The steps of fork are those of glibc's sysdeps/mach/hurd/fork.c of 2005-2007 [S]: the parent walks its own names and gives the
child a right for each; the child gets itself known to proc and opens its terminal anew.
"""

from dataclasses import dataclass, field

from zoneviz.events import DEAD_NAME, RECEIVE, SEND, Kind
from zoneviz.hurd import proc
from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps
from zoneviz.mach.ipc_space import KERN_NAME_EXISTS
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_msg import COPY_SEND, MAKE_SEND, MOVE_RECEIVE
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME, RIGHT_RECEIVE
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.thread import Program, Thread

FORK, PROCESS_START, PROCESS_EXIT = int(Kind.FORK), int(Kind.PROCESS_START), int(Kind.PROCESS_EXIT)

TERM_OPEN_CTTY = 28000  # term.defs [S]
REQUEST_SIZE = 48  # bytes of a short request with a port in it [I]


@dataclass(frozen=True, slots=True)
class Region:
    """A map entry of a small program: pages, whether it can be written, whether a running process does write to it."""

    pages: int
    writable: bool
    written: bool


# A small dynamically linked program of 2005: a typical one has 15 to 25 map entries [I]. Text, data and zero fill of the
# program, of ld.so and of libc, libmachuser and libhurduser; heap; the stacks of the two threads; the startup's pages.
MEMORY = (
    Region(4, False, False),
    Region(1, True, True),
    Region(2, True, True),
    Region(20, False, False),
    Region(1, True, True),
    Region(280, False, False),
    Region(6, True, True),
    Region(3, True, True),
    Region(16, False, False),
    Region(1, True, False),
    Region(20, False, False),
    Region(1, True, False),
    Region(33, True, True),
    Region(16, True, True),
    Region(16, True, True),
    Region(1, True, False),
    Region(2, True, False),
    Region(1, False, False),
)
BASE = 0x08048000
GAP = 16 * PAGE  # between regions, so that entries stay apart
USER_STACK, SIGNAL_STACK = 13, 14  # which regions are the stacks of the two threads
CTTY_PORTS = 3  # descriptors 0 to 2 are on the terminal [S]


def addresses() -> list[tuple[int, Region]]:
    """Where each region lies."""
    out, at = [], BASE
    for region in MEMORY:
        out.append((at, region))
        at += region.pages * PAGE + GAP
    return out


@dataclass(slots=True)
class Process:
    """A process from the inside. Names are in its own space; a child's are the same, as fork sees to that.

    `plain`: send rights it keeps to auth, cwd, root, its descriptor and the like; `ctty`: one a terminal descriptor.
    """

    pid: int
    me: int = 0
    proc: int = 0
    message_port: int = 0
    forward: int = 0
    plain: list[int] = field(default_factory=list)
    ctty: list[int] = field(default_factory=list)
    term: int = 0
    depth: int = 0


def map_memory(task: int) -> Steps:
    """The loader's work, for a task of one's own making: its regions."""
    for address, region in addresses():
        yield traps.vm_allocate(task, region.pages * PAGE, address)
        if not region.writable:
            yield traps.vm_protect(task, address, region.pages * PAGE, 1)


def run_in() -> Steps:
    """A program that runs has touched the first page of what it reads and writes."""
    for address, region in addresses():
        yield traps.touch(address, write=region.written)


def dirty() -> Steps:
    """What a process writes to soon after a fork: on either side each such entry is copied on its first write."""
    for address, region in addresses():
        if region.written:
            yield traps.touch(address)


def fork(parent: Process, pid: int, child_program: "ChildProgram") -> Steps:
    """fork() in the parent: (kern_return). The child runs `child_program(process)` and then stays."""
    me = parent.me
    reply = yield traps.mig_get_reply_port()
    yield traps.rpc(parent.proc, proc.PROC_DOSTOP, REQUEST_SIZE, reply)
    kr, task = yield traps.task_create(me, True, f"process {pid}")
    if kr:
        return kr
    kr, (names, arrays, array_size) = yield traps.port_names(me)
    kr, ((address, size), threads) = yield traps.task_threads(me)
    threads = threads if isinstance(threads, list) else [threads]
    _, answer = yield traps.rpc(parent.proc, proc.PROC_TASK2PROC, REQUEST_SIZE, reply, ((task, COPY_SEND),))
    new_proc = answer.rights[0]
    special = {me: task, parent.proc: new_proc}
    fresh = {task, new_proc}
    for name, bits in names:
        if name in fresh:
            continue
        # The names of our threads are held, as dead names, for the child's, which do not exist yet: with MACH_IPC_COMPAT a new thread's
        # reply port would take them [I].
        kr = yield from copy_name(me, task, name, DEAD_NAME if name in threads else bits, special)
        if kr:
            return kr
    kr = yield from start_child(me, task, threads, child_program(parent, pid))
    if kr:
        return kr
    yield (forked, task)
    yield traps.rpc(parent.proc, proc.PROC_TASK2PID, REQUEST_SIZE, reply, ((task, COPY_SEND),))
    yield traps.rpc(parent.proc, proc.PROC_CHILD, REQUEST_SIZE, reply, ((task, COPY_SEND),))
    for name in {task, new_proc, *threads}:
        yield traps.port_deallocate(me, name)
    for where, length in ((arrays[0], array_size), (arrays[1], array_size), (address, size)):
        yield traps.vm_deallocate(me, where, length)
    yield from dirty()
    return 0


def copy_name(me: int, task: int, name: int, bits: int, special: dict[int, int]) -> Steps:
    """Give the child what the parent has under `name`. A kern_return."""
    if bits & DEAD_NAME:
        return (yield traps.port_allocate_name(task, RIGHT_DEAD_NAME, name))
    if bits & RECEIVE:
        kr = yield traps.port_allocate_name(task, RIGHT_RECEIVE, name)
        if kr == KERN_NAME_EXISTS:
            # With MACH_IPC_COMPAT a new task has its notify port already; fork.c knows of it [S].
            kr = 0
        if not kr and bits & SEND:
            # A send right of the child's own to its new port, as the parent has one to its.
            kr, right = yield traps.port_extract_right(task, name, MAKE_SEND)
            kr = kr or (yield traps.port_insert_right(task, name, right, COPY_SEND))
            yield traps.port_deallocate(me, right)
        return kr
    if bits & SEND:
        return (yield traps.port_insert_right(task, name, special.get(name, name), COPY_SEND))
    return 0


def start_child(me: int, task: int, names: list[int], programs: tuple[Program, Program]) -> Steps:
    """The child's user and signal thread: made, named in the child as in the parent, given their state, resumed."""
    stacks = (addresses()[USER_STACK][0], addresses()[SIGNAL_STACK][0])
    made = []
    for program, stack, name in zip(programs, stacks, names, strict=True):
        kr, thread = yield traps.thread_create(task)
        if kr:
            return kr
        yield traps.port_deallocate(task, name)
        kr = yield traps.port_insert_right(task, name, thread, COPY_SEND)
        if kr:
            return kr
        yield traps.thread_get_state(thread)
        yield traps.thread_set_state(thread, program, stack)
        made.append(thread)
    for thread in made:
        yield traps.thread_resume(thread)
        yield traps.port_deallocate(me, thread)
    return 0


def forked(k: Kernel, thread: Thread, task: int) -> None:
    """Count a fork that has succeeded."""
    entry = thread.task.space.entries.get(task)
    child = getattr(getattr(entry.object if entry else None, "kobject", None), "id", 0)
    k.forks += 1
    k.tell((FORK, k.time, k.task_id, k.thread_id, k.path, k.task_id, 0, 0, child))


def started(k: Kernel, thread: Thread, pid: int) -> None:
    """Count a process that has started."""
    k.processes += 1
    k.tell((PROCESS_START, k.time, k.task_id, k.thread_id, k.path, pid, 0, 0, k.task_id))


def child_startup(child: Process) -> Steps:
    """fork() in the child: known to proc, its terminal opened anew, a fresh pair of signal ports."""
    me = child.me
    yield (started, child.pid)
    yield from dirty()
    reply = yield traps.mig_get_reply_port()
    yield traps.rpc(child.proc, proc.PROC_GETPIDS, REQUEST_SIZE, reply)
    opened = []
    for port in child.ctty:
        yield traps.port_deallocate(me, port)
        _, answer = yield traps.rpc(child.term, TERM_OPEN_CTTY, REQUEST_SIZE, reply)
        opened.append(answer.rights[0] if answer is not None else 0)
    child.ctty = opened
    # _hurdsig_fault_init: sigexc goes to proc; forward_sigexc is new, the inherited one stays behind [S].
    _, sigexc = yield traps.port_allocate(me)
    _, child.forward = yield traps.port_allocate(me)
    yield traps.rpc(child.proc, proc.PROC_HANDLE_EXCEPTIONS, REQUEST_SIZE, reply, ((sigexc, MOVE_RECEIVE),))


def wait_for_signals(child: Process) -> Program:
    """The signal thread: waits on the message port."""
    yield traps.touch(addresses()[SIGNAL_STACK][0])
    while True:
        yield traps.receive(child.message_port)


class ChildProgram:
    """What a child of fork does: starts up, then sleeps for ever."""

    def __call__(self, parent: Process, pid: int) -> tuple[Program, Program]:
        """The programs of its user thread and its signal thread."""
        child = Process(
            pid,
            me=parent.me,
            proc=parent.proc,
            message_port=parent.message_port,
            plain=list(parent.plain),
            ctty=list(parent.ctty),
            term=parent.term,
            depth=parent.depth + 1,
        )
        return self.user(child), wait_for_signals(child)

    def user(self, child: Process) -> Program:
        """The user thread."""
        yield from child_startup(child)
        _, port = yield traps.port_allocate(child.me)
        while True:
            yield traps.receive(port)


__all__ = ["CTTY_PORTS", "ChildProgram", "Process", "Region", "fork", "map_memory", "run_in", "started"]
