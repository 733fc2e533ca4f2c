"""Back and forward through the places visited."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.trail import MOST

Visited = tuple[MainWindow, list[tuple[object, ...]]]


def _state(window: MainWindow) -> tuple[object, ...]:
    session = window.session
    return session.moment, session.moment_x, session.range, session.selection, window.deck.shown()


@pytest.fixture
def visited(opened: MainWindow, settle: Settle) -> Visited:
    """A window, and the five places visited in it: each differs in another part."""
    window, session = opened, opened.session
    window.trail.visit()
    states = [_state(window)]
    acts: tuple[Callable[[], None], ...] = (
        lambda: session.ask_moment(1234),
        lambda: session.select(zone="threads", range=(2000, 3000)),
        lambda: session.axis.zoom(0.2),
        lambda: window.deck.show_only("Events"),
    )
    for act in acts:
        act()
        settle(session)
        window.trail.visit()
        states.append(_state(window))
    assert len(set(map(str, states))) == 5
    return window, states


def test_back_and_forward_show_each_place_as_it_was(visited: Visited, settle: Settle) -> None:
    window, states = visited
    assert not window.actions_["place_forward"].isEnabled()
    for state in states[-2::-1]:
        window.actions_["place_back"].trigger()
        settle(window.session)
        assert _state(window) == state
    assert not window.actions_["place_back"].isEnabled()
    for state in states[1:]:
        window.actions_["place_forward"].trigger()
        settle(window.session)
        assert _state(window) == state


def test_a_new_place_forgets_those_that_forward_would_show(visited: Visited, settle: Settle) -> None:
    window, states = visited
    window.trail.go(-1)
    window.session.ask_moment(42)
    settle(window.session)
    window.trail.visit()
    assert not window.trail.can_go_forward
    window.trail.go(-1)
    assert _state(window) == states[3]


def test_the_place_one_goes_back_from_can_be_returned_to_at_once(opened: MainWindow, settle: Settle) -> None:
    opened.trail.visit()
    before = _state(opened)
    opened.session.ask_moment(100)  # not settled yet
    opened.trail.go(-1)
    assert _state(opened) == before
    opened.trail.go(1)
    assert opened.session.moment == 100


def test_a_drag_is_one_place(opened: MainWindow, settle: Settle, qtbot: QtBot) -> None:
    trail, port = opened.trail, opened.timeline.chart.viewport()
    trail.visit()
    count = len(trail.places)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(300, 40))
    for x in range(300, 400, 10):
        QTest.mouseMove(port, QPoint(x, 40))
        settle(opened.session)
        trail._settled()  # as long as the button is down, nothing has settled
    assert len(trail.places) == count
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(400, 40))
    qtbot.waitUntil(lambda: len(trail.places) == count + 1)


def test_playing_visits_no_place_until_it_stops(opened: MainWindow, settle: Settle) -> None:
    opened.session.ask_moment(10)
    settle(opened.session)
    opened.trail.visit()
    count = len(opened.trail.places)
    opened.clock.set_speed("1 events/s")
    opened.clock.play()
    opened.session.ask_moment(20)
    settle(opened.session)
    opened.trail._settled()
    assert len(opened.trail.places) == count
    opened.clock.pause()
    opened.trail._settled()
    assert len(opened.trail.places) == count + 1


def test_the_side_buttons_of_the_mouse_go_back_and_forward(visited: Visited, qapp: QApplication) -> None:
    window, states = visited
    for button, state in ((Qt.MouseButton.BackButton, states[3]), (Qt.MouseButton.ForwardButton, states[4])):
        QTest.mouseClick(window.windowHandle(), button, pos=QPoint(700, 300))
        assert _state(window) == state


def test_the_side_buttons_work_in_floating_views_too(visited: Visited, qapp: QApplication) -> None:
    window, states = visited
    docks = window.places.docks
    for _ in range(2):  # each time it floats, it has another window of the system
        docks.move_view("Notes", "window")
        qapp.processEvents()
        dock = docks.dock_of("Notes")
        assert dock is not None and dock.isFloating()
        for button, state in ((Qt.MouseButton.BackButton, states[3]), (Qt.MouseButton.ForwardButton, states[4])):
            QTest.mouseClick(dock.windowHandle(), button, pos=QPoint(60, 60))
            assert _state(window)[:2] == state[:2]
        docks.move_view("Notes", "tabs")


def test_another_recording_has_other_places(visited: Visited, tmp_path_factory: pytest.TempPathFactory) -> None:
    window, _ = visited
    assert window.open_path(write(tmp_path_factory.mktemp("other") / "other.zvz", events(300)))
    window.trail.visit()
    assert len(window.trail.places) == 1 and not window.actions_["place_back"].isEnabled()


def test_the_axis_of_a_place_comes_back_with_it(opened: MainWindow, settle: Settle) -> None:
    session = opened.session
    session.axis.zoom(0.3)
    settle(session)
    opened.trail.visit()
    before = _state(opened)
    session.set_by_event(True)
    settle(session)
    opened.trail.visit()
    opened.trail.go(-1)
    assert not session.series.by_event and _state(opened) == before


def test_the_number_of_places_is_bounded(opened: MainWindow) -> None:
    for seq in range(MOST + 20):
        opened.session.ask_moment(seq)
        opened.trail.visit()
    assert len(opened.trail.places) == MOST and opened.trail.places[-1].seq == MOST + 19
