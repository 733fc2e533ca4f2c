"""Notifications of the desktop."""

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.notices import Notices


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is shown in the tray, which the test's platform does not have."""
    said: list[str] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda self, title, text, *rest: said.append(text))
    return said


def test_a_notification_is_one_line(window: MainWindow, shown: list[str]) -> None:
    notices = Notices(window)
    notices.show("kmalloc-64 > 1 GiB:\n1.2 GiB now.")
    assert shown == ["kmalloc-64 > 1 GiB: 1.2 GiB now."]
    notices.hide()


def test_without_a_tray_the_window_asks_for_attention(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    monkeypatch.setattr(QApplication, "alert", lambda widget: asked.append(widget))
    window.notices.show("kmalloc-64 > 1 GiB.")
    assert asked == [window]


def test_news_of_a_recording_are_notified(window: MainWindow, qtbot: QtBot, shown: list[str]) -> None:
    window.desk.news.emit("slab > 11K: 12 KiB now.")
    assert shown == ["slab > 11K: 12 KiB now."]
