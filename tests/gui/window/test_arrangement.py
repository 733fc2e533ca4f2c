"""The layout: each move can be undone, in words; it is there again at the next start, and by name."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, empty_window
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.window.layout import LAST
from zoneviz.gui.window.main_window import MainWindow


def where(window: MainWindow) -> tuple[list[str], list[str], list[bool], bool]:
    docks = window.places.docks
    return window.deck.shown(), docks.out, [dock.isFloating() for t in docks.out if (dock := docks.dock_of(t))], window.sidebar.isVisible()


def test_each_move_is_undone_and_redone(opened: MainWindow, settle: Settle) -> None:
    states, said = [where(opened)], []
    for title, place in (("Zones", "right"), ("Events", "window"), ("Zones", "window"), ("Zones", "tabs"), ("Threads", "bottom")):
        opened.arrangement.move_view(title, place)
        states.append(where(opened))
        said.append(opened.actions_["undo"].text().removeprefix("&Undo "))
    assert said == ["dock Zones", "float Events", "float Zones", "close Zones", "dock Threads"]
    opened.sidebar.hide()
    opened.actions_["reset"].trigger()
    assert opened.actions_["undo"].text() == "&Undo reset layout" and where(opened)[1:] == ([], [], True)
    opened.actions_["undo"].trigger()
    assert where(opened) == (*states[-1][:3], False)
    opened.sidebar.show()
    for state in reversed(states[:-1]):
        QTest.keyClick(opened.timeline.chart, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert where(opened) == state
    for state in states[1:]:
        QTest.keyClick(opened.timeline.chart, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        assert where(opened) == state


def test_a_view_dragged_by_the_mouse_is_one_edit(opened: MainWindow, settle: Settle, qtbot: QtBot) -> None:
    opened.arrangement.move_view("Zones", "right")
    docks, count = opened.places.docks, opened.edits.count()
    dock = docks.dock_of("Zones")
    assert dock is not None
    with qtbot.waitSignal(docks.dragged):
        dock.setFloating(True)  # what Qt does when the title is dragged out, and dropped at another edge
        docks.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        dock.setFloating(False)
    assert opened.edits.count() == count + 1 and opened.actions_["undo"].text() == "&Undo move Zones"
    opened.actions_["undo"].trigger()
    assert docks.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea
    opened.actions_["redo"].trigger()
    assert docks.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea


def test_actions_move_the_view_with_the_focus(opened: MainWindow, settle: Settle, qapp: QApplication) -> None:
    opened.actions_["view Events"].trigger()
    opened.actions_.menus["Move view"].aboutToShow.emit()
    assert opened.actions_["float"].text() == "&Float Events"
    for name, words in (("dock left", "dock Events"), ("float", "close Events"), ("float", "float Events")):
        opened.actions_[name].trigger()
        settle(opened.session)
        assert opened.edits.undoText() == words
        focus = qapp.focusWidget()
        assert focus is not None and opened.deck.of(EventsView).isAncestorOf(focus)
    opened.actions_.menus["Move view"].aboutToShow.emit()
    assert opened.actions_["float"].text() == "&Return Events to the tabs"


def test_it_is_there_at_the_next_start(qapp: QApplication, settings: QSettings, recorded: object, settle: Settle) -> None:
    with empty_window(qapp, settings) as first:
        assert first.open_path(recorded)  # type: ignore[arg-type]
        settle(first.session)
        first.deck.show_only("Notes")
        first.arrangement.move_view("Zones", "bottom")
        first.arrangement.move_view("Events", "window")
        first.sidebar.hide()
        first.places.toggle_card()
        saved = where(first)
    again = MainWindow(settings)
    again.show()
    events = again.places.docks.dock_of("Events")
    assert events is not None and not events.isVisible(), "no recording yet"
    assert again.open_path(recorded)  # type: ignore[arg-type]
    settle(again.session)
    assert where(again) == saved and events.isVisible() and not again.places.card.isVisible()
    assert again.edits.count() == 0


@pytest.mark.parametrize("text", ["2", "nonsense", "", '{"version": 3}'])
def test_a_damaged_layout_is_the_first_one(qapp: QApplication, settings: QSettings, text: str) -> None:
    settings.setValue(LAST, text)
    window = MainWindow(settings)
    window.show()
    assert window.deck.shown() and window.places.docks.out == [] and window.sidebar.isVisible()


def test_a_layout_with_unknown_views_keeps_the_others(opened: MainWindow, settle: Settle) -> None:
    arrangement = opened.arrangement
    opened.arrangement.move_view("Zones", "left")
    found = arrangement.capture()
    changed = type(found)(True, True, ("Gone", "Notes"), ("Zones", "Lost"), b"x", b"x", b"nonsense")
    arrangement.apply(changed)
    assert where(opened) == (["Notes"], ["Zones"], [False], True)


def test_a_layout_is_chosen_by_its_name(opened: MainWindow, settle: Settle) -> None:
    arrangement, menu = opened.arrangement, opened.actions_.menus["Layouts"]
    menu.aboutToShow.emit()
    count = len(menu.actions())
    arrangement.move_view("Zones", "left")
    arrangement.named.save("zones & left", arrangement.capture())
    saved = where(opened)
    opened.actions_["reset"].trigger()
    menu.aboutToShow.emit()
    assert len(menu.actions()) == count + 2 and menu.actions()[0].text() == "zones && left"
    menu.actions()[0].trigger()
    assert where(opened) == saved and opened.actions_["undo"].text() == "&Undo layout zones & left"
    arrangement.named.delete("zones & left")
    menu.aboutToShow.emit()
    assert len(menu.actions()) == count
