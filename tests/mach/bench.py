"""A booted kernel for tests. `Bench` runs one trap of the first program at a time."""

from collections.abc import Generator
from typing import Any

from zoneviz.events import Event, Kind
from zoneviz.mach import program, traps
from zoneviz.mach.ipc_port import IpcPort, IpcPset
from zoneviz.mach.ipc_space import IpcEntry, IpcSpace
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES, Profile, override
from zoneviz.mach.startup import load_program
from zoneviz.mach.task import Task
from zoneviz.mach.thread import Thread
from zoneviz.mach.traps import Trap

Steps = Generator[tuple[Any, ...], Any, Any]


def profile(name: str = "upstream-2007", **settings: str) -> Profile:
    """A profile with some values replaced."""
    found = PROFILES[name]
    for key, text in settings.items():
        found = override(found, key, text)
    return found


def boot(name: str = "upstream-2007", **settings: str) -> Kernel:
    """A booted kernel without a sink; its program is loaded unless boot panicked."""
    kernel = Kernel(profile(name, **settings), lambda event: None)
    kernel.boot()
    if kernel.ended is None:
        load_program(kernel)
    return kernel


def pause(kernel: Kernel, thread: Thread) -> None:
    """A trap that does nothing."""


class Bench:
    """A booted kernel whose first program runs the steps of the test."""

    def __init__(self, name: str = "upstream-2007", **settings: str) -> None:
        self.events: list[Event] = []
        self.kernel = Kernel(profile(name, **settings), self.events.append)
        self.kernel.boot()
        self.todo: Steps | None = None
        self.done: list[Any] = []
        self.thread = program.start(self.kernel, self._main())
        self.me: int = self.run(program.prelude())

    def _main(self) -> Steps:
        while True:
            steps, self.todo = self.todo, None
            if steps is None:
                yield (pause,)
            else:
                self.done.append((yield from steps))

    def run(self, steps: Steps, most: int = 1_000_000) -> Any:
        """Run steps in the program. What they return; None if the run ended before."""
        self.todo = steps
        for _ in range(most):
            if self.done:
                return self.done.pop()
            if not self.kernel.run(1):
                return None
        raise AssertionError("the program does not return")

    def call(self, trap: Trap) -> Any:
        """Run one trap. What it returns."""

        def one() -> Steps:
            return (yield trap)

        return self.run(one())

    def let_run(self, milliseconds: int = 20) -> None:
        """Let the other threads run while the program sleeps."""
        self.call(traps.sleep(milliseconds * 1_000_000))

    @property
    def task(self) -> Task:
        """The program's task."""
        return self.thread.task

    @property
    def space(self) -> IpcSpace:
        """The space of the program's task."""
        return self.task.space

    def entry(self, name: int) -> IpcEntry:
        """The entry of a name."""
        return self.space.entries[name]

    def port(self, name: int) -> IpcPort:
        """The port of a name."""
        found = self.space.entries[name].object
        assert isinstance(found, IpcPort)
        return found

    def pset(self, name: int) -> IpcPset:
        """The port set of a name."""
        found = self.space.entries[name].object
        assert isinstance(found, IpcPset)
        return found

    def task_of(self, name: int) -> Task:
        """The task with this port name."""
        found = self.port(name).kobject
        assert isinstance(found, Task)
        return found

    def thread_of(self, name: int) -> Thread:
        """The thread with this port name."""
        found = self.port(name).kobject
        assert isinstance(found, Thread)
        return found

    def kinds(self, *kinds: Kind, since: int = 0) -> list[Event]:
        """The events of these kinds, from event number `since` on."""
        return [event for event in self.events[since:] if event[0] in kinds]

    def in_use(self, *zones: str) -> dict[str, int]:
        """Elements in use, by zone."""
        return {name: zone.in_use for name, zone in self.kernel.zones.items() if not zones or name in zones}

    def held(self) -> dict[str, int]:
        """Elements in use by zone, without the cached kmsg and the free list of pv entries."""
        count = self.in_use()
        count["kalloc.256"] -= 1 if self.kernel.ikm_cache else 0
        count["pv_list"] -= self.kernel.pv_free
        return count
