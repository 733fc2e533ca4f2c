"""Single keys work wherever no text is edited."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.conftest import Settle
from zoneviz.gui.window.main_window import MainWindow


def zooms(window: MainWindow, widget: QWidget, settle: Settle) -> bool:
    """Whether W zooms while this widget has the focus."""
    window.actions_["fit"].trigger()
    settle(window.session)
    whole = window.session.range
    window.activateWindow()
    widget.setFocus()
    assert QApplication.focusWidget() is widget, widget
    QTest.keyClick(widget, Qt.Key.Key_W)
    settle(window.session)
    return window.session.range != whole


def test_wherever_the_focus_is(viewed: MainWindow, settle: Settle) -> None:
    window = viewed
    window.session.ask_moment(4000)
    settle(window.session)
    places: list[QWidget] = [
        window.transport.play, window.transport.run, window.transport.pace, window.transport.search, window.deck.tabs.tabs["Zones"],
        window.timeline.with_lanes, window.timeline.chart, window.overview.strip, window.panic.holders, window.panic.console,
        window.sidebar.button,
    ]  # fmt: skip
    assert [place for place in places if not zooms(window, place, settle)] == []


def test_a_text_field_keeps_its_letters(viewed: MainWindow, settle: Settle) -> None:
    viewed.deck.show_only("Events")
    settle(viewed.session)
    viewed.find_bar.open()
    assert not zooms(viewed, viewed.find_bar.field, settle) and viewed.find_bar.field.text().endswith("w")
    viewed.find_bar.field.clear()
    viewed.find_bar.leave()


def test_signs_count_with_and_without_shift(viewed: MainWindow, settle: Settle) -> None:
    speed = viewed.clock.speed
    viewed.transport.play.setFocus()
    QTest.keyClick(viewed.transport.play, Qt.Key.Key_Plus, Qt.KeyboardModifier.ShiftModifier)
    faster = viewed.clock.speed
    QTest.keyClick(viewed.transport.play, Qt.Key.Key_Minus)
    assert faster != speed == viewed.clock.speed


def test_space_presses_the_button_that_has_the_focus(viewed: MainWindow, settle: Settle) -> None:
    lanes = viewed.timeline.with_lanes
    before = lanes.isChecked()
    lanes.setFocus()
    QTest.keyClick(lanes, Qt.Key.Key_Space)
    assert lanes.isChecked() != before and not viewed.clock.playing
    lanes.setChecked(before)


def test_after_opening_from_the_list_the_chart_has_the_focus(window: MainWindow, recorded: Path, settle: Settle) -> None:
    window.activateWindow()
    window.sidebar.recordings.list.setFocus()
    window.sidebar.opened.emit(recorded)
    settle(window.session)
    assert QApplication.focusWidget() is window.timeline.chart
    whole = window.session.range
    QTest.keyClick(window.timeline.chart, Qt.Key.Key_W)
    settle(window.session)
    assert window.session.range != whole
    window.find_bar.open()
    window.find_bar.field.setText("kind=")
    assert window.open_path(recorded)
    assert QApplication.focusWidget() is window.find_bar.field, "typing is not interrupted"
