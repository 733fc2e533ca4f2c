"""When a file system starts a translator again, and what an open finds in a translator whose table of names cannot grow."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hurd.stage import Stage
from zoneviz.hurd import files
from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.mach_msg import port_alloc
from zoneviz.mach.message import MACH_MSG_IPC_KERNEL, MACH_RCV_BODY_ERROR
from zoneviz.mach.sizes import IPC_ENTRY, PAGE
from zoneviz.mach.task import Task, task_terminate
from zoneviz.mach.vm_kern import kmem_alloc_wired

SECOND = 1_000_000_000
HUNG = None
NO_ROOM = MACH_RCV_BODY_ERROR | MACH_MSG_IPC_KERNEL


def kill(k: Any, thread: object, task: Task) -> None:
    """A trap: terminate another task, as a debugger would."""
    task_terminate(k, task)


def fill(k: Any, thread: object, task: Task, left: int) -> None:
    """A trap: use up the names of a task except for `left`; its table cannot grow, because kalloc_map is full."""
    while task.space.size < PAGE // IPC_ENTRY:
        port_alloc(k, task.space)
    for size in (64 * PAGE, PAGE):
        while kmem_alloc_wired(k, k.kalloc_map, size):
            pass
    while len(task.space.free) > left:
        port_alloc(k, task.space)


def opens(stage: Stage, count: int, then: Callable[[], object] = lambda: None) -> Steps:
    """Open in `count` threads of the first program at once, and wait: the errors, HUNG for an open without an answer."""
    results: list[int | None] = [HUNG] * count

    def one(number: int) -> Steps:
        results[number], _ = yield from files.open_file(stage.root, files.NULL)
        yield traps.sleep(1000 * SECOND)

    for number in range(count):
        _, thread = yield traps.thread_create(stage.me)
        yield traps.thread_set_state(thread, one(number))
        yield traps.thread_resume(thread)
    yield traps.sleep(5 * SECOND)
    return results


def test_a_translator_that_died_is_started_again() -> None:
    starts: list[int] = []

    def act(stage: Stage) -> Steps:
        node = stage.fs.nodes[files.NULL]
        for _ in range(3):
            yield from files.open_file(stage.root, files.NULL)
        starts.append(node.starts)
        yield kill, stage.task("null")
        kr, port = yield from files.open_file(stage.root, files.NULL)
        assert kr == 0 and port
        starts.append(node.starts)

    stage = Stage(act)
    assert starts == [1, 2]
    assert len(stage.nulls) == 2


def test_lookups_wait_for_the_one_that_starts_the_translator() -> None:
    seen: list[Any] = []

    def act(stage: Stage) -> Steps:
        seen.append((yield from opens(stage, 6)))

    stage = Stage(act)
    assert seen == [[0] * 6]
    assert stage.fs.nodes[files.NULL].starts == 1


def test_a_new_translator_gets_its_init_ports() -> None:
    """Auth, the root directory and three for stdio, made for it, and the directory of its node."""
    stage = Stage(lambda stage: files.open_file(stage.root, files.NULL))
    held = [e.object for e in stage.task("null").space.entries.values() if e.object is not None]
    owners = [stage.kernel.tasks[port.owner].name for port in held if hasattr(port, "owner") and port.owner in stage.kernel.tasks]
    # Of the file system: four reauthenticated ports, the directory, the underlying node, and that of the open file.
    assert (owners.count("auth"), owners.count("ext2fs")) == (1, 7)


@pytest.mark.parametrize(
    ("left", "error", "starts"),
    [
        (4, 0, 1),  # all that an open needs at its peak
        (3, KERN_RESOURCE_SHORTAGE, 1),  # no name for the port of the open file
        (2, NO_ROOM, 1),  # none for the file system's port
        (1, HUNG, 1),  # none for the directory's port: the request is not handled
        (0, 0, 2),  # none for the right to reply: taken for the death of the translator
    ],
)
def test_what_an_open_finds_in_a_full_table(left: int, error: int | None, starts: int) -> None:
    seen: list[Any] = []

    def act(stage: Stage) -> Steps:
        yield from opens(stage, 2)  # null has a spare listener from now on
        old = stage.task("null")
        yield fill, old, left
        seen.append((yield from opens(stage, 1))[0])
        assert old.alive

    stage = Stage(act)
    assert seen == [error]
    assert stage.fs.nodes[files.NULL].starts == len(stage.nulls) == starts


def test_a_request_that_was_not_handled_keeps_its_names() -> None:
    seen: list[int] = []

    def act(stage: Stage) -> Steps:
        yield from opens(stage, 2)
        null = stage.task("null")
        yield fill, null, 1
        for _ in range(2):
            yield from opens(stage, 1)
            seen.append(len(null.space.free))

    stage = Stage(act)
    # The right to reply of the first stays for ever. The second is taken for the death of null, and another null serves it.
    assert seen == [0, 0]
    assert stage.fs.nodes[files.NULL].starts == 2


def test_an_error_of_the_translator_goes_back_to_the_opener() -> None:
    seen: list[Any] = []

    def act(stage: Stage) -> Steps:
        yield from opens(stage, 2)
        yield fill, stage.task("null"), 2
        for _ in range(3):
            seen.append((yield from files.open_file(stage.root, files.NULL)))

    stage = Stage(act)
    # The stub in null gave up its reply port at the first error; a thread that then has no room for one gets another error.
    assert seen[0] == (NO_ROOM, 0) and all(error and not port for error, port in seen)
    assert stage.fs.nodes[files.NULL].starts == 1


def test_without_a_passive_translator_the_node_itself_is_opened() -> None:
    seen: list[Any] = []

    def act(stage: Stage) -> Steps:
        yield from files.open_file(stage.root, files.NULL)
        stage.fs.nodes[files.NULL].translator = None
        yield kill, stage.task("null")
        seen.append((yield from files.open_file(stage.root, files.NULL))[0])

    stage = Stage(act)
    assert seen == [0]
    assert stage.fs.nodes[files.NULL].control == 0
