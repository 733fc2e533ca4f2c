"""fork() as in glibc's sysdeps/mach/hurd/fork.c of 2005-2007 [S].

The parent stops its signal thread, walks its names and gives the child a right for each; it registers the child's message port
with proc, and the child. proc sends the child its ids; the child's signal thread gets them when it runs. The child reopens its
terminal.

Each generation leaves ports behind: the parent's forward_sigexc, and with MACH_IPC_COMPAT the reply ports that the kernel
allocated for the parent's two threads.
"""

from zoneviz.events import DEAD_NAME, RECEIVE, SEND
from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.memory import after_fork
from zoneviz.hurd.process import (
    Aborted,
    Body,
    Process,
    hurdsig_fault_init,
    open_cttys,
    own_reply_port,
    run_body,
    running_as,
    signal_thread,
    started,
)
from zoneviz.mach import traps
from zoneviz.mach.ipc_space import KERN_NAME_EXISTS
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.kinds import FORK
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME, RIGHT_RECEIVE, RIGHT_SEND
from zoneviz.mach.message import COPY_SEND, MACH_SEND_INVALID_RIGHT, MAKE_SEND
from zoneviz.mach.thread import Program, Thread


def fork(parent: Process, body: Body, name: str = "") -> Steps:
    """fork() in the parent: (error, pid). The child runs `body`, then exits. `name`: of the child's task.

    The only error is EAGAIN, beyond a limit of processes. Any other one is unexpected: fork.c's assert_perror aborts the process
    before it cleans up, so the child's task stays [S]. Errors: Aborted.
    """
    me = parent.me
    yield from parent.call(parent.proc, ids.PROC_DOSTOP, ((parent.thread, COPY_SEND),))
    yield traps.thread_abort(parent.signal_thread)
    kr, task = yield traps.task_create(me, True, name or parent.image.name)
    if kr:
        raise Aborted(kr)
    kr, found = yield traps.port_names(me)
    if kr:
        raise Aborted(kr)
    names, arrays, array_size = found
    kr, found = yield traps.task_threads(me)
    if kr:
        raise Aborted(kr)
    (address, size), threads = found
    kr, new_proc = yield from parent.ask(parent.proc, ids.PROC_TASK2PROC, ((task, COPY_SEND),))
    pid = 0
    if kr == ids.EAGAIN:
        yield traps.task_terminate(task)
    else:
        if not kr:
            kr, pid = yield from fill(parent, task, new_proc, names, threads, body)
        if kr:
            raise Aborted(kr)
        yield traps.port_deallocate(me, new_proc)
    yield traps.port_deallocate(me, task)
    for thread in threads:
        if thread != parent.thread:
            yield traps.thread_resume(thread)  # that this happens here is inferred [I]
        yield traps.port_deallocate(me, thread)
    for where, length in ((arrays[0], array_size), (arrays[1], array_size), (address, size)):
        yield traps.vm_deallocate(me, where, length)
    if not kr:
        yield from after_fork(parent.image)
    return kr, pid


def fill(parent: Process, task: int, new_proc: int, names: list[tuple[int, int]], threads: list[int], body: Body) -> Steps:
    """Copy the names to the child's task, create its threads and start it. (error, pid).

    `names`: (name, type bits) of the parent. `threads`: names of its threads, of which the child has the first two.
    """
    special = {parent.me: task, parent.proc: new_proc}
    threads, others = threads[:2], threads[2:]
    not_copied = {task, *others}
    for name, bits in names:
        if name in not_copied:
            continue
        # Dead names reserve the names of our threads for the child's threads, which do not exist yet. With MACH_IPC_COMPAT the
        # reply port of a new thread would take them [I].
        if name in threads:
            kr = yield traps.port_allocate_name(task, RIGHT_DEAD_NAME, name)
        else:
            kr = yield from copy_name(parent, task, name, bits, special)
        if kr:
            return kr, 0
    return (yield from start_child(parent, task, threads, body))


