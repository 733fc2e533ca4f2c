"""Gathering over a recording that grows: nothing is shared between the window and a job, so no name is lost."""

import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Kind, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.gui.session.holder_feed import HolderFeed
from zoneviz.gui.session.lane_feed import LaneFeed
from zoneviz.gui.session.reading import Reading
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.cuts import Cuts, Places, cuts_of
from zoneviz.recording import Header, Recorder, Recording

SERVERS = 26
RUNS = 200
"""Jobs that read while the recording and the window's catalog grow."""


class Growing:
    """A recording to which tasks are added, each with one thread and one element."""

    def __init__(self, path: Path) -> None:
        self.path, self.catalog = path, Catalog()
        self.recorder = Recorder(path, self.catalog, Header())
        self.catalog.zones.append(ZoneInfo(1, "tasks", 64, 1 << 24, 4096, ""))
        self.tasks = 0

    def grow(self, tasks: int) -> None:
        """Record more tasks of the same few servers."""
        for _ in range(tasks):
            self.tasks += 1
            number, place = self.tasks, self.tasks * 64
            self.catalog.tasks.append(TaskInfo(number, f"server {chr(97 + number % SERVERS)} {number}"))
            self.catalog.threads.append(ThreadInfo(number, number, "main"))
            for kind, subject, size, extra in (
                (Kind.ZALLOC, 1, 64, 129), (Kind.TASK_CREATE, number, 0, 0), (Kind.THREAD_CREATE, number, 0, number),
            ):  # fmt: skip
                time = self.recorder.events + self.recorder.stream.pending
                self.recorder.sink((int(kind), time, number, number, 0, subject, place, size, extra))
        self.recorder.commit()


@pytest.fixture
def tight_switching() -> Iterator[None]:
    """Threads switch as often as Python can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs start with the next pass of the event loop."""
    monkeypatch.setattr("zoneviz.gui.session.jobs.PAINT_MS", 0)


def places(own: Player, gathered: Cuts | None) -> Generator[tuple[int, int], None, tuple[Cuts, Places]]:
    gathered = gathered or Cuts()
    return gathered, (yield from cuts_of(own, gathered))


def test_no_name_is_lost_while_the_recording_grows(qapp: QApplication, tmp_path: Path, tight_switching: None, no_delay: None) -> None:
    growing, session, problems = Growing(tmp_path / "growing.zvz"), Session(), list[str]()
    session.problem.connect(problems.append)
    growing.grow(100)
    session.show(Player(Recording(growing.path)))
    lanes, holders, cuts = LaneFeed.of(session), HolderFeed(session), Reading[Cuts, Places](session)

    def read_all() -> None:
        assert session.player is not None
        session.player.refresh()
        lanes.read(session.player)
        holders.held(session.player, servers=True)
        cuts.want(session.player, places)

    for _ in range(RUNS // 3 + 1):
        growing.grow(5)
        read_all()
        while lanes.running or holders.running or cuts.running:
            growing.grow(1)
            session.refresh()
            qapp.processEvents()
    growing.recorder.finish("finished", {})
    session.refresh()
    read_all()
    for reading in (lanes, holders, cuts):
        reading.wait()
    assert problems == []
    assert lanes.result is not None and holders.result is not None and cuts.result is not None
    expected = ["the kernel", *(f"server {chr(97 + number % SERVERS)}" for number in range(1, SERVERS + 1))]
    assert lanes.result.servers == holders.result.servers.names == expected
    assert lanes.result.threads[-1].sum() == len(cuts.result.address) == growing.tasks
    session.show(None)
    session.deleteLater()


def test_what_was_read_is_not_read_again(qapp: QApplication, tmp_path: Path, no_delay: None) -> None:
    growing, session = Growing(tmp_path / "growing.zvz"), Session()
    growing.grow(10)
    session.show(Player(Recording(growing.path)))
    reading, seen = Reading[list[int], int](session), list[tuple[int, int]]()

    def count(own: Player, gathered: list[int] | None) -> Generator[tuple[int, int], None, tuple[list[int], int]]:
        gathered = [0] if gathered is None else gathered
        seen.append((gathered[0], own.recording.event_count))
        yield 1, 2
        gathered[0] = own.recording.event_count
        return gathered, gathered[0]

    assert session.player is not None
    for expected in (None, 30, 30):
        assert reading.want(session.player, count) == expected
        reading.wait()
    growing.grow(10)
    session.refresh()
    reading.want(session.player, count)
    reading.cancel()  # what this job had gathered is lost
    reading.want(session.player, count)
    reading.wait()
    assert seen == [(0, 30), (0, 60)] and reading.result == 60
    growing.recorder.finish("finished", {})
    session.show(None)
    assert reading.result is None and not reading.running
    session.deleteLater()


def test_damage_is_reported_once(session: Session) -> None:
    reading, problems = Reading[int, int](session), list[str]()
    session.problem.connect(problems.append)

    def damaged(own: Player, gathered: int | None) -> Generator[tuple[int, int], None, tuple[int, int]]:
        yield 1, 2
        raise InputError("It is damaged.")

    assert session.player is not None
    for _ in range(3):
        reading.want(session.player, damaged)
        reading.wait()
    assert problems == ["It is damaged."] and reading.result is None
