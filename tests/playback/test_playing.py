"""Playing follows the clock it is given: by simulated time, by events, in a loop, to the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recording.test_recorder import record
from zoneviz.playback import Player
from zoneviz.playback.playing import FASTEST, SLOWEST, Playing
from zoneviz.recording import Recording

COUNT = 3000


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    record(tmp_path / "a.zvz", COUNT, [700])
    with Recording(tmp_path / "a.zvz") as recording:
        yield Playing(Player(recording))


def test_simulated_time(playing: Playing) -> None:
    recording, player = playing.player.recording, playing.player
    playing.speed = 0.01
    assert not playing.tick(5.0), "not before it plays"
    playing.play(100.0)
    whole = recording.last_time / 1e9 / 0.01
    assert playing.tick(100.0 + whole / 2) and player.moment.seq == recording.seq_at(recording.last_time // 2)
    for i in range(1, 10):
        playing.tick(100.0 + whole * (0.5 + i / 20))
        assert abs(player.moment.time - recording.last_time * (0.5 + i / 20)) < 10_000
    playing.tick(100.0 + whole * 2)
    assert player.moment.seq == COUNT and not playing.playing


def test_events_per_second_pause_and_resume(playing: Playing) -> None:
    playing.events_per_second = 100
    playing.play(0.0)
    seen = []
    for i in range(1, 41):
        playing.tick(i / 40)
        seen.append(playing.player.moment.seq)
    assert seen[-1] in (99, 100) and seen == sorted(seen)
    playing.pause()
    assert not playing.tick(9.0)
    playing.play(10.0)
    playing.tick(11.0)
    assert playing.player.moment.seq in (199, 200)
    playing.player.seek(1000)
    playing.tick(12.0)
    assert playing.player.moment.seq == 1100, "playing continues from where the user moved the player"


def test_loop(playing: Playing) -> None:
    playing.loop, playing.events_per_second = (500, 600), 50
    playing.play(0.0)
    assert playing.player.moment.seq == 500
    seen = []
    for i in range(1, 12):
        playing.tick(float(i))
        seen.append(playing.player.moment.seq)
    assert seen[:4] == [550, 600, 500, 550] and playing.playing


def test_limits(playing: Playing) -> None:
    playing.speed = 1e9
    assert playing.speed == FASTEST
    playing.speed = 0
    assert playing.speed == SLOWEST and playing.events_per_second is None
    with pytest.raises(ValueError, match="must be positive"):
        playing.events_per_second = 0
    playing.player.at_end()
    playing.play(0.0)
    assert playing.player.moment.seq == 0, "from the end it begins again"
