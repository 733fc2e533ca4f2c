"""Rights between tasks and the life of a port, against the state and a plain scan of the events."""

from pathlib import Path

import numpy as np
import pytest

from tests.playback.test_lanes import finished
from zoneviz import resources
from zoneviz.events import RECEIVE, SEND, Kind
from zoneviz.playback import Player
from zoneviz.playback.portstory import Story, between, ports_of, rights_words, story, story_line
from zoneviz.recording import Recording


@pytest.fixture
def player() -> Player:
    path: Path = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))
    made = Player(Recording(path))
    made.at_end()
    return made


def test_the_ports_of_a_task(player: Player) -> None:
    state = player.state
    for task, count in state.rights.by_task().items():
        held = ports_of(state, task, 10**6)
        assert len(held) == count.names
        assert sum(1 for h in held if h.bits & RECEIVE) == count.receive and sum(1 for h in held if h.bits & SEND) == count.send
    receives = [h for h in ports_of(state, 3, 10**6) if h.bits & RECEIVE]
    assert receives and all(h.receiver == 3 for h in receives)


def test_ports_two_tasks_share(player: Player) -> None:
    state = player.state
    names = {task.name: task.id for task in state.catalog.tasks}
    one = state.rights.of(names["proc"])
    other = next(
        i for i in names.values() if i != names["proc"] and set(state.rights.of(i).address.tolist()) & set(one.address.tolist()) - {0}
    )
    shared, two = between(state, names["proc"], other), state.rights.of(other)
    assert {h.address for h in shared} == set(one.address.tolist()) & set(two.address.tolist()) - {0} != set()
    assert all(h.bits and h.other_bits for h in shared)
    assert between(state, names["proc"], 10**6) == []
    for h in shared:
        assert h.name == one.name[one.address == h.address].min()
        assert h.other_bits == np.bitwise_or.reduce(two.bits[two.address == h.address])
    assert len(between(state, names["proc"], other, 1)) == 1


def test_a_story_is_all_events_of_that_life(player: Player) -> None:
    rows = player.recording.events()
    ends = rows[rows[:, 1] == Kind.PORT_DESTROY]
    died = ends[len(ends) // 2]
    address, end = int(died[7]), int(died[0])
    births = rows[(rows[:, 1] == Kind.PORT_CREATE) & (rows[:, 7] == address) & (rows[:, 0] < end)]
    born = int(births[-1, 0])
    found: Story = finished(story(player, address, born))  # type: ignore[assignment]
    mine = rows[(rows[:, 0] >= born) & (rows[:, 0] <= end) & (rows[:, 7] == address)]
    assert (found.died, found.maker) == (end, int(births[-1, 3]))
    assert set(mine[:, 0].tolist()) <= set(found.rows[:, 0].tolist())
    assert found.events == len(found.rows) and found.rows[-1, 0] == end
    assert found.sent == (mine[:, 1] == Kind.MSG_SEND).sum()


def test_a_port_that_lives(player: Player) -> None:
    ports = player.state.ports
    busiest = int(np.argmax(ports.seq))
    found: Story = finished(story(player, int(ports.address[busiest]), int(ports.seq[busiest])))  # type: ignore[assignment]
    assert not found.died and found.born == ports.seq[busiest] and found.events >= 1


def test_words() -> None:
    assert rights_words(RECEIVE | SEND) == "receive, send"
    names = {3: "proc", 4: "term"}

    def row(kind: int, *rest: int) -> np.ndarray:
        return np.array([1, kind, 0, 3, 1, 0, *rest], np.int64)

    said = [
        story_line(row(*event), 64, names)
        for event in (
            (Kind.PORT_CREATE, 3, 64, 5, 0), (Kind.RIGHT_INSERT, 4, 64, 7, SEND), (Kind.RIGHT_MOVE, 4, 64, 8, 3),
            (Kind.MSG_QUEUE, 2000, 64, 32, 0), (Kind.NOTIFY, 70, 128, 0, 64), (Kind.PORT_DESTROY, 4, 64, 0, 2), (Kind.ZALLOC, 1, 64, 76, 0),
            (200, 1, 64, 0, 0),
        )
    ]  # fmt: skip
    assert said == [
        "created, proc receives as 0x5", "term gets send as 0x7", "term receives instead of proc",
        "message 2000 of 32 B queued", "notification 70 arrives", "destroyed with 2 queued messages", "zalloc", "event of unknown kind 200",
    ]  # fmt: skip
