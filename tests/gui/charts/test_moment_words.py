"""Places on the axis in words: one way to write a time, on the axis, under the pointer, at the cursor and in headings."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz import resources
from zoneviz.gui.charts import plotting
from zoneviz.gui.charts.moment_words import begun, moment_words, place_words, stretch_words
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.timeline import Timeline
from zoneviz.playback import Player
from zoneviz.recording import Recording


@pytest.fixture
def dated(qapp: QApplication) -> Iterator[Session]:
    """Readings of a Linux from 17:33:40 to 17:39:35 UTC, in the fifth hour after it booted."""
    made = Session()
    made.show(Player(Recording(next(p for p in resources.recordings() if p.name.startswith("linux-sockets")))))
    yield made
    made.show(None)
    made.deleteLater()


def test_captures_with_dates_show_the_time_of_day(dated: Session, qtbot: QtBot, settle: Settle) -> None:
    low, high = dated.series.extent
    assert begun(dated) == "2026-11-30 17:33:40 UTC" and stretch_words(dated, low, high) == "17:33:40 to 17:39:35"
    assert place_words(dated, low + 60) == "17:34:40 (4 h 35 min 18 s)"
    view = Timeline(dated)
    qtbot.addWidget(view)
    view.resize(1200, 400)
    view.show()
    settle(dated)
    bottom = view.chart.bottom
    (step, values), *_ = bottom.tickValues(low, high, 900.0)
    drawn = list(zip(values, bottom.tickStrings(values, 1.0, step), strict=True))
    assert drawn == plotting.ticks(low, high, 900.0, dated.series) and "17:36" in dict(drawn).values()
    assert all((12 * 3600 + 59 * 60 + 21 + place) % step == pytest.approx(0) for place, _ in drawn)
    dated.set_by_event(True)
    assert place_words(dated, 3.5) == "reading 3" and begun(dated) == ""


def test_simulated_runs_show_simulated_time(session: Session, settle: Settle) -> None:
    assert place_words(session, 0.0025) == "2.500 ms" and begun(session) == ""
    session.ask_x(0.0025)
    assert moment_words(session, 1.0) == "2.500 ms"


def test_the_cursor_says_how_long_ago_the_last_event_was(dated: Session) -> None:
    x = dated.series.x_at(dated.last) - 1.0
    dated.ask_x(x)
    said = moment_words(dated, 0.1)
    assert said.startswith(place_words(dated, x)) and ", last reading " in said and said.endswith(" s before")
