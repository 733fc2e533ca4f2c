"""The lines below the timeline are the stretches in which each limit helps."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from tests.gui.turns import HELPS, MONOTONE, TWICE, pretend
from zoneviz.gui.charts.turn_lanes import TurnLanes
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.timeline import Timeline


@pytest.fixture
def timeline(session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, settle: Settle) -> Timeline:
    pretend(monkeypatch)
    made = Timeline(session)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    settle(session)
    assert made.turns.isHidden()
    made.turns.turning.search()
    assert made.turns.turning.job is not None
    made.turns.turning.job.wait()
    settle(session)
    return made


def lines(lanes: TurnLanes) -> list[list[tuple[float, float]]]:
    return [[(span.left(), span.right()) for span in lanes.spans(one)] for one in lanes.shown]


def test_a_line_for_each_limit_that_helps_after_boot_on_the_axis_of_the_chart(timeline: Timeline, session: Session) -> None:
    lanes, box = timeline.turns, timeline.chart.box.sceneBoundingRect()
    assert [one.limit for one in lanes.shown] == [TWICE, MONOTONE] and lanes.isVisible()
    low, high = session.range

    def pixel(event: int) -> float:
        return float(box.left() + (session.series.x_at(event) - low) / (high - low) * box.width())

    for one, spans in zip(lanes.shown, lines(lanes), strict=True):
        expected = [(pixel(first), pixel(last)) for first, last in HELPS[one.limit]]
        assert [pytest.approx(span, abs=1.5) for span in expected] == spans
    grey = lanes.grab().toImage()
    middle = lanes.spans(lanes.shown[0])[1].center()
    between = QPointF((lines(lanes)[0][0][1] + lines(lanes)[0][1][0]) / 2, middle.y())
    accent, track = (grey.pixelColor(place.toPoint()).name() for place in (middle, between))
    assert accent == session.theme.accent.lower() and track != accent


def test_zooming_moves_the_lines(timeline: Timeline, session: Session, settle: Settle) -> None:
    before = lines(timeline.turns)
    low, high = session.range
    session.set_range(low, (low + high) / 2)
    settle(session)
    left = timeline.turns.area.left()
    assert lines(timeline.turns)[1][0][1] - left == pytest.approx(2 * (before[1][0][1] - left), abs=3)


def test_without_room_the_limits_that_help_longest_are_shown(timeline: Timeline) -> None:
    timeline.turns.fit(timeline.turns.row)
    assert [one.limit for one in timeline.turns.shown] == [TWICE] and timeline.turns.height() == timeline.turns.row


def test_words_and_the_table(timeline: Timeline, qapp: QApplication) -> None:
    lanes = timeline.turns
    assert "until 400.000 ms: at most 64 threads per task" in lanes.accessibleDescription()
    assert lanes.words_at(QPointF(500, lanes.row * 1.5)) == "at most 64 threads per task: its sentence."
    assert lanes.words_at(QPointF(500, lanes.row * 9)) == ""
    lanes.setFocus()
    QTest.keyClick(lanes, Qt.Key.Key_Return)
    twin = lanes.findChild(Twin)
    assert twin is not None
    assert [tuple(row)[1:] for row in twin.table.rows.rows] == [(0, 400), (0, 100), (300, 600), (0, 0)]
    twin.close()
