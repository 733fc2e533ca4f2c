"""Write-back: one message a run of dirty pages, let in by sequence number, a thread each, and the sync every 5 s."""

from itertools import pairwise
from typing import Any

from tests.hurd.stage import Stage
from zoneviz.events import Event, Kind
from zoneviz.hurd import files
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.pager import DISK_PAGE, SYNC
from zoneviz.mach import traps
from zoneviz.mach.memory_object import DATA_RETURN, DATA_WRITE_MAX

SECOND = 1_000_000_000


def written(stage: Stage, *sizes: int) -> Steps:
    """Write files of these sizes, in pages."""
    for number, pages in enumerate(sizes):
        path = f"data/{number}"
        _, port = yield from files.open_file(stage.root, path)
        error = yield from files.write_file(port, path, pages)
        assert error == 0
        yield from files.close_file(stage.me, port)


def burst(policy: str, *sizes: int) -> Stage:
    """A stage after one sync of files of these sizes."""

    def act(stage: Stage) -> Steps:
        yield from written(stage, *sizes)
        yield traps.sleep(SYNC + 2 * SECOND)

    return Stage(act, policy)


def sent(stage: Stage) -> list[Event]:
    """The data_return messages."""
    return [e for e in stage.events if e[0] == Kind.MSG_SEND and e[5] == DATA_RETURN]


def writes(stage: Stage) -> list[Event]:
    """Where a thread began to wait for the disk."""
    name = stage.kernel.catalog.names.intern("device_write")
    return [e for e in stage.events if e[0] == Kind.THREAD_BLOCK and e[8] == name]


def test_a_run_of_at_most_32_pages_is_one_message() -> None:
    assert DATA_WRITE_MAX == 32
    for pages, messages in ((1, 1), (32, 1), (33, 2), (1000, 32)):
        stage = burst("plain", pages)
        assert len(sent(stage)) == messages
        assert len(writes(stage)) == pages
        assert stage.kernel.machine()["counts"]["messages"] == 0


def test_each_file_is_a_run_and_each_waiting_run_a_thread() -> None:
    stage = burst("plain", *[3] * 200)
    assert len(sent(stage)) == 200
    assert 150 < stage.fs.loops[1].peak <= 201
    assert burst("plain", 600).fs.loops[1].peak <= 600 // 32 + 2


def test_a_fixed_pool_creates_no_threads() -> None:
    stage = burst("pool", *[3] * 200)
    assert stage.fs.loops[1].peak == 10
    assert stage.kernel.machine()["counts"]["messages"] == 0


def test_messages_of_a_file_are_let_in_in_order() -> None:
    """The sequence numbers in the order in which the first page of each message goes to the disk."""
    order: list[int] = []

    def act(stage: Stage) -> Steps:
        serve = stage.fs.disk.data_return

        def noted(server: Any, message: Any) -> Steps:
            # Later messages get here first: a message waits the longer, the smaller its number.
            yield traps.sleep((20 - message.body[0]) * 1_000_000)
            return (yield from serve(server, message))

        stage.fs.handlers[DATA_RETURN] = noted
        yield from written(stage, 20 * DATA_WRITE_MAX)
        (pager,) = stage.fs.disk.by_path.values()
        while pager.next_seqno < 20:
            if not order or order[-1] != pager.next_seqno:
                order.append(pager.next_seqno)
            yield traps.sleep(1_000_000)
        yield traps.sleep(SECOND)

    stage = Stage(act)
    assert len(sent(stage)) == 20
    assert order == [0]  # nothing was let in before the first one, and then all at once
    assert len(writes(stage)) == 20 * DATA_WRITE_MAX
    assert stage.kernel.machine()["counts"]["messages"] == 0


def test_a_sync_writes_every_5_seconds_what_is_dirty_then() -> None:
    def act(stage: Stage) -> Steps:
        for _ in range(3):
            yield from written(stage, 4)
            yield traps.sleep(SYNC)
        yield traps.sleep(10 * SYNC)

    stage = Stage(act)
    times = [e[1] for e in sent(stage)]
    assert len(times) == 3
    assert all(abs(b - a - SYNC) < SYNC / 100 for a, b in pairwise(times))


def test_writes_to_a_file_before_a_sync_are_one_run() -> None:
    def act(stage: Stage) -> Steps:
        for _ in range(4):
            yield from written(stage, 2)
        yield traps.sleep(2 * SYNC)

    stage = Stage(act)
    assert len(sent(stage)) == 1 and len(writes(stage)) == 8


def test_the_disk_takes_its_time_and_the_memory_is_freed() -> None:
    free: list[int] = []

    def act(stage: Stage) -> Steps:
        for _ in range(3):
            yield from written(stage, 64)
            yield traps.sleep(2 * SYNC)
            free.append(stage.kernel.phys.free)

    stage = Stage(act)
    first = [e[1] for e in writes(stage)][:64]
    assert first[-1] - first[0] >= 60 * DISK_PAGE
    assert free[1] == free[2]
