"""fork() as glibc does it: the child has what the parent has, under the same names, and what fork leaves behind."""

from typing import Any

import pytest

from zoneviz.events import DEAD_NAME, RECEIVE, SEND
from zoneviz.hurd import process, system
from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES
from zoneviz.mach.task import Task

FORKS = 5


def forked(profile: str) -> Kernel:
    """A kernel on which a process has forked a few times."""
    kernel = Kernel(PROFILES[profile], lambda event: None)
    kernel.boot()
    inbox: list[int] = []

    def first() -> Steps:
        me = yield from program.prelude()
        servers = yield from system.start(me, "plain")
        yield from system.first_process(me, servers, "parent", parent(), inbox)
        _, port = yield traps.port_allocate(me)
        yield traps.receive(port)

    def parent() -> Steps:
        me = yield from system.settle_in(inbox, 1)
        for pid in range(2, 2 + FORKS):
            assert (yield from process.fork(me, pid, process.ChildProgram())) == 0
            yield traps.sleep(100_000_000)
        yield (stop,)

    program.start(kernel, first())
    while kernel.run(10_000):
        pass
    return kernel


def stop(kernel: Kernel, thread: object) -> None:
    """End the run."""
    kernel.finish("finished")


def named(kernel: Kernel, name: str) -> Task:
    """The task called `name`."""
    return next(task for task in kernel.tasks.values() if task.name == name)


def rights(task: Task) -> dict[int, int]:
    """Type bits by name."""
    return {name: entry.bits for name, entry in task.space.entries.items()}


@pytest.fixture(params=["upstream-2007", "antrik-2005"], scope="module")
def kernel(request: Any) -> Kernel:
    """A kernel of either year after its forks."""
    return forked(request.param)


def test_forks_and_processes_are_counted(kernel: Kernel) -> None:
    assert kernel.forks == FORKS
    assert kernel.processes == FORKS + 1


def test_children_are_alike(kernel: Kernel) -> None:
    children = [named(kernel, f"process {pid}") for pid in range(2, 2 + FORKS)]
    counts = {tuple(sorted(rights(child).values())) for child in children}
    assert len(counts) == 1
    assert len({len(child.map.entries) for child in children}) == 1


def test_a_child_has_the_parents_names_and_a_few_of_its_own(kernel: Kernel) -> None:
    mother, child = rights(named(kernel, "parent")), rights(named(kernel, "process 2"))
    for name, bits in mother.items():
        if not bits & DEAD_NAME:
            assert child[name] & (SEND | RECEIVE), name
    # _hurdsig_fault_init leaves the inherited forward_sigexc behind and makes another.
    received = sum(1 for bits in child.values() if bits & RECEIVE)
    assert received > sum(1 for bits in mother.values() if bits & RECEIVE)


def test_receive_rights_are_the_childs_own(kernel: Kernel) -> None:
    mother, child = named(kernel, "parent"), named(kernel, "process 2")
    ports = {id(e.object) for e in mother.space.entries.values() if e.bits & RECEIVE}
    assert not ports & {id(e.object) for e in child.space.entries.values() if e.bits & RECEIVE}


def test_the_parent_keeps_nothing_of_a_fork(kernel: Kernel) -> None:
    mother = named(kernel, "parent")
    assert len(mother.space.entries) < 40
    assert len(mother.map.entries) == len(process.MEMORY)


def test_each_side_copies_what_it_writes(kernel: Kernel) -> None:
    written = [region for region in process.MEMORY if region.written]
    child = named(kernel, "process 2")
    own = [e for e in child.map.entries if e.object is not None and not e.needs_copy]
    assert len(own) >= len(written)
