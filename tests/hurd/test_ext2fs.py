"""Opening and closing /dev/null: the ports on each side, the notifications of a close, restarts of the translator."""

from collections import Counter
from typing import Any

from zoneviz.events import RECEIVE, SEND, Event
from zoneviz.hurd import files, null, system
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.ext2fs import Ext2fs
from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES
from zoneviz.mach.task import task_terminate

SECOND = 1_000_000_000


class Stage:
    """A kernel with a file system and the null translator. `act`: the program that uses them."""

    def __init__(self, act: Any, policy: str = "plain") -> None:
        self.events: list[Event] = []
        self.kernel = Kernel(PROFILES["upstream-2007"], self.events.append, seed=1)
        self.kernel.boot()
        self.fs = Ext2fs(policy)
        self.nulls: list[null.Null] = []
        self.fs.set_translator(files.NULL, null.starter(policy, self.nulls))
        self.me = self.root = 0
        program.start(self.kernel, self.main(act))
        while self.kernel.run(10_000):
            pass

    def main(self, act: Any) -> Steps:
        """Start the file system, then run `act`."""
        self.me = yield from program.prelude()
        self.root, _ = yield from system.serve(self.me, self.fs)
        yield from act(self)
        yield (lambda k, t: k.finish("finished"),)

    def rights(self, task: str) -> Counter[int]:
        """The number of names of a task, by kind of right."""
        (space,) = (t.space for t in self.kernel.tasks.values() if t.name == task)
        return Counter(entry.bits for entry in space.entries.values())


def test_an_open_file_costs_two_ports_and_four_names() -> None:
    """null 2 names (receive, send), ext2fs 1, the client 1."""
    seen: list[Any] = []

    def act(stage: Stage) -> Steps:
        for _ in range(5):  # creates the workers that this needs
            yield from files.open_file(stage.root, files.NULL)
        yield traps.sleep(SECOND)
        for _ in range(2):
            ports = stage.kernel.machine()["counts"]["ports"]
            seen.append((ports, stage.rights("null"), stage.rights("ext2fs")))
            for _ in range(10):
                kr, port = yield from files.open_file(stage.root, files.NULL)
                assert kr == 0 and port
            yield traps.sleep(SECOND)

    stage = Stage(act)
    ports, in_null, in_fs = seen[0]
    assert stage.kernel.ended is not None and stage.kernel.ended.outcome == "finished"
    more, null_more, fs_more = seen[1]
    assert more - ports == 20
    assert null_more[RECEIVE] - in_null[RECEIVE] == 10 and null_more[SEND] - in_null[SEND] == 10
    assert fs_more[RECEIVE] - in_fs[RECEIVE] == 10


def test_closing_frees_everything_in_both_servers() -> None:
    seen: list[int] = []

    def act(stage: Stage) -> Steps:
        yield from files.open_file(stage.root, files.NULL)
        yield traps.sleep(SECOND)
        seen.append(stage.kernel.machine()["counts"]["ports"])
        ports = []
        for _ in range(20):
            ports.append((yield from files.open_file(stage.root, files.NULL))[1])
        for port in ports:
            yield from files.close_file(stage.me, port)
        yield traps.sleep(SECOND)
        seen.append(stage.kernel.machine()["counts"]["ports"])

    stage = Stage(act)
    grown = sum(server.totalthreads - 1 for server in (stage.fs, *stage.nulls))
    assert seen[1] - seen[0] <= 3 * grown  # workers stay, each with its thread port and its reply port
    assert sum(info.senders for info in stage.nulls[0].ports.values()) == 1


def test_the_translator_is_restarted_only_if_it_died() -> None:
    starts: list[int] = []

    def act(stage: Stage) -> Steps:
        for _ in range(3):
            yield from files.open_file(stage.root, files.NULL)
        starts.append(stage.fs.nodes[files.NULL].starts)
        (task,) = (t for t in stage.kernel.tasks.values() if t.name == "null")
        yield (kill, task)
        kr, port = yield from files.open_file(stage.root, files.NULL)
        assert kr == 0 and port
        starts.append(stage.fs.nodes[files.NULL].starts)

    stage = Stage(act)
    assert starts == [1, 2]
    assert len(stage.nulls) == 2


def kill(k: Kernel, thread: object, task: Any) -> None:
    """A trap: terminate another task, as a debugger would."""
    task_terminate(k, task)
