"""The visible range, and where the cursor is in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui.conftest import Settle
from tests.playback.test_places import SECOND, uneven
from zoneviz.gui.session.clock import Clock
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.state.rows import SEQ, TIME


@pytest.fixture
def quiet(session: Session, tmp_path: Path) -> Session:
    """A session that shows a recording with long quiet stretches."""
    session.show(Player(Recording(uneven(tmp_path / "quiet.zvz", 5))))
    return session


def longest(session: Session) -> tuple[int, int, int]:
    """The event before the longest quiet stretch, its time and that of the next event, in ns."""
    assert session.player is not None
    rows = session.player.recording.events()
    at = int((rows[1:, TIME] - rows[:-1, TIME]).argmax())
    return int(rows[at, SEQ]), int(rows[at, TIME]), int(rows[at + 1, TIME])


def test_the_cursor_is_where_it_was_put_and_the_state_is_that_of_the_event_before(quiet: Session, settle: Settle) -> None:
    seq, begin, end = longest(quiet)
    for share in (0.1, 0.5, 0.9):
        x = (begin + (end - begin) * share) / 1e9
        quiet.ask_x(x)
        assert quiet.moment_x == x and quiet.moment == seq
        settle(quiet)
        assert quiet.moment_x == x and quiet.moment == seq and quiet.player is not None and quiet.player.state.seq == seq
    quiet.ask_moment(seq)
    settle(quiet)
    assert quiet.moment_x == begin / 1e9, "an event is at its own time"
    quiet.ask_x(-1.0)
    assert quiet.moment_x == quiet.series.extent[0]
    quiet.ask_x(1e9)
    assert quiet.moment_x == quiet.series.extent[1] and quiet.moment == quiet.last


def test_the_cursor_stays_in_view_in_a_quiet_stretch(quiet: Session, settle: Settle) -> None:
    _, begin, end = longest(quiet)
    low, high = (begin + (end - begin) * 0.4) / 1e9, (begin + (end - begin) * 0.6) / 1e9
    quiet.set_range(low, high)
    quiet.ask_x((low + high) / 2)
    settle(quiet)
    assert quiet.in_view and quiet.range == pytest.approx((low, high))


def test_a_moved_moment_comes_into_view(session: Session, settle: Settle) -> None:
    session.ask_moment(100)
    settle(session)
    low, high = session.series.x_at(4000), session.series.x_at(5000)
    session.set_range(low, high)
    assert not session.in_view, "looking elsewhere leaves the moment"
    moves: tuple[Callable[[], None], ...] = (lambda: session.step(1), session.ask_panic, lambda: session.ask_moment(6000))
    for move in moves:
        session.set_range(low, high)
        move()
        settle(session)
        assert session.in_view and session.range[1] - session.range[0] == pytest.approx(high - low)


def test_playing_keeps_the_cursor_in_view_and_crosses_quiet_stretches(
    quiet: Session, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zoneviz.gui.session.clock.monotonic", lambda: 0.0)
    seq, begin, end = longest(quiet)
    clock = Clock(quiet)
    quiet.recording_changed.emit()
    quiet.set_range(begin / 1e9, (begin + 5 * SECOND) / 1e9)
    quiet.ask_x((begin + SECOND) / 1e9)
    settle(quiet)
    clock.play()
    for second in range(1, 8):
        clock.tick(float(second))
        assert quiet.moment_x == pytest.approx(begin / 1e9 + 1 + second) and quiet.in_view
        assert quiet.moment == seq
    assert begin + 9 * SECOND < end
    quiet.set_range(quiet.series.extent[0], quiet.series.extent[0] + 1)
    clock.tick(8.0)
    assert not quiet.in_view, "the user looks elsewhere"
    clock.pause()


def test_a_stretch_has_the_events_in_it_and_stands_where_it_was_dragged(quiet: Session) -> None:
    seq, begin, end = longest(quiet)
    problems: list[str] = []
    quiet.problem.connect(problems.append)
    inside = ((begin + 1000) / 1e9, (end - 1000) / 1e9)
    quiet.select_stretch(*inside)
    assert quiet.selection.range is None and quiet.stretch is None and len(problems) == 1
    wide = ((begin - 1) / 1e9, (end + SECOND) / 1e9)
    quiet.select_stretch(wide[1], wide[0])
    assert quiet.player is not None and quiet.selection.range is not None
    rows = quiet.player.recording.events()
    there = rows[(rows[:, TIME] >= begin - 1) & (rows[:, TIME] <= end + SECOND), SEQ]
    assert quiet.selection.range == (there[0], there[-1]) and quiet.stretch == wide
    quiet.select(range=(seq, seq + 1))
    assert quiet.stretch == (begin / 1e9, end / 1e9)
    quiet.select_stretch(begin / 1e9, end / 1e9)
    assert quiet.selection.range is not None and quiet.selection.range[0] <= seq < quiet.selection.range[1], "both ends included"
