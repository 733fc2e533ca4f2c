"""Bytes by zone, task and call path."""

from tests.playback.diagnosis.conftest import Recorded
from zoneviz.playback import Player
from zoneviz.playback.diagnosis.usage import growth, usage_of


def test_growth_is_the_difference_of_two_moments(recorded: Recorded) -> None:
    recording = recorded("fork-bomb")
    a, b = Player(recording).seek(recording.event_count // 3), Player(recording).seek(recording.event_count)
    grown = growth(a, b)
    assert int(grown.bytes.sum()) == int(usage_of(b).bytes.sum()) - int(usage_of(a).bytes.sum())
    assert grown.bytes[0] == grown.bytes.max() and (grown.count != 0).any()
