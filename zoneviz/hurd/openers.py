"""Processes that open and close /dev/null, on a machine with a root file system and the null translator.

A process is a task with the memory of a small program. It has send rights to the root directory and to the port it reports
on. A message to another of its ports makes it close them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from zoneviz.hurd import files, memory, null, system
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.ext2fs import Ext2fs
from zoneviz.hurd.libports import SERVICE
from zoneviz.hurd.watch import Watch
from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.message import COPY_SEND, MAKE_SEND
from zoneviz.mach.task import task_terminate
from zoneviz.mach.thread import Thread

SAY = 24  # bytes of a message that is only a header [S]
SAY_ID = 1  # its msgh_id; the receiver does not read it [I]
BETWEEN = 20_000  # ns of processor time between two opens: check for errors, take a descriptor [E]
Pause = Callable[[], int]
"""How long a process waits or computes, in ns; the only place where randomness enters."""


@dataclass(slots=True)
class Opener:
    """A process. Names in the first program: `task`: of its task port; `go`: of a send right to the port it waits on."""

    task: int
    go: int
    opened: int = 0
    error: int = 0


@dataclass(slots=True)
class Machine:
    """The file system and every null so far. `me`, `root`, `fs_task`, `reports`: names in the first program.

    `between`: ns of processor time between two opens of a process.
    """

    kernel: Kernel
    fs: Ext2fs
    nulls: list[null.Null]
    watch: Watch
    between: Pause
    me: int = 0
    root: int = 0
    fs_task: int = 0
    reports: int = 0
    openers: list[Opener] = field(default_factory=list)

    @property
    def starts(self) -> int:
        """How often ext2fs has started null."""
        return self.fs.nodes[files.NULL].starts

    def boot(self) -> Steps:
        """The first steps of the first program: start the file system, with null as a passive translator."""
        self.me = yield from program.prelude()
        self.root, self.fs_task = yield from system.serve(self.me, self.fs)
        _, self.reports = yield traps.port_allocate(self.me)

    def start(self, opens: int, close: Pause | None, between: Pause) -> Steps:
        """Start a process that opens `opens` files, reports, and waits for the message to close them. The Opener.

        `close`: the pause after each close; None: it closes nothing. `between`: processor time between two opens.
        """
        _, task = yield traps.task_create(self.me, False, "opener")
        yield from memory.map_memory(task)
        _, box = yield traps.port_allocate(task)
        _, go = yield traps.port_extract_right(task, box, MAKE_SEND)
        names = []
        for name, port, how in ((box + 1, self.root, COPY_SEND), (box + 2, self.reports, MAKE_SEND)):
            yield traps.port_insert_right(task, name, port, how)
            names.append(name)
        process = Opener(task, go)
        self.openers.append(process)
        _, thread = yield traps.thread_create(task, "opener")
        stack = memory.SMALL.user_stack
        yield traps.thread_set_state(thread, opener(process, (box, names[0], names[1]), opens, close, between), stack)
        yield traps.thread_resume(thread)
        yield traps.port_deallocate(self.me, thread)
        return process

    def report(self) -> Steps:
        """Wait for a report from any process."""
        yield traps.receive(self.reports)

    def tell(self, process: Opener) -> Steps:
        """Tell a process to close its files."""
        yield traps.send(process.go, SAY_ID, SAY)

    def kill(self, process: Opener) -> Steps:
        """Terminate a process and drop its ports."""
        yield traps.task_terminate(process.task)
        for name in (process.task, process.go):
            yield traps.port_deallocate(self.me, name)
        self.openers.remove(process)

    def kill_null(self) -> Steps:
        """Terminate the running null, as `kill` would."""
        yield _kill_server, self.nulls[-1]


def _kill_server(k: Kernel, thread: Thread, server: null.Null) -> int:
    """A trap: terminate the task of a server."""
    if server.task is not None:
        task_terminate(k, server.task)
    return 0


def machine(kernel: Kernel, chance: Random, jitter: float) -> Machine:
    """A machine with the libports policy of its profile, on which nothing runs yet.

    `jitter`: share by which the processor time of servers and the pauses between opens vary. `chance`: source of randomness.
    """
    policy = kernel.profile.libports
    fs = Ext2fs(policy)
    nulls: list[null.Null] = []
    watch = Watch(kernel, [fs])

    def service() -> int:
        return int(SERVICE * (1 + jitter * (chance.random() - 0.5)))

    def started(new: null.Null) -> None:
        watch.servers.append(new)
        new.service = service

    fs.service = service
    fs.set_translator(files.NULL, null.starter(policy, nulls, started))
    return Machine(kernel, fs, nulls, watch, lambda: int(BETWEEN * (1 + jitter * (chance.random() - 0.5))))


def opener(process: Opener, names: tuple[int, int, int], opens: int, close: Pause | None, between: Pause) -> Steps:
    """The program of a process: open, report, wait for the message, close, report, wait to be terminated."""
    box, root, reports = names
    me = yield traps.task_self()
    yield traps.mig_get_reply_port()
    yield from memory.run_in()
    ports = []
    for _ in range(opens):
        kr, port = yield from files.open_file(root, files.NULL)
        if not port:
            process.error = kr
            break
        ports.append(port)
        process.opened += 1
        yield traps.compute(between())
    yield traps.send(reports, SAY_ID, SAY)
    yield traps.receive(box)
    if close is not None:
        for port in ports:
            yield from files.close_file(me, port)
            pause = close()
            if pause:
                yield traps.sleep(pause)
        yield traps.send(reports, SAY_ID, SAY)
    while True:
        yield traps.receive(box)
