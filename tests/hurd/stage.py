"""A machine with a file system and the null translator, for tests."""

from collections import Counter
from typing import Any

from zoneviz.events import Event
from zoneviz.hurd import files, null, system
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.translators import Root
from zoneviz.mach import program
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES
from zoneviz.mach.task import Task


class Stage:
    """A kernel with a file system and the null translator. `act`: the program that uses them."""

    def __init__(self, act: Any, policy: str = "plain") -> None:
        self.events: list[Event] = []
        self.kernel = Kernel(PROFILES["upstream-2007"], self.events.append, seed=1)
        self.kernel.boot()
        self.fs, self.fs_policy = Root(policy), policy
        self.nulls: list[null.Null] = []
        self.fs.set_translator(files.NULL, null.starter(policy, self.nulls))
        self.me = self.root = 0
        program.start(self.kernel, self.main(act))
        while self.kernel.run(10_000):
            pass

    def main(self, act: Any) -> Steps:
        """Start the file system, then run `act`."""
        self.me = yield from program.prelude()
        self.root, _ = yield from system.serve_files(self.me, self.fs, self.fs_policy)
        yield from act(self)
        yield (lambda k, t: k.finish("finished"),)

    def rights(self, task: str) -> Counter[int]:
        """The number of names of a task, by kind of right."""
        (space,) = (t.space for t in self.kernel.tasks.values() if t.name == task)
        return Counter(entry.bits for entry in space.entries.values())

    def task(self, name: str) -> Task:
        """The first live task of this name."""
        return next(task for task in self.kernel.tasks.values() if task.name == name)
