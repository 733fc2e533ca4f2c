"""What the timeline has drawn, read back."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import ZONE_MAP_SIZE, Settle
from zoneviz.gui.session import Session
from zoneviz.gui.theme import DARK, LIGHT
from zoneviz.gui.views.timeline import Timeline
from zoneviz.mach.sizes import BOOT_ZONE_MEMORY


@pytest.fixture
def timeline(session: Session, qtbot: QtBot, settle: Settle) -> Timeline:
    made = Timeline(session)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show()
    settle(session)
    return made


def test_the_top_band_ends_at_all_that_zones_hold(timeline: Timeline, session: Session) -> None:
    assert session.player is not None
    zones = session.player.state.machine()["zones"]
    bands = [band for band in timeline.bands if len(band.x)]
    assert len(bands) == len([z for z in zones if z["cur_size"]])
    assert bands[-1].y[-1] == sum(z["cur_size"] for z in zones)
    for i, band in enumerate(bands):
        own = band.y[-1] - (bands[i - 1].y[-1] if i else 0)
        assert own == next(z["cur_size"] for z in zones if z["name"] == timeline.stack.names[i])


def test_the_ceiling_stands_where_zone_memory_ends(timeline: Timeline) -> None:
    assert timeline.ceiling.value() == ZONE_MAP_SIZE + BOOT_ZONE_MEMORY
    assert "1 MiB" in timeline.ceiling_text.text()


def test_few_points_are_drawn(timeline: Timeline) -> None:
    assert all(len(band.x) <= 2 * 1002 + 2 for band in timeline.bands)


def test_dragging_moves_the_moment(timeline: Timeline, session: Session, qtbot: QtBot, settle: Settle) -> None:
    area = timeline.chart.box.sceneBoundingRect()
    places = [QPointF(area.left() + area.width() * share, area.center().y()).toPoint() for share in (0.8, 0.6, 0.25)]
    port = timeline.chart.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(port, place)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=places[2])
    settle(session)
    low, high = session.series.extent
    assert session.moment_x == pytest.approx(low + (high - low) * 0.25, abs=(high - low) * 0.01)
    assert timeline.chart.moment_line.value() == pytest.approx(session.moment_x)


def test_the_readout_tells_the_biggest_at_the_moment(timeline: Timeline, session: Session, settle: Settle) -> None:
    session.ask_moment(2000)
    settle(session)
    assert session.player is not None
    zones = sorted((z["cur_size"], z["name"]) for z in session.player.state.machine()["zones"])
    assert timeline.readout.rows[0] == (zones[-1][1], zones[-1][0])


def test_zooming_draws_only_what_is_seen(timeline: Timeline, session: Session, settle: Settle) -> None:
    session.set_range(session.series.x_at(3000), session.series.x_at(3100))
    settle(session)
    inside = [x for x in timeline.bands[0].x if session.range[0] <= x <= session.range[1]]
    assert 95 <= len(inside) <= 105
    assert len(timeline.bands[0].x) < 400


def test_both_themes(timeline: Timeline, session: Session, settle: Settle) -> None:
    grounds = set()
    for theme in (DARK, LIGHT):
        session.set_theme(theme)
        settle(session)
        grounds.add(timeline.grab().toImage().pixelColor(500, 60).name())
    assert len(grounds) == 2


def test_a_hidden_timeline_does_nothing(timeline: Timeline, session: Session, settle: Settle) -> None:
    timeline.hide()
    before = timeline.stack
    session.set_range(*(session.series.x_at(seq) for seq in (100, 200)))
    settle(session)
    assert timeline.stack is before
    timeline.show()
    settle(session)
    assert timeline.stack is not before
