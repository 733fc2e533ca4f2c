"""The tree of bytes against the state: every byte is in it once, by each grouping."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from zoneviz import resources
from zoneviz.app.parts import cut
from zoneviz.playback import Player
from zoneviz.playback.callpaths import Node, matching, together, tree
from zoneviz.playback.costs import BY, CALL_PATH, CALL_SITE, OWNER, SURVIVED, Stacker, costs
from zoneviz.playback.lanes import server_name
from zoneviz.recording import Recording
from zoneviz.state.machine import MachineState
from zoneviz.words import KERNEL


@pytest.fixture
def player() -> Player:
    path: Path = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))
    return Player(Recording(path))


def boxes(state: MachineState, by: str = CALL_PATH, *, made: tuple[int, int] | None = None, zone: str = "") -> Node:
    """The bytes of a state; of the elements that these events allocated."""
    return tree(Stacker(state.catalog).stacks(costs(state, by, made=made), by, zone=zone), 0 if made is None else SURVIVED)


@pytest.mark.parametrize("by", BY)
def test_every_byte_once(player: Player, by: str) -> None:
    for share in (0.0, 0.4, 1.0):
        state = player.seek(int(player.recording.event_count * share))
        root = boxes(state, by)
        zones = {z["name"]: z["in_use"] * z["elem_size"] for z in state.machine()["zones"] if z["in_use"]}
        assert root.size == sum(zones.values()) and root.count == len(state.elements)
        assert dict(root.zones) == zones
        for node in root.walk():
            below = list(node.children.values())
            assert node.size == node.own + sum(child.size for child in below) == sum(node.zones.values())
            assert [child.size for child in below] == sorted((child.size for child in below), reverse=True)
            assert all(one.start + one.size == two.start for one, two in pairwise(below))


def test_by_path_and_owner_name_for_name(player: Player) -> None:
    state = player.seek(player.recording.event_count)
    sizes = state.element_sizes().tolist()
    paths: Counter[str] = Counter()
    servers: Counter[str] = Counter()
    names = {task.id: server_name(task.name) for task in state.catalog.tasks} | {0: KERNEL}
    for size, path, task in zip(sizes, state.elements.path.tolist(), state.elements.task.tolist(), strict=True):
        paths[state.catalog.paths.text(path)] += size
        servers[names[task]] += size
    assert {" > ".join(n.trail()): n.own for n in boxes(state).walk() if n.own} == dict(paths)
    assert {n.name: n.size for n in boxes(state, OWNER).children.values()} == dict(servers)


def test_of_a_range_of_events_and_of_a_zone(player: Player) -> None:
    last = player.recording.event_count
    state = player.seek(last)
    first = boxes(state, made=(0, last // 2))
    second = boxes(state, made=(last // 2 + 1, last))
    assert first.size and second.size and first.size + second.size == boxes(state).size
    threads = state.zone("threads")
    assert threads is not None and boxes(state, zone="threads").size == threads["in_use"] * threads["elem_size"]
    assert boxes(state, zone="no such zone").size == 0
    with pytest.raises(ValueError, match="by must be one of"):
        costs(state, "beauty")


@pytest.mark.parametrize("path", resources.recordings(), ids=lambda path: path.name.partition(".")[0])
def test_kept_sums_are_those_of_the_state(path: Path) -> None:
    compare_sums(path)


def test_kept_sums_of_an_excerpt(tmp_path: Path) -> None:
    path = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))
    cut(path, "20000", "60000", tmp_path / "part.zvz")
    compare_sums(tmp_path / "part.zvz")


def compare_sums(path: Path) -> None:
    """Compare kept sums with those from scratch, at moments in any order: forwards, back, and from checkpoints."""
    chance = Random(path.name)
    with Recording(path) as recording:
        player, at = Player(recording), 0
        for _ in range(12):
            at = chance.choice((at + 100, at - 100, at + 3000, chance.randrange(recording.event_count + 1)))
            state = player.seek(at)
            sizes = state.element_sizes().tolist()
            by_task: Counter[int] = Counter()
            for task, size in zip(state.elements.task.tolist(), sizes, strict=True):
                by_task[task] += size
            assert state.bytes_by_task() == by_task
            for by in BY:
                root = boxes(state, by)
                assert (root.size, root.count) == (sum(sizes), len(sizes))
                again = boxes(state, by, made=(0, state.seq))  # counted from scratch
                assert [(n.trail(), n.size, n.count) for n in root.walk()] == [(n.trail(), n.size, n.count) for n in again.walk()]


def test_by_call_site_is_by_call_path_backwards(player: Player) -> None:
    state = player.seek(player.recording.event_count)
    there, back = boxes(state), boxes(state, CALL_SITE)
    assert back.size == there.size and sorted(back.children) == sorted({node.name for node in there.walk() if node.own})
    assert {tuple(n.trail()): n.own for n in there.walk() if n.own} == {tuple(n.trail()[::-1]): n.own for n in back.walk() if n.own}


def test_boxes_that_match_a_text_and_what_is_in_them(player: Player) -> None:
    """What is in several of them, one below the other, counts once."""
    root = boxes(player.seek(player.recording.event_count))
    found = matching(root, "ALLOC")
    assert found and all("alloc" in node.name.lower() for node in found)
    assert any("alloc" in name.lower() for node in found for name in node.trail()[:-1])
    owns = sum(node.own for node in root.walk() if any("alloc" in name.lower() for name in node.trail()))
    assert together(found)[0] == owns <= root.size
    assert together(matching(root, "")) == together(matching(root, "no such function")) == []
    assert together(list(root.walk())) == root.sums
