"""The turnover of a stretch is counted in the background, the last stretch only."""

from zoneviz.gui.session.session import Session
from zoneviz.gui.session.turnover_feed import TurnoverFeed
from zoneviz.playback.turnover import PATH


def test_the_last_stretch_is_counted(session: Session) -> None:
    assert session.player is not None
    feed, player, told = TurnoverFeed(session), session.player, []
    feed.changed.connect(lambda: told.append(feed.answer))
    assert feed.of(player, 1, 1000) is None and feed.of(player, 2000, 4000) is None
    feed.wait()
    found = feed.of(player, 2000, 4000)
    assert found is not None and told == [found] and feed.of(player, 1, 1000) is None
    ends = [len(player.seek(at).elements) for at in (1999, 4000)]
    assert [int(side[PATH].count.sum()) for side in (found.before, found.after)] == ends
    session.live = True
    assert feed.of(player, 2000, 4001) is found and feed.of(player, 4001, 4000) is None, "a moment is exact"
    session.live = False
    assert feed.of(player, 2000, 4002) is None
    feed.cancel()
