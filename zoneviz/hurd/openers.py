"""Processes that open and close /dev/null, on a machine with a root file system and the null translator.

A process is a task with the memory of a small program. It has send rights to the root directory and to the port it reports
on. A message to another of its ports makes it close them.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from zoneviz.hurd import files, memory, null, system
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.libports import SERVICE
from zoneviz.hurd.translators import Root
from zoneviz.hurd.watch import Watch
from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.message import COPY_SEND, MAKE_SEND
from zoneviz.mach.task import task_terminate
from zoneviz.mach.thread import Thread
from zoneviz.words import count, error

SAY = 24  # bytes of a message that is only a header [S]
SAY_ID = 1  # its msgh_id; the receiver does not read it [I]
BETWEEN = 20_000  # ns of processor time between two opens: check for errors, take a descriptor [E]
SILENCE = 10_000_000_000  # ns without a successful open after which an unanswered open counts as hung; an open takes less than 2 s [E]
Pause = Callable[[], int]
"""How long a process waits or computes, in ns; the only place where randomness enters."""


@dataclass(slots=True)
class Opener:
    """A process. Names in the first program: `task`: of its task port; `go`: of a send right to the port it waits on.

    `asked`: files that all processes had open when its latest open began. `done`: whether its opens have ended.
    """

    task: int
    go: int
    opened: int = 0
    error: int = 0
    asked: int = 0
    done: bool = False


@dataclass(slots=True)
class Machine:
    """The file system and every null so far. `me`, `root`, `fs_task`, `reports`: names in the first program.

    `between`: ns of processor time between two opens of a process. `descriptors`: whether an open takes a descriptor. `opened`: files
    that the processes have open. `restarts`: their number when each null after the first was started. `reported`: finished openers.
    """

    kernel: Kernel
    fs: Root
    nulls: list[null.Null]
    watch: Watch
    between: Pause
    me: int = 0
    root: int = 0
    fs_task: int = 0
    reports: int = 0
    openers: list[Opener] = field(default_factory=list)
    descriptors: bool = True
    opened: int = 0
    restarts: list[int] = field(default_factory=list)
    reported: deque[Opener] = field(default_factory=deque)

    @property
    def starts(self) -> int:
        """How often ext2fs has started null."""
        return self.fs.nodes[files.NULL].starts

    def boot(self) -> Steps:
        """The first steps of the first program: start the file system, with null as a passive translator."""
        self.me = yield from program.prelude()
        self.root, self.fs_task = yield from system.serve_files(self.me, self.fs, self.kernel.profile.libports)
        _, self.reports = yield traps.port_allocate(self.me)

    def start(self, opens: int, close: Pause | None = None) -> Steps:
        """Start a process that opens `opens` files, reports, and waits for the message to close them. The Opener.

        `close`: the pause after each close; None: it closes nothing.
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
        yield traps.thread_set_state(thread, opener(self, process, (box, *names), opens, close), stack)
        yield traps.thread_resume(thread)
        yield traps.port_deallocate(self.me, thread)
        return process

    def report(self) -> Steps:
        """Wait for a report from any process."""
        yield traps.receive(self.reports)

    def finished(self) -> Steps:
        """Wait until a process has ended its opens: the Opener; None if no open succeeded for SILENCE, so that the others hang."""
        while True:
            before = self.opened, self.starts
            kr, _ = yield traps.receive(self.reports, SILENCE)
            if not kr:
                return self.reported.popleft()
            if before == (self.opened, self.starts):
                return None

    def sound(self) -> bool:
        """Whether no open has failed and null has not been started again."""
        return not self.restarts and not any(process.error for process in self.openers)

    def sum_up(self) -> None:
        """Put the `result` into that of the run, when it ends."""
        ended = self.kernel.ended
        self.kernel.extra |= self.result(ended is not None and ended.outcome in ("finished", "hang"))

    def result(self, at_rest: bool = True) -> dict[str, Any]:
        """What became of the opens. `at_rest`: no open is in progress, so those that have not ended hang.

        opens         files open before the first fault: a failed open, one without an answer, or a further start of null
        open_files    at the end
        failed_opens  {error: number}
        hung          opens without an answer
        null_starts   how often null was started
        """
        failed = [process for process in self.openers if process.error]
        hung = [process for process in self.openers if at_rest and not process.done]
        return {
            "opens": min([*(process.asked for process in (*failed, *hung)), *self.restarts], default=self.opened),
            "open_files": self.opened,
            "failed_opens": {str(kr): count for kr, count in sorted(Counter(process.error for process in failed).items())},
            "hung": len(hung),
            "null_starts": self.starts,
        }

    def summary(self) -> str:
        """The `result` in one line."""
        found = self.result()
        failed = [f"{many:,} failed with {error(int(kr))}" for kr, many in found["failed_opens"].items()] or ["none failed"]
        parts = [f"{found['opens']:,} files open before the first fault", *failed, f"{found['hung']:,} without an answer"]
        return ", ".join([*parts, f"null started {count(found['null_starts'], 'time')}"])

    def tell(self, process: Opener) -> Steps:
        """Tell a process to close its files."""
        yield traps.send(process.go, SAY_ID, SAY)

    def kill(self, process: Opener) -> Steps:
        """Terminate a process and drop its ports."""
        yield traps.task_terminate(process.task)
        for name in (process.task, process.go):
            yield traps.port_deallocate(self.me, name)
        self.openers.remove(process)
        self.opened -= process.opened

    def kill_null(self) -> Steps:
        """Terminate the running null, as `kill` would."""
        yield _kill_server, self.nulls[-1]


def _kill_server(k: Kernel, thread: Thread, server: null.Null) -> int:
    """A trap: terminate the task of a server."""
    if server.task is not None:
        task_terminate(k, server.task)
    return 0


def machine(kernel: Kernel, chance: Random, jitter: float, descriptors: bool = True) -> Machine:
    """A machine with the libports policy of its profile, on which nothing runs yet.

    `jitter`: share by which the processor time of servers and the pauses between opens vary. `chance`: source of randomness.
    """
    policy = kernel.profile.libports
    fs = Root(policy)
    nulls: list[null.Null] = []
    watch = Watch(kernel, [fs])

    def service() -> int:
        return int(SERVICE * (1 + jitter * (chance.random() - 0.5)))

    def between() -> int:
        return int(BETWEEN * (1 + jitter * (chance.random() - 0.5)))

    def started(new: null.Null) -> None:
        watch.servers.append(new)
        new.service = service
        if len(nulls) > 1:
            made.restarts.append(made.opened)

    fs.service = service
    fs.set_translator(files.NULL, null.starter(policy, nulls, started))
    made = Machine(kernel, fs, nulls, watch, between, descriptors=descriptors)
    return made


def opener(machine: Machine, process: Opener, names: tuple[int, ...], opens: int, close: Pause | None) -> Steps:
    """The program of a process: open, report, wait for the message, close, report, wait to be terminated."""
    box, root, reports = names
    me = yield traps.task_self()
    yield traps.mig_get_reply_port()
    yield from memory.run_in()
    ports: list[int] = []
    for _ in range(opens):
        process.asked = machine.opened
        if machine.descriptors:
            process.error, port = yield from files.open_descriptor(me, root, files.NULL, len(ports))
        else:
            process.error, port = yield from files.open_file(root, files.NULL)
        if not port:
            break
        ports.append(port)
        process.opened += 1
        machine.opened += 1
        yield traps.compute(machine.between())
    process.done = True
    machine.reported.append(process)
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
