"""Bytes by holder, against the elements of the state at the same event."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from zoneviz import resources
from zoneviz.playback import Player
from zoneviz.playback.holders import OTHERS, HolderCurves, Holders, holders, new_holders, now
from zoneviz.recording import Recording


@pytest.fixture
def player() -> Player:
    path: Path = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))
    return Player(Recording(path))


def finished(player: Player, gathered: Holders, servers: bool) -> HolderCurves:
    steps = holders(player, gathered, servers)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: HolderCurves = end.value
            return found


def test_by_server_at_every_moment(player: Player) -> None:
    held = finished(player, new_holders(player), True)
    assert held.seqs[-1] == player.recording.event_count and (held.sizes >= 0).all()
    for place in (3, len(held.seqs) // 2, len(held.seqs) - 1):
        state = player.seek(int(held.seqs[place]))
        assert state.time == held.times[place]
        assert {n: int(s) for n, s in zip(held.names, held.sizes[place], strict=True) if s} == now(state, True)
        assert sum(now(state, True).values()) == state.element_sizes().sum()


def test_by_task_the_largest_separately(player: Player) -> None:
    held = finished(player, new_holders(player), False)
    state = player.seek(int(held.seqs[-1]))
    there = Counter(now(state, False))
    drawn = dict(zip(held.names, held.sizes[-1].tolist(), strict=True))
    named = {name for name in held.names if name != OTHERS}
    assert all(drawn[name] == there[name] for name in named) and len(named) == 23
    assert drawn[OTHERS] == sum(size for name, size in there.items() if name not in named)


def test_fed_in_pieces_and_from_a_later_moment(player: Player) -> None:
    rows = player.recording.events(1, 20_000)
    one, two, three = (Holders(100) for _ in range(3))
    one.feed(rows)
    for low, high in ((0, 30), (30, 9_999), (9_999, 20_000)):
        two.feed(rows[low:high])
    three.begin(player.seek(7_000))
    three.feed(rows[7_000:])
    a, b, c = (holder.curves(player.recording.catalog, True) for holder in (one, two, three))
    assert (a.sizes == b.sizes).all() and (a.seqs == b.seqs).all() and (a.times == b.times).all()
    assert (a.sizes[np.searchsorted(a.seqs, c.seqs)] == c.sizes).all() and c.seqs[0] == 7_000
