"""All hits of a goal, as many single searches would find them."""

import numpy as np
import pytest

from zoneviz import resources
from zoneviz.errors import UsageError
from zoneviz.playback import Player
from zoneviz.playback import hits as looking
from zoneviz.playback.goals import parse_goal
from zoneviz.playback.hits import Hits, hits
from zoneviz.recording import Recording
from zoneviz.state.rows import SEQ, TIME

GOLDEN = {path.name.partition(".")[0]: path for path in resources.recordings()}


def _all(recording: Recording, goal: str) -> Hits:
    work = hits(Player(recording), goal)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Hits = end.value
            return found


@pytest.mark.parametrize(
    ("name", "goal"),
    [("fork-bomb", "kind=FORK"), ("dev-null-storm", "kind=THREAD_CREATE,ZCRAM"), ("fork-bomb", "kalloc.64 in use > 100"),
     ("linux-sockets", "kind=READING"), ("fork-bomb", "processes > 20"), ("real-messages", "kind=ZREFUSE")],
)  # fmt: skip
def test_the_hits_are_those_of_one_search_after_another(name: str, goal: str) -> None:
    with Recording(GOLDEN[name]) as recording:
        found, player = _all(recording, goal), Player(recording)
        one_by_one: list[int] = []
        search = parse_goal(goal, recording.catalog)
        while True:
            *_, last = search(player, False)
            if last.found is None or len(one_by_one) > 60:
                break
            one_by_one.append(last.found)
            player.seek(last.found)
        assert found.seqs.tolist()[: len(one_by_one)] == one_by_one
        assert found.whole and found.until == recording.event_count and (len(one_by_one) > 60 or len(found.seqs) == len(one_by_one))


def test_each_hit_has_its_own_time() -> None:
    with Recording(GOLDEN["dev-null-storm"]) as recording:
        found = _all(recording, "kind=ZREFUSE,PANIC")
        rows = [recording.events(seq, seq)[0] for seq in found.seqs.tolist()]
        assert rows and [(row[SEQ], row[TIME]) for row in rows] == list(zip(found.seqs.tolist(), found.times.tolist(), strict=True))


def test_too_many_hits_end_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST", 1000)
    with Recording(GOLDEN["fork-bomb"]) as recording:
        found = _all(recording, "kind=ZALLOC")
        assert not found.whole and len(found.seqs) >= 1000 and found.until < recording.event_count
        assert np.all(np.diff(found.seqs) > 0)


def test_an_invalid_goal_is_reported() -> None:
    with Recording(GOLDEN["fork-bomb"]) as recording, pytest.raises(UsageError):
        _all(recording, "no such thing")
