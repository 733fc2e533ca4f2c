"""Checkpoints are at the multiples of the step, and do not depend on how events are batched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recording import toy
from zoneviz.state import checkpointer
from zoneviz.state.checkpointer import Checkpointer
from zoneviz.state.machine import MachineState, from_bytes


def test_a_checkpoint_every_65536_events_and_more_if_they_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkpointer.CHECKPOINT_STEP == 65536 == Checkpointer(toy.catalog()).step
    monkeypatch.setattr(checkpointer, "FINE_STEP", 100)
    rows = toy.as_rows(toy.run(1000))

    def places(keeper: Checkpointer) -> list[int]:
        return [seq for seq, _ in keeper.feed(rows)]

    # Each takes some thousand bytes, at least 1/32 of the bytes of a thousand events.
    found = Checkpointer(toy.catalog(), 400).feed(rows)
    assert [seq for seq, _ in found] == [100, 400, 800] and all(len(data) * 32 > 300 * 36 for _, data in found)
    monkeypatch.setattr(checkpointer, "_SMALL", 1)
    assert places(Checkpointer(toy.catalog(), 400)) == [*range(100, 1001, 100)]
    assert places(Checkpointer(toy.catalog(), 400, fine={300, 900})) == [300, 400, 800, 900]
    assert places(Checkpointer(toy.catalog(), 400, fine=())) == [400, 800]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_checkpoints_do_not_depend_on_batches(sizes: list[int]) -> None:
    rows = toy.as_rows(toy.run(1000))
    keeper, at, turn = Checkpointer(toy.catalog(), 150), 0, 0
    found: list[tuple[int, bytes]] = []
    while at < len(rows):
        size = sizes[turn % len(sizes)]
        found += keeper.feed(rows[at : at + size])
        at, turn = at + size, turn + 1
    assert [seq for seq, _ in found] == [150, 300, 450, 600, 750, 900]
    for seq, data in found:
        expected = MachineState(toy.catalog())
        expected.apply(rows[:seq])
        assert data == expected.to_bytes() and from_bytes(data, toy.catalog()).seq == seq
    assert keeper.state.seq == 1000


def test_gathered_events_are_applied_regularly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointer, "_GATHER", 100)
    keeper = Checkpointer(toy.catalog())
    for row in toy.as_rows(toy.run(250)):
        assert keeper.feed(row[None, :]) == []
        assert len(keeper._waiting) < 100
    assert keeper.state.seq == 250