def copy_name(parent: Process, task: int, name: int, bits: int, special: dict[int, int]) -> Steps:
    """Copy the rights under `name` from the parent to the child, with as many references. A kern_return."""
    me = parent.me
    if not bits & (SEND | RECEIVE | DEAD_NAME):
        return 0  # a port set or a send-once right: not copied [S]
    right = RIGHT_SEND
    if bits & RECEIVE:
        kr = yield traps.port_allocate_name(task, RIGHT_RECEIVE, name)
        if kr == KERN_NAME_EXISTS:
            # With MACH_IPC_COMPAT a new task already has its notify port; fork.c allows for that [S].
            kr = 0
        if kr or not bits & SEND:
            return kr
        # The child gets a send right to its new port, as the parent has one to its port.
        kr, made = yield traps.port_extract_right(task, name, MAKE_SEND)
        if name == parent.message_port and not kr:
            kr, _ = yield from parent.call(special[parent.proc], ids.PROC_SETMSGPORT, ((made, COPY_SEND),))
            yield traps.task_set_special_port(task, "exception", made)
        kr = kr or (yield traps.port_insert_right(task, name, made, COPY_SEND))
        yield traps.port_deallocate(me, made)
    elif bits & SEND:
        kr = yield traps.port_insert_right(task, name, special.get(name, name), COPY_SEND)
    if bits & DEAD_NAME or kr == MACH_SEND_INVALID_RIGHT:  # or the port died after the names were read
        right = RIGHT_DEAD_NAME
        kr = yield traps.port_allocate_name(task, RIGHT_DEAD_NAME, name)
    if kr:
        return kr
    _, refs = yield traps.port_get_refs(me, name)
    return (yield traps.port_mod_refs(task, name, right, refs - 1)) if refs > 1 else 0


def start_child(parent: Process, task: int, names: list[int], body: Body) -> Steps:
    """Create the child's user and signal thread, named in the child as in the parent, and start it. (error, pid).

    Everything that can fail comes before proc_child, because from then on others may kill the child. Resuming the user thread is
    the last step; whether the child is still alive is not checked [S]. The user thread starts the signal thread.
    """
    child = parent.copy()
    programs = (child_main(child, body, names[1]), signal_thread(child))
    stacks = (child.image.user_stack, child.image.signal_stack)
    made = []
    for program, stack, name in zip(programs, stacks, names, strict=True):
        kr, thread = yield traps.thread_create(task)
        if kr:
            return kr, 0
        made.append(thread)
        yield traps.port_deallocate(task, name)
        kr = yield traps.port_insert_right(task, name, thread, COPY_SEND)
        if kr:
            return kr, 0
        yield traps.thread_get_state(thread)
        yield traps.thread_set_state(thread, program, stack)
    kr, answer = yield from parent.call(parent.proc, ids.PROC_TASK2PID, ((task, COPY_SEND),))
    pid = answer.body if not kr else 0
    if not kr:
        kr, _ = yield from parent.call(parent.proc, ids.PROC_CHILD, ((task, COPY_SEND),))
    if kr:
        return kr, 0
    yield (forked, task)
    yield traps.thread_resume(made[0])
    for thread in made:
        yield traps.port_deallocate(parent.me, thread)
    return 0, pid


def forked(k: Kernel, thread: Thread, task: int) -> None:
    """A trap: count a successful fork and record it."""
    entry = thread.task.space.entries.get(task)
    child = getattr(getattr(entry.object if entry else None, "kobject", None), "id", 0)
    k.forks += 1
    k.tell((FORK, k.time, k.task_id, k.thread_id, k.path.id, k.task_id, 0, 0, child))


def child_main(child: Process, body: Body, signals: int) -> Program:
    """The child's user thread: returns from fork(), runs `body`, exits. `signals`: its signal thread."""
    yield (running_as, child.image.name)
    yield (own_reply_port, child.reply)
    yield from after_fork(child.image)
    kr, answer = yield from child.call(child.proc, ids.PROC_GETPIDS)
    child.pid = answer.body if not kr else 0
    yield (started, child.pid)
    yield from open_cttys(child)
    yield from hurdsig_fault_init(child)
    yield traps.thread_resume(signals)
    yield traps.thread_switch()
    yield from run_body(child, body)
    return None
