"""The start page in the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.app.heads import stem
from zoneviz.gui.kit.offers import OFFER, Offers
from zoneviz.gui.window.main_window import MainWindow


def values(offers: Offers) -> list[object]:
    return [item.data(OFFER).value for item in offers.listed()]


def test_without_recent_recordings_the_program_starts_with_the_page(window: MainWindow) -> None:
    window.open_something()
    assert window.session.player is None and window.welcome.isVisible() and not window.welcome.recent.isVisible()


def test_an_example_opens_by_key(window: MainWindow) -> None:
    offers = window.welcome.examples.offers
    offers.setFocus()
    QTest.keyClick(offers, Qt.Key.Key_Down)
    QTest.keyClick(offers, Qt.Key.Key_Return)
    assert window.on_show == values(offers)[1] and not window.welcome.isVisible()


def test_recent_recordings_are_listed_with_outcome_and_size(opened: MainWindow, recorded: Path, qtbot: QtBot) -> None:
    opened.desk.close_recording()
    offers = opened.welcome.recent.offers
    assert opened.welcome.recent.isVisible() and values(offers) == [recorded.resolve()]
    qtbot.waitUntil(lambda: "Panic" in offers.item(0).data(OFFER).sentence)
    assert offers.item(0).data(OFFER).name == stem(recorded)
    QTest.mouseClick(offers.viewport(), Qt.MouseButton.LeftButton, pos=offers.visualItemRect(offers.item(0)).center())
    assert opened.on_show == recorded and opened.timeline.isVisible()


def test_an_experiment_is_chosen_in_the_form_and_not_run(window: MainWindow) -> None:
    window.sidebar.hide()
    window.welcome.experiments.offers.chosen.emit("port-leak")
    assert window.sidebar.isVisible() and window.sidebar.chosen == "port-leak" and not window.desk.live
    assert QApplication.focusWidget() is window.sidebar.button


@pytest.mark.parametrize("way", ["action", "button", "Esc", "open"])
def test_the_page_covers_a_recording_and_gives_it_back(opened: MainWindow, recorded: Path, settle: Settle, way: str) -> None:
    opened.session.ask_moment(4000)
    settle(opened.session)
    player = opened.session.player
    opened.actions_["start"].trigger()
    assert opened.welcome.isVisible() and opened.session.player is player
    assert opened.welcome.back.text() == f"Back to {recorded.stem}" and not opened.actions_["next"].isEnabled()
    if way == "action":
        opened.actions_["start"].trigger()
    elif way == "button":
        QTest.mouseClick(opened.welcome.back, Qt.MouseButton.LeftButton)
    elif way == "Esc":
        QTest.keyClick(opened.welcome.back, Qt.Key.Key_Escape)
    else:
        opened.open_path(recorded)
    assert not opened.welcome.isVisible() and opened.timeline.isVisible() and opened.actions_["next"].isEnabled()
    assert opened.session.moment == (opened.session.last if way == "open" else 4000)


def test_closing_the_covered_recording_leaves_nothing_to_go_back_to(opened: MainWindow) -> None:
    opened.actions_["start"].trigger()
    opened.actions_["close"].trigger()
    assert opened.welcome.isVisible() and opened.welcome.back.isHidden() and not opened.actions_["start"].isEnabled()


@pytest.mark.parametrize("size", [(900, 600), (1600, 1000)])
def test_nothing_is_cut_off(window: MainWindow, size: tuple[int, int], qapp: QApplication) -> None:
    window.resize(*size)
    qapp.processEvents()
    page = window.welcome
    body = page.page.parentWidget()
    assert body is not None and body.width() <= page.viewport().width()
    buttons = (page.open, page.record, page.run, page.capturing)
    assert all(button.width() >= button.sizeHint().width() for button in buttons)
    rights = [page.examples.geometry().right(), page.experiments.geometry().right()]
    assert (rights[0] < rights[1]) == (size[0] == 1600)
