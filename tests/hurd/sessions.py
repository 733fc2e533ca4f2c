"""Run a program at the end of a session, on a booted system."""

from collections.abc import Callable
from typing import Any

from tests.mach.bench import profile
from zoneviz.events import DEAD_NAME, RECEIVE, SEND, Event
from zoneviz.hurd import session, system
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.memory import image
from zoneviz.hurd.process import Process
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.task import Task


def run(
    body: Callable[[Process], Steps],
    profile_name: str = "antrik-2005",
    *,
    login: str = "console",
    user: str = "user",
    sink: Callable[[Event], None] = lambda event: None,
    **settings: str,
) -> Kernel:
    """The kernel after `body` returned. A failed assertion in `body` is raised."""
    kernel = Kernel(profile(profile_name, **settings), sink)
    kernel.boot()

    def program(p: Process) -> Steps:
        yield from body(p)
        yield (finish,)

    def after(booted: system.System) -> Steps:
        yield from session.open_session(booted, login, user, image("program"), program)

    system.start(kernel, after)
    while kernel.run(10_000):
        pass
    assert kernel.ended is not None
    return kernel


def finish(kernel: Kernel, thread: object) -> None:
    """A trap: end the run."""
    kernel.finish("finished")


def mine(k: Any, thread: Any) -> dict[str, int]:
    """A trap: the number of names of the running task, by kind of right."""
    return rights(thread.task)


def rights(task: Task) -> dict[str, int]:
    """The number of names of a task by kind of right. A send right to a dead port counts as a dead name."""
    found = {"receive": 0, "send": 0, "dead": 0}
    for entry in task.space.entries.values():
        if entry.bits & RECEIVE:
            found["receive"] += 1
        elif entry.bits & DEAD_NAME or not getattr(entry.object, "alive", True):
            found["dead"] += 1
        elif entry.bits & SEND:
            found["send"] += 1
    return found


def tasks(kernel: Kernel, name: str) -> list[Task]:
    """The living tasks called `name`."""
    return [task for task in kernel.tasks.values() if task.name == name and task.alive]
