"""The strip above the timeline."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.overview import Overview


@pytest.fixture
def overview(session: Session, qtbot: QtBot, settle: Settle) -> Overview:
    made = Overview(session)
    qtbot.addWidget(made)
    made.resize(1000, 80)
    made.show()
    settle(session)
    return made


def test_the_curve_is_the_use_of_zone_map(overview: Overview, session: Session) -> None:
    assert session.player is not None
    assert overview.strip.used[-1] == session.player.state.machine()["zone_map"]["used"]
    assert (overview.strip.used[1:] >= overview.strip.used[:-1]).all()


def test_the_heading_explains_the_dashed_line(overview: Overview, session: Session) -> None:
    assert "full: 1 MiB" in overview.heading.text() and session.series.ceiling == 1 << 20


def test_a_picture_of_it_alone_has_no_empty_space(overview: Overview) -> None:
    overview.fill()
    overview.resize(1000, 600)
    QApplication.processEvents()
    assert overview.strip.height() > 500


def drag(qtbot: QtBot, overview: Overview, start: float, end: float) -> None:
    strip = overview.strip
    a, b = (QPoint(round(strip.area().left() + strip.area().width() * share), 20) for share in (start, end))
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=a)
    QTest.mouseMove(strip, b)
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=b)


def test_dragging_selects_a_range_and_moves_it(overview: Overview, session: Session, qtbot: QtBot, settle: Settle) -> None:
    low, high = session.series.extent
    width = high - low
    drag(qtbot, overview, 0.2, 0.4)
    assert session.range == pytest.approx((low + 0.2 * width, low + 0.4 * width), abs=0.01 * width)
    drag(qtbot, overview, 0.3, 0.5)
    assert session.range == pytest.approx((low + 0.4 * width, low + 0.6 * width), abs=0.01 * width)
    drag(qtbot, overview, 0.6, 0.8)
    assert session.range == pytest.approx((low + 0.4 * width, low + 0.8 * width), abs=0.01 * width)
    settle(session)
    low, high = session.range
    assert overview.visible.text() == f"visible: {low * 1e3:,.3f} to {high * 1e3:,.3f} ms", "one unit for both ends"


def test_a_click_moves_the_moment(overview: Overview, session: Session, qtbot: QtBot, settle: Settle) -> None:
    drag(qtbot, overview, 0.5, 0.5)
    settle(session)
    low, high = session.series.extent
    assert session.moment_x == pytest.approx((low + high) / 2, rel=0.02)


def test_a_double_click_shows_the_whole_run(overview: Overview, session: Session, qtbot: QtBot) -> None:
    session.axis.zoom(0.1)
    QTest.mouseDClick(overview.strip, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert session.range == session.series.extent
