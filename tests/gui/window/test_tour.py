"""The guided tour."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import Settle
from zoneviz.app.examples import for_tour
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.tour import STEPS, found


@pytest.fixture
def touring(window: MainWindow, settle: Settle) -> MainWindow:
    QTest.mouseClick(window.welcome.tour.take, Qt.MouseButton.LeftButton)
    settle(window.session)
    return window


def in_window(window: MainWindow, name: str) -> QRect:
    widget = found(window, name)
    assert widget is not None, name
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def test_each_step_points_at_a_part_that_exists(touring: MainWindow, qapp: QApplication) -> None:
    assert touring.on_show == for_tour() and len(STEPS) == 6
    for size in ((1600, 1000), (900, 600), (1280, 720)):
        touring.resize(*size)
        touring.take_tour()
        for number, step in enumerate(STEPS, 1):
            qapp.processEvents()
            bubble = touring.tour.bubble
            assert bubble is not None and bubble.title.text() == step.title and bubble.count.text() == f"{number} of 6"
            target = in_window(touring, step.anchor)
            assert touring.rect().contains(bubble.geometry()) and bubble.next.isVisible()
            if bubble.side != "inside":
                assert not bubble.geometry().intersects(target), (size, step)
            assert bubble.words.height() >= bubble.words.heightForWidth(bubble.words.width())
            bubble.forward.emit()
        assert not touring.tour.running


def test_it_follows_the_window_and_hidden_parts(touring: MainWindow, qapp: QApplication) -> None:
    touring.tour.go(4)  # the card
    qapp.processEvents()
    bubble = touring.tour.bubble
    assert bubble is not None and bubble.side == "left"
    touring.resize(1200, 800)
    qapp.processEvents()
    assert bubble.geometry().right() < in_window(touring, "Panic").left() and touring.rect().contains(bubble.geometry())
    touring.actions_["panic"].trigger()
    qapp.processEvents()
    assert bubble.side == "inside" and touring.rect().contains(bubble.geometry())


def test_keys_go_through_it(touring: MainWindow) -> None:
    tour = touring.tour
    assert tour.bubble is not None and QApplication.focusWidget() is tour.bubble.next and not tour.bubble.back.isEnabled()
    QTest.keyClick(tour.bubble.next, Qt.Key.Key_Return)
    assert tour.number == 1
    QTest.keyClick(tour.bubble.back, Qt.Key.Key_Space)
    assert tour.number == 0
    QTest.keyClick(tour.bubble.next, Qt.Key.Key_Escape)
    assert not tour.running and touring.session.player is not None
    touring.actions_["tour"].trigger()
    assert tour.running and tour.number == 0


def test_esc_leaves_from_the_chart_too(touring: MainWindow) -> None:
    touring.session.select(zone="threads")
    touring.timeline.chart.setFocus()
    QTest.keyClick(touring.timeline.chart, Qt.Key.Key_Escape)
    assert not touring.tour.running and touring.session.selection.zone == "threads"
    QTest.keyClick(touring.timeline.chart, Qt.Key.Key_Escape)
    assert not touring.session.selection


def test_it_blocks_nothing_and_ends_with_its_recording(touring: MainWindow, settle: Settle) -> None:
    touring.tour.go(1)
    QTest.mouseClick(touring.transport.first, Qt.MouseButton.LeftButton)
    settle(touring.session)
    assert touring.session.moment == 0 and touring.tour.running
    touring.desk.close_recording()
    assert not touring.tour.running


def test_it_is_offered_until_answered(window: MainWindow, settings: QSettings) -> None:
    assert window.welcome.tour.isVisible() and not window.tour.running
    QTest.mouseClick(window.welcome.tour.later, Qt.MouseButton.LeftButton)
    assert window.welcome.tour.isHidden() and window.actions_["tour"].isEnabled()
    again = MainWindow(settings)
    assert again.welcome.tour.isHidden()
