"""A goal is a filter or a condition, as its text shows."""

from pathlib import Path

import pytest

from tests.recording.test_recorder import record
from zoneviz.errors import UsageError
from zoneviz.playback import Player
from zoneviz.playback.goals import parse_goal
from zoneviz.playback.search import parse_filter
from zoneviz.recording import Recording


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path: Path = tmp_path_factory.mktemp("g") / "a.zvz"
    record(path, 3000, [700])
    return Recording(path)


@pytest.mark.parametrize(("text", "test"), [
    ("event=10..12", lambda row: 10 <= row[0] <= 12),
    ("event=2990..", lambda row: row[0] >= 2990),
    ("size=64..100 task=1", lambda row: 64 <= row[8] <= 100 and row[3] == 1),
    ("time=..1us", lambda row: row[1 + 1] <= 1000),
])  # fmt: skip
def test_ranges(recording: Recording, text: str, test: object) -> None:
    rows = recording.events()
    found = rows[parse_filter(text, recording.catalog)(rows)].tolist()
    assert found == [row for row in rows.tolist() if test(row)]  # type: ignore[operator]


def test_touching_is_a_filter_too(recording: Recording) -> None:
    rows = recording.events()
    both = parse_filter("touches=thread:2 event=1..2000", recording.catalog)(rows)
    assert both.any() and (rows[both, 0] <= 2000).all()


def test_the_text_decides_which(recording: Recording) -> None:
    player = Player(recording)
    assert [part.found for part in parse_goal("event=40", recording.catalog)(player, False)][-1] == 40
    first = [part.found for part in parse_goal("ipc ports in use > 3", recording.catalog)(player, False)][-1]
    assert first is not None
    zones = {zone["name"]: zone["in_use"] for zone in player.seek(first).machine()["zones"]}
    before = {zone["name"]: zone["in_use"] for zone in player.seek(first - 1).machine()["zones"]}
    assert (before["ipc ports"], zones["ipc ports"]) == (3, 4)
    assert [part.found for part in parse_goal("event=40", recording.catalog)(player, True)][-1] in (40, None)


@pytest.mark.parametrize("text", ["", "   ", "nonsense", "touches=port", "touches=dog:3", "time=soon", "size=1..x", "task>3"])
def test_neither_filter_nor_condition(recording: Recording, text: str) -> None:
    with pytest.raises(UsageError):
        parse_goal(text, recording.catalog)
