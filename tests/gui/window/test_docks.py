"""Views outside the tabs: they are drawn like visible ones, reached by keys, and come back when they are closed."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from tests.gui.conftest import Settle
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.window.docks import EDGES, Dock, on_screen
from zoneviz.gui.window.main_window import MainWindow

Area = Qt.DockWidgetArea


def dock_of(window: MainWindow, title: str) -> Dock:
    found = window.places.docks.dock_of(title)
    assert found is not None
    return found


@pytest.mark.parametrize("place", ["window", *EDGES])
def test_a_view_outside_the_tabs_follows_the_moment(opened: MainWindow, settle: Settle, place: str) -> None:
    opened.arrangement.move_view("Zones", place)
    settle(opened.session)
    dock, view = dock_of(opened, "Zones"), opened.deck.named("Zones")
    assert view.isVisible() and view.window() is (dock if place == "window" else opened)
    assert dock.isFloating() == (place == "window")
    if place in EDGES:
        assert opened.places.docks.dockWidgetArea(dock) == EDGES[place][0]
    assert "Zones" not in opened.deck.shown() and opened.deck.tabs.tabs["Zones"].text() == "Zones ↗"
    drawn: list[int] = []
    view.show_moment = lambda player: drawn.append(player.state.seq)  # type: ignore[method-assign]
    opened.session.ask_moment(1234)
    settle(opened.session)
    assert drawn == [1234]
    dock.close()
    settle(opened.session)
    assert opened.places.docks.dock_of("Zones") is None and not dock.isVisible()
    assert opened.deck.tabs.tabs["Zones"].text() == "Zones" and not view.isVisible()
    opened.deck.show_only("Zones")
    assert view.isVisible() and view.window() is opened


def test_the_deck_is_never_empty_without_need(opened: MainWindow, settle: Settle) -> None:
    titles = [view.title for view in opened.deck.views]
    opened.deck.show_only(titles[0])
    for number, title in enumerate(titles, 1):
        opened.arrangement.move_view(title, "right")
        assert len(opened.deck.shown()) == (1 if number < len(titles) else 0)
    for title in reversed(titles):
        opened.arrangement.move_view(title, "tabs")
        assert opened.deck.shown() == [titles[-1]]
    assert [opened.deck.splitter.widget(i) for i in range(len(titles))] == opened.deck.views


def test_keys_reach_a_view_wherever_it_is(opened: MainWindow, settle: Settle, qapp: QApplication) -> None:
    before = opened.deck.shown()
    for place in ("bottom", "window"):
        opened.arrangement.move_view("Events", place)
        opened.activateWindow()
        opened.timeline.chart.setFocus()
        opened.actions_["view Events"].trigger()
        settle(opened.session)
        focus = qapp.focusWidget()
        assert focus is not None and opened.deck.of(EventsView).isAncestorOf(focus)
        assert opened.deck.shown() == before
        assert opened.focus_ring.ring is not None and opened.focus_ring.ring.parentWidget() is focus
    assert dock_of(opened, "Events").isActiveWindow()
    moment = opened.session.moment
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier)
    settle(opened.session)
    assert opened.session.moment == 0 != moment


def test_the_title_has_a_menu_and_a_close_button(opened: MainWindow, settle: Settle) -> None:
    opened.arrangement.move_view("Ports", "left")
    dock = dock_of(opened, "Ports")
    buttons = {button.accessibleName(): button for button in dock.titleBarWidget().findChildren(QToolButton)}
    assert set(buttons) == {"Move Ports", "Return Ports to the tabs"} and dock.accessibleName() == "Ports"
    assert all(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in buttons.values())
    dock.menu.aboutToShow.emit()
    said = [action.text().replace("&", "") for action in dock.menu.actions()]
    assert said == ["Return to the tabs", "Float", "Dock at the right", "Dock at the top", "Dock at the bottom"]
    dock.menu.actions()[2].trigger()
    assert opened.places.docks.dockWidgetArea(dock) == Area.RightDockWidgetArea
    buttons["Return Ports to the tabs"].click()
    assert opened.places.docks.out == []


def test_a_tab_has_the_menu_too(opened: MainWindow, qapp: QApplication) -> None:
    tab = opened.deck.tabs.tabs["Threads"]
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), tab.mapToGlobal(QPoint(5, 5)))
    qapp.sendEvent(tab, asked)
    menu = qapp.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "Dock at the &bottom").trigger()
    menu.close()
    assert opened.places.docks.out == ["Threads"]


@pytest.mark.parametrize("far", [False, True])
def test_a_tab_dragged_out_floats_where_it_is_dropped(opened: MainWindow, settle: Settle, far: bool) -> None:
    opened.deck.show_only("Zones")
    tab = opened.deck.tabs.tabs["Zone map pages"]  # near the left: the screen of the tests is small
    to = QPoint(30, 60 if far else 12)
    there = tab.mapToGlobal(to)
    QTest.mousePress(tab, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    moved = QMouseEvent(
        QMouseEvent.Type.MouseMove, to, there, Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(tab, moved)
    QTest.mouseRelease(tab, Qt.MouseButton.LeftButton, pos=to)
    settle(opened.session)
    if far:
        assert dock_of(opened, "Zone map pages").isFloating() and opened.deck.shown() == ["Zones"]
        assert dock_of(opened, "Zone map pages").frameGeometry().contains(there)
    else:
        assert opened.places.docks.out == [] and opened.deck.shown() == ["Zone map pages"]


def test_floating_views_hide_with_the_recording(opened: MainWindow, settle: Settle) -> None:
    opened.arrangement.move_view("Zones", "window")
    dock = dock_of(opened, "Zones")
    opened.actions_["close"].trigger()
    assert not dock.isVisible()
    opened.actions_["view Zones"].trigger()
    assert not dock.isVisible()
    opened.open_something()
    settle(opened.session)
    assert dock.isVisible()


SCREENS = [QRect(0, 0, 1600, 1000), QRect(1600, 200, 1280, 720)]


@pytest.mark.parametrize(
    ("rect", "wanted"),
    [
        (QRect(100, 100, 600, 400), QRect(100, 100, 600, 400)),
        (QRect(1700, 300, 600, 400), QRect(1700, 300, 600, 400)),
        (QRect(1500, 900, 600, 400), QRect(1500, 900, 600, 400)),  # its title can be grabbed
        (QRect(3000, 100, 600, 400), QRect(1000, 100, 600, 400)),  # a screen that is missing
        (QRect(-900, -900, 600, 400), QRect(0, 0, 600, 400)),
        (QRect(9000, 5000, 4000, 3000), QRect(0, 0, 1600, 1000)),
        (QRect(1570, 0, 600, 400), QRect(1000, 0, 600, 400)),
    ],
)
def test_a_view_comes_to_a_screen_that_is_there(rect: QRect, wanted: QRect) -> None:
    assert on_screen(rect, SCREENS) == wanted
    assert on_screen(rect, []) == rect
