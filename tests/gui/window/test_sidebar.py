"""The left column: the recordings stay visible below a long form."""

from PySide6.QtWidgets import QApplication

from tests.gui.painted import painted
from zoneviz.gui.session import jobs
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.sidebar import STOCK


def test_recordings_are_visible(opened: MainWindow) -> None:
    sidebar = opened.sidebar
    for height in (720, 1000):
        opened.resize(1280, height)
        QApplication.processEvents()
        jobs.wait_all()
        QApplication.processEvents()
        seen = {words.words for words in painted(opened) if words.seen.height() >= words.ink.height() - 2 and not words.seen.isEmpty()}
        assert {"EXAMPLES", "dev-null-storm", "fork-bomb", "panic"} <= seen
        assert sidebar.area.height() + sidebar.recordings.height() == sidebar.height()
        assert sidebar.recordings.height() <= sidebar.height() * STOCK


def test_no_more_room_than_the_recordings_need(opened: MainWindow) -> None:
    opened.resize(1280, 1600)
    QApplication.processEvents()
    shown = opened.sidebar.recordings
    assert shown.list.verticalScrollBar().maximum() == 0
    assert shown.list.height() - shown.list.content_height() < 24
