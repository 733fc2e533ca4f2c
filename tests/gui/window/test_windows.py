"""Several windows: own sessions, shared settings, side by side, one after the other closed."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QRect
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz import words
from zoneviz.gui.kit import theme
from zoneviz.gui.session import jobs
from zoneviz.gui.views.allocations import AllocationsView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.windows import place, side_by_side


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> Iterator[None]:
    yield
    words.choose_units("KiB, MiB")
    theme.apply(qapp, theme.LIGHT, 1.0)


def another(window: MainWindow) -> MainWindow:
    window.actions_["new_window"].trigger()
    made = window.windows.all[-1]
    assert isinstance(made, MainWindow) and made is not window and made.isVisible()
    return made


def test_a_new_window_has_its_own_session(opened: MainWindow, recorded: Path, settle: Settle) -> None:
    opened.deck.show_only("Events")
    opened.arrangement.move_view("Zones", "window")
    second = another(opened)
    assert second.session.player is None and second.welcome.isVisible() and opened.session.player is not None
    assert second.deck.shown() == ["Events"] and second.places.docks.out == []
    assert second.open_path(recorded)
    settle(second.session)
    second.session.ask_moment(100)
    settle(second.session)
    assert opened.session.moment == opened.session.last
    second.session.notebook.put(100, "of the second")
    assert opened.edits.count() == 1  # the view that floats


def test_settings_are_shared(opened: MainWindow) -> None:
    second = another(opened)
    second.preferences.choose("theme", "dark")
    second.preferences.choose("units", "bytes")
    assert opened.session.theme.dark and second.session.theme.dark
    assert opened.actions_["theme dark"].isChecked() and second.actions_["theme dark"].isChecked()


def test_a_closed_window_is_gone_and_the_other_stays(opened: MainWindow, recorded: Path, settle: Settle, qapp: QApplication) -> None:
    second = another(opened)
    assert second.open_path(recorded)
    second.deck.show_only(AllocationsView.title)  # it starts a job
    qapp.processEvents()
    second.actions_["close_window"].trigger()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(second) and opened.windows.all == [opened]
    opened.preferences.choose("theme", "dark")
    opened.session.ask_moment(100)
    settle(opened.session)
    jobs.wait_all()
    assert opened.session.moment == 100 and opened.isVisible() and not opened.actions_["link"].isEnabled()


def test_quitting_closes_all(opened: MainWindow) -> None:
    second = another(opened)
    second.actions_["quit"].trigger()
    assert opened.windows.all == [] and not opened.isVisible() and not second.isVisible()


def test_a_recording_beside(opened: MainWindow, recorded: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    opened.actions_["beside"].trigger()
    assert len(opened.windows.all) == 1, "no file chosen"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(recorded), ""))
    area = QRect(0, 0, 1921, 1000)  # the screen of the tests is too small for two windows
    monkeypatch.setattr("zoneviz.gui.window.main_window.place", lambda windows, _: place(windows, area))
    opened.actions_["beside"].trigger()
    first, second = opened.windows.all
    assert first is opened and isinstance(second, MainWindow)
    assert [window.frameGeometry() for window in (first, second)] == side_by_side(2, area)
    assert not any(window.sidebar.isVisible() or window.places.card.isVisible() for window in (opened, second))
    assert opened.actions_["link"].isChecked() and second.actions_["link"].isChecked()
    opened.session.ask_moment(2345)
    settle(opened.session)
    settle(second.session)
    assert second.session.moment == 2345
    second.actions_["link"].trigger()
    second.session.ask_moment(99)
    settle(second.session)
    assert opened.session.moment == 2345
    opened.actions_["undo"].trigger()
    assert opened.sidebar.isVisible() and opened.places.card.isVisible()


@pytest.mark.parametrize("width", [800, 801, 1920])
def test_columns_fill_the_screen(width: int) -> None:
    columns = side_by_side(3, QRect(10, 20, width, 700))
    assert sum(column.width() for column in columns) == width and columns[0].left() == 10
    assert all(right.left() == left.right() + 1 for left, right in pairwise(columns))
