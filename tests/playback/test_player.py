"""Wherever the player moves, by whatever path, the state is that of all events up to there."""

from pathlib import Path
from random import Random
from weakref import WeakSet

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recording import toy
from tests.recording.test_reader import damage
from tests.recording.test_recorder import record
from zoneviz.errors import InputError
from zoneviz.playback import Player, player
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.state.machine import MachineState

COUNT = 3000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("p") / "a.zvz"
    record(made, COUNT, [700], checkpoint_step=1024)
    return made


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that three thousand events are many blocks, and the caches overflow."""
    for name, value in (("BLOCK", 128), ("_BLOCKS", 6), ("_COPIES", 3)):
        monkeypatch.setattr(player, name, value)


def straight(seq: int) -> MachineState:
    state = MachineState(toy.catalog())
    state.apply(toy.as_rows(toy.run(COUNT)[:seq]))
    return state


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-10, COUNT + 10), min_size=1, max_size=8))
def test_any_path_leads_to_the_same_state(path: Path, places: list[int]) -> None:
    with Recording(path) as recording:
        moving = Player(recording)
        for place in places:
            expected = straight(max(0, min(place, COUNT)))
            state = moving.seek(place)
            assert state is moving.state and moving.moment == (expected.seq, expected.time)
            assert state.machine() == expected.machine() and state.to_bytes() == expected.to_bytes()


def test_steps_forwards_and_backwards(path: Path) -> None:
    moving = Player(Recording(path))
    moving.seek(1500)
    kept = moving.state
    for _ in range(300):
        moving.step(-1)
    assert moving.state.to_bytes() == straight(1200).to_bytes()
    for _ in range(300):
        moving.step()
    assert moving.state.to_bytes() == kept.to_bytes() == straight(1500).to_bytes()
    assert moving.seek(1500) is moving.state


def test_panic_and_end(path: Path) -> None:
    moving = Player(Recording(path))
    assert moving.panic_seq() == COUNT
    state = moving.at_panic()
    assert state is not None and state.panic is not None and state.panic.text == "zalloc: zone maps exhausted"
    moving.seek(5)
    assert moving.state.panic is None and moving.at_end().seq == COUNT


def test_live(tmp_path: Path) -> None:
    catalog, events = toy.catalog(), toy.run(COUNT)
    recorder = Recorder(tmp_path / "a.zvz", catalog, Header(), checkpoint_step=512)
    moving = Player(Recording(tmp_path / "a.zvz"))
    assert moving.at_panic() is None and moving.at_end().seq == 0
    for start in range(0, COUNT, 130):
        for event in events[start : start + 130]:
            recorder.sink(event)
        recorder.commit()
        assert moving.refresh() and moving.moment.seq == start
        assert moving.at_end().machine() == straight(min(start + 130, COUNT)).machine()
    recorder.finish("panic")
    assert moving.refresh() and moving.at_panic() is not None


def test_rows_come_from_the_cache(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = Recording(path)
    moving = Player(recording)
    expected = toy.as_rows(toy.run(COUNT))
    for first, last in ((1, 1), (128, 129), (100, 400), (2990, 5000), (7, 6)):
        assert (moving.rows(first, last) == expected[first - 1 : last]).all()
    monkeypatch.setattr(Recording, "events", None)
    assert (moving.rows(130, 300) == expected[129:300]).all()


def test_a_checkpoint_of_another_event_is_refused(tmp_path: Path) -> None:
    record(tmp_path / "a.zvz", COUNT, [700], checkpoint_step=1024)
    damage(tmp_path / "a.zvz", "UPDATE checkpoints SET seq = 2000 WHERE seq = 2048")
    moving = Player(Recording(tmp_path / "a.zvz"))
    with pytest.raises(InputError, match="checkpoint 2000 has the state of event 2048"):
        moving.seek(2500)
    assert moving.moment.seq == 0


def test_a_long_drag_keeps_nothing(path: Path) -> None:
    """However long a cursor is dragged, no more states and events are kept than the caches hold."""
    chance, states = Random(5), WeakSet[MachineState]()
    with Recording(path) as recording:
        moving = Player(recording)
        for _ in range(300):
            state = moving.seek(chance.choice((moving.state.seq + 40, moving.state.seq - 3, chance.randrange(COUNT))))
            _ = state.elements.counts("path"), state.ports, state.rights
            states.add(state)
            assert len(moving._blocks) <= player._BLOCKS and len(moving._copies) <= player._COPIES
            assert len(moving._rungs) <= player._STRETCH // player.RUNG + 1
        del state
        assert all(each is moving.state or each is moving._start for each in states)
