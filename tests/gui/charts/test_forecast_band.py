"""The forecast drawn into the timeline."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.timeline import Timeline
from zoneviz.playback import Player
from zoneviz.playback.outlook import zone_map_at
from zoneviz.recording import Recording


@pytest.fixture
def steady(session: Session, qtbot: QtBot, settle: Settle, tmp_path: Path) -> Timeline:
    session.show(Player(Recording(write(tmp_path / "steady.zvz", events(3600)))))
    made = Timeline(session)
    qtbot.addWidget(made)
    made.resize(1400, 400)
    made.show()
    settle(session)
    return made


def test_the_wedge_leads_from_the_moment_to_the_limit(steady: Timeline, session: Session, settle: Settle) -> None:
    session.ask_moment(2000)
    settle(session)
    band = steady.ahead
    assert session.player is not None
    found = zone_map_at(session.series, session.player.state.time)
    assert band.forecast == found and found is not None and found.at is not None
    now, soonest, middle, latest = band.wedge()
    box = steady.chart.box.sceneBoundingRect()
    low, high = session.range
    assert now.x() == pytest.approx((session.moment_x - low) / (high - low) * box.width(), abs=2)
    assert now.x() < soonest.x() <= middle.x() <= latest.x()
    ceiling = box.height() * (1 - session.series.zone_memory / steady._height)
    assert middle.y() == pytest.approx(ceiling, abs=1) and now.y() > ceiling
    assert "full in" in steady.ceiling_text.text() and band.said in steady.ceiling_text.text()


def test_the_button_hides_it_and_an_axis_of_events_has_words_only(steady: Timeline, session: Session, settle: Settle) -> None:
    session.ask_moment(2000)
    settle(session)
    before = steady.grab().toImage()
    steady.with_forecast.click()
    settle(session)
    assert steady.ahead.wedge() == [] and "full in" not in steady.ceiling_text.text()
    assert steady.grab().toImage() != before
    steady.with_forecast.click()
    session.set_by_event(True)
    settle(session)
    assert steady.ahead.wedge() == [] and "full in" in steady.ceiling_text.text()


def test_at_the_beginning_nothing_is_foreseen(steady: Timeline, session: Session, settle: Settle) -> None:
    session.ask_moment(1)
    settle(session)
    assert steady.ahead.forecast is None and steady.ahead.said == ""
    assert steady.ahead.wedge() == []
