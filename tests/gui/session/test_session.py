"""The shared moment, range and selection."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.errors import InputError, UsageError
from zoneviz.gui.session.selection import Selection
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording import Recording


def test_a_recording_is_shown_at_its_end(session: Session) -> None:
    assert session.moment == session.last > 8000


def test_the_finer_samples_follow_the_first_frame(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = session.series.points.seqs.tolist()
    monkeypatch.setattr("zoneviz.playback.series.COARSE", 1)
    assert session.player is not None
    session.show(Player(Recording(session.player.recording.path)))
    assert session.series.coarse and len(session.series.points.seqs) < len(fine)
    with qtbot.waitSignal(session.grown):
        pass
    assert not session.series.coarse and session.series.points.seqs.tolist() == fine


def test_many_requests_become_one_move(session: Session, qtbot: QtBot, settle: Settle) -> None:
    moves: list[int] = []
    session.moment_changed.connect(lambda: moves.append(session.moment))
    for seq in range(100, 200):
        session.ask_moment(seq)
    assert session.moment == 199
    settle(session)
    assert moves == [199]


def test_requests_beyond_the_ends_go_to_the_ends(session: Session, settle: Settle) -> None:
    session.ask_moment(10**9)
    settle(session)
    assert session.moment == session.last
    session.step(-(10**9))
    settle(session)
    assert session.moment == 0


def test_a_place_on_the_axis_is_the_event_there(session: Session, settle: Settle) -> None:
    session.ask_x(session.series.x_at(4000))
    settle(session)
    assert abs(session.moment - 4000) <= 1


def test_zoom_keeps_the_place_and_stays_inside(session: Session) -> None:
    low, high = session.series.extent
    middle = (low + high) / 2
    session.axis.zoom(0.5, middle)
    assert session.range == ((low + middle) / 2, (middle + high) / 2)
    session.axis.pan(10)
    assert session.range[1] == high
    session.axis.zoom(1000)
    assert session.range == session.series.extent


def test_zooming_in_has_a_limit(session: Session) -> None:
    for _ in range(200):
        session.axis.zoom(0.5, session.series.extent[0])
    assert session.range[1] > session.range[0]


def test_selecting_emits_one_signal(session: Session) -> None:
    zones: list[str] = []
    session.selection_changed.connect(lambda: zones.append(session.zone))
    session.select_zone("threads")
    session.select_zone("threads")
    session.select_zone("")
    assert zones == ["threads", ""]


def test_counting_events_changes_the_axis_not_the_moment(session: Session, recorded: Path, settle: Settle) -> None:
    session.ask_moment(1234)
    settle(session)
    session.set_by_event(True)
    assert session.moment_x == 1234.0
    assert session.range == (0.0, float(session.last))
    session.set_by_event(False)
    assert session.moment == 1234


def test_follow_needs_a_live_run(session: Session) -> None:
    session.set_follow(True)
    assert not session.follow


def test_the_selection_has_levels_and_the_newest_goes_first(session: Session) -> None:
    session.select(zone="ipc ports", task=1)
    session.select(port=0x40)
    session.select(zone="threads")  # selected again: now the newest
    assert session.selection == Selection(zone="threads", task=1, port=0x40)
    assert session.selection.words({1: "bomb"}) == "threads \u00d7 bomb (task 1) \u00d7 port 0x40"
    session.clear_one()
    assert session.selection == Selection(task=1, port=0x40)
    session.clear_one()
    session.clear_one()
    assert not session.selection
    session.clear_one()
    session.select(zone="threads", range=(5, 9))
    session.clear_all()
    assert session.selection == Selection()


def test_a_stretch_of_the_axis_is_its_events(session: Session) -> None:
    session.select_stretch(session.series.x_at(4000), session.series.x_at(2000))
    first, last = session.selection.range or (0, 0)
    assert abs(first - 2000) <= 2 and abs(last - 4000) <= 2


def test_another_recording_has_no_selection(session: Session) -> None:
    session.select(zone="threads")
    session.show(None)
    assert not session.selection


def test_problems_in_a_slot_are_reported_and_the_session_continues(session: Session) -> None:
    problems: list[str] = []
    session.problem.connect(problems.append)
    with session.reporting():
        raise InputError("It is damaged.")
    with session.reporting():
        raise UsageError("Unknown filter.")
    assert problems == ["It is damaged.", "Unknown filter."]


def test_the_next_note_is_gone_to_and_without_one_the_moment_stays(session: Session, settle: Settle) -> None:
    session.notebook.put(2000, "a")
    session.notebook.put(6000, "b")
    session.ask_moment(3000)
    for step, expected in ((1, 6000), (1, 6000), (-1, 2000), (-1, 2000)):
        session.to_note(step)
        settle(session)
        assert session.moment == expected
