"""Lanes against the state at the same event: threads by activity, ports by receiver."""

from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests.gui.conftest import catalog as toy_catalog
from zoneviz import resources, words
from zoneviz.events import RECEIVE, Kind, TaskInfo
from zoneviz.playback import Player
from zoneviz.playback.lanes import (
    DOING,
    LOCKED,
    RECEIVING,
    SLEEPING,
    WAITING,
    Lanes,
    Servers,
    Survey,
    doing_of,
    doings,
    now,
    reasons,
    server_name,
    stretch,
    survey,
)
from zoneviz.recording import Recording
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints
from zoneviz.words import KERNEL


def finished(steps: object) -> Lanes:
    while True:
        try:
            next(steps)  # type: ignore[call-overload]
        except StopIteration as end:
            found: Lanes = end.value
            return found


@pytest.fixture
def player() -> Player:
    path: Path = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))
    return Player(Recording(path))


def check(player: Player, lanes: Lanes, sample: int) -> None:
    """Compare one sample with the state at its event."""
    state = player.seek(int(lanes.seqs[sample]))
    assert state.time == lanes.times[sample]
    names = {task.id: server_name(task.name) for task in state.catalog.tasks}
    does = doings(state.threads.table, state.catalog)
    threads = Counter((names[thread.task], int(does[thread.id])) for thread in state.thread_states())
    drawn = {(s, d): int(lanes.threads[sample, i, d]) for i, s in enumerate(lanes.servers) for d in range(len(DOING))}
    assert {key: count for key, count in drawn.items() if count} == dict(threads)
    ports = Counter(names.get(task, KERNEL) for task in state.ports.receiver.tolist())
    assert {s: int(n) for s, n in zip(lanes.servers, lanes.ports[sample], strict=True) if n} == dict(ports)


def test_the_whole_run(player: Player) -> None:
    lanes = finished(survey(player, Survey(player.recording.event_count // 300)))
    for sample in (0, 20, 150, len(lanes.seqs) - 1):
        check(player, lanes, sample)


def test_a_stretch_is_finer_and_the_same(player: Player) -> None:
    first = player.recording.event_count // 2
    most = max(now(player.seek(first), Servers()).items(), key=lambda item: int(item[1].sum()))[0]
    lanes = finished(stretch(player, first, first + 1000, most))
    assert lanes.seqs.tolist() == list(range(first, first + 1001))
    for sample in (0, 1, 500, 1000):
        check(player, lanes, sample)
    process = lanes.servers.index(most)
    assert ((lanes.each >= 0).sum(axis=1) == lanes.threads[:, process].sum(axis=1)).all()
    assert (np.bincount(lanes.each[-1] + 1, minlength=9)[1:] == lanes.threads[-1, process]).all()


def test_a_stretch_beyond_the_last_event_ends_there(player: Player) -> None:
    last = player.recording.event_count
    steps = list(islice(stretch(player, last - 100, last + 100), 10))
    assert len(steps) < 10 and steps[-1] == (100, 100)


def test_fed_in_pieces_it_is_the_same(player: Player) -> None:
    catalog, rows = player.recording.catalog, player.recording.events(1, 20_000)
    one, two = (Survey(256) for _ in range(2))
    one.feed(rows, catalog)
    for low, high in ((0, 100), (100, 7777), (7777, 20_000)):
        two.feed(rows[low:high], catalog)
    for name in ("seqs", "times", "threads", "ports"):
        assert (getattr(one.lanes(catalog), name) == getattr(two.lanes(catalog), name)).all()


def test_many_samples_are_thinned(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneviz.playback.lanes.MOST", 16)
    gathered = Survey(64)
    gathered.feed(player.recording.events(1, 20_000), player.recording.catalog)
    lanes = gathered.lanes(player.recording.catalog)
    assert 16 <= len(lanes.seqs) < 32 and (lanes.seqs[:-1] % gathered.step == 0).all() and lanes.seqs[-1] == 20_000
    check(player, lanes, 9)


def test_activities_by_reason() -> None:
    assert [doing_of(why) for why in ("mach_msg receive", "_ports_lock", "sleep", "mach_msg send: port full")] == [
        RECEIVING, LOCKED, SLEEPING, WAITING,
    ]  # fmt: skip
    assert [server_name(name) for name in ("process 101", "ext2fs", "7", "null#2")] == ["process", "ext2fs", "7", "null"]
    live = ("bash (23796)", "kworker/0:1 (kernel thread 23)", "interrupts (softirq)", "python3 (7)", "pid 9", "idle")
    assert [server_name(name) for name in live] == ["bash", "kworker", "interrupts", "python3", "pid", "idle"]


def test_many_names_and_unnamed_tasks() -> None:
    made = toy_catalog()
    made.tasks += [TaskInfo(i, "".join(chr(97 + int(d)) for d in str(i))) for i in range(2, 200)]
    servers = Servers()
    servers.grow(made, 205)
    assert len(servers.names) <= 65 and servers.names[servers.place[205]] == "other tasks" and (servers.place >= 0).all()


def test_receivers_by_every_kind_of_event() -> None:
    made = toy_catalog()
    made.tasks.append(TaskInfo(2, "other"))

    def rows_of(*events: tuple[int, ...]) -> Ints:
        return np.array([[i, kind, i, 0, 0, 0, *rest] for i, (kind, *rest) in enumerate(events, 1)], np.int64)

    gathered = Survey(1)
    gathered.feed(rows_of(
        (Kind.PORT_CREATE, 1, 16, 3, 0), (Kind.RIGHT_INSERT, 1, 16, 3, RECEIVE), (Kind.RIGHT_MOVE, 2, 16, 9, 1),
        (Kind.RIGHT_DELETE, 2, 16, 9, RECEIVE), (Kind.RIGHT_INSERT, 2, 32, 4, RECEIVE), (Kind.PORT_DESTROY, 2, 32, 0, 0),
        (Kind.RIGHT_MOVE, 1, 99, 1, 2),
    ), made)  # fmt: skip
    lanes = gathered.lanes(made)
    at = {name: lanes.ports[:, i].tolist() for i, name in enumerate(lanes.servers)}
    assert at == {KERNEL: [0, 0, 0, 1, 1, 1, 1], "bomb": [1, 1, 0, 0, 0, 0, 0], "other": [0, 0, 1, 0, 1, 0, 0]}


def test_the_most_frequent_reason() -> None:
    made = toy_catalog()
    state = MachineState(made)
    lock, box, disk = (made.names.intern(name) for name in ("_ports_lock", "the translator box of /dev", "device_write"))
    rows = [(Kind.THREAD_CREATE, i, 0, 0, 1) for i in range(1, 7)]
    rows += [(Kind.THREAD_BLOCK, i, 64, 0, why) for i, why in enumerate((lock, lock, box, disk, disk, 0), 1)]
    state.apply(np.array([[i, kind, i, 0, 0, 0, *rest] for i, (kind, *rest) in enumerate(rows, 1)], np.int64))
    assert reasons(state) == {LOCKED: ("_ports_lock", 2), WAITING: ("device_write", 2)}
    assert now(state, Servers())["bomb"].tolist()[LOCKED] == 3


def test_tasks_without_a_name_are_one_server() -> None:
    assert {server_name(name) for name in ("", "task 3", "task 12")} == {words.UNNAMED}
    assert server_name("bomb 3") == "bomb" and server_name("multitask 3") == "multitask"
