"""Questions about allocations are answered in the background, the last one only, and from what was counted before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoneviz.app.parts import cut
from zoneviz.events import Kind
from zoneviz.gui.session import allocation_feed
from zoneviz.gui.session.allocation_feed import AllocationFeed, Question
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.kmem_stat import KmemStat, kmem_stat
from zoneviz.playback.kmem_tables import BY, POINTER, ZONE, Row, groups, total
from zoneviz.recording import Recording
from zoneviz.state.rows import KIND


@pytest.fixture
def feed(bomb: Session) -> Iterator[AllocationFeed]:
    made = AllocationFeed(bomb)
    yield made
    made.cancel()


@pytest.fixture
def player(bomb: Session) -> Player:
    assert bomb.player is not None
    return bomb.player


def asked(feed: AllocationFeed, player: Player, question: Question) -> list[Row]:
    feed.ask(player, question)
    feed.wait()
    assert feed.answer is not None and feed.answer.question == question and feed.share == 1.0
    return feed.answer.rows


def counted(player: Player, question: Question) -> tuple[list[Row], Row]:
    with Recording(player.recording.path) as recording:
        stat = KmemStat(question.first - 1)
        list(kmem_stat(Player(recording), stat, question.last))
        found = groups(stat, recording.catalog, question.by, question.zone)
        return found.rows(found.ordered(question.order)[: question.most]), total(stat, recording.catalog, question.zone)


def test_every_question_has_its_answer(feed: AllocationFeed, player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forwards, backwards, from other places, with pointers and without."""
    monkeypatch.setattr(allocation_feed, "STOPS", 5)
    last = player.recording.event_count
    for first, end, by in [
        (1, 70_000, ZONE), (1, last, ZONE), (1, 30_000, BY[0]), (1, 60_001, POINTER), (1, 60_000, POINTER), (1, last, BY[1]),
        (50_000, 90_000, BY[0]), (50_000, 50_000, BY[0]), (1, 0, BY[0]),
    ]:  # fmt: skip
        question = Question(first, end, by, most=50)
        rows = asked(feed, player, question)
        assert feed.answer is not None
        assert (rows, feed.answer.total) == counted(player, question), question


@pytest.mark.parametrize(("first", "last"), [(1, 4000), (1, 5500), (1, 9000), (5200, 1 << 40)])
def test_a_question_about_an_excerpt_has_an_answer(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, last: int
) -> None:
    monkeypatch.setattr(allocation_feed, "STOPS", 20)
    cut(recorded, "5001", "6000", tmp_path / "part.zvz")
    with Recording(tmp_path / "part.zvz") as part:
        steps = allocation_feed._answer(Player(part), Question(first, last), None)
        for _ in range(500):  # more steps than such an excerpt has
            try:
                next(steps)
            except StopIteration as ended:
                answer, _ = ended.value
                break
        else:
            pytest.fail("It counts for ever.")
        assert answer.total.hits == (part.events(first, last)[:, KIND] == Kind.ZALLOC).sum()


def test_one_zone_another_order(feed: AllocationFeed, player: Player) -> None:
    zone = next(zone.id for zone in player.recording.catalog.zones if zone.name == "ipc ports")
    question = Question(1, 100_000, zone=zone, order=("in-use", "hits"), most=3)
    rows = asked(feed, player, question)
    assert feed.answer is not None and len(rows) == 3 < feed.answer.groups
    assert (rows, feed.answer.total) == counted(player, question)


def test_only_the_last_question_is_worked_on(feed: AllocationFeed, player: Player) -> None:
    changed = []
    feed.changed.connect(lambda: changed.append(feed.answer))
    for last in range(1000, 5000, 1000):
        feed.ask(player, Question(1, last))
    feed.wait()
    assert len(changed) == 1 and feed.answer is not None and feed.answer.question.last == 4000
    assert feed.ask(player, Question(1, 4000)) is feed.answer
    feed.wait()
    assert len(changed) == 1


def test_counting_goes_back_to_counts_that_are_kept(feed: AllocationFeed, player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(feed, player, Question(1, player.recording.event_count))
    begun: list[int] = []

    def noted(own: Player, stat: KmemStat, last: int) -> object:
        begun.append(stat.seq)
        return kmem_stat(own, stat, last)

    monkeypatch.setattr(allocation_feed, "kmem_stat", noted)
    asked(feed, player, Question(1, 100_000))
    assert begun and 80_000 < begun[0] <= 100_000


def test_another_recording_has_other_answers(feed: AllocationFeed, player: Player, session: Session) -> None:
    asked(feed, player, Question(1, 1000))
    assert session.player is not None
    assert feed.ask(session.player, Question(1, 1000)) is None
    feed.wait()
    assert feed.answer is not None and feed.answer.total == counted(session.player, Question(1, 1000))[1]


def test_a_live_run_is_counted_with_pauses(feed: AllocationFeed, player: Player) -> None:
    feed.session.live = True
    asked(feed, player, Question(1, 1000))
    feed.ask(player, Question(1, 2000))
    feed.wait()
    assert feed.answer is not None and feed.answer.question.last == 1000  # the pause is not over
    feed.session.live = False
    feed.wait()
    assert feed.answer.question.last == 2000
