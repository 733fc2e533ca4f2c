"""The left column: the recordings stay visible below a long form."""

from PySide6.QtWidgets import QApplication

from tests.gui.painted import painted
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.sidebar import STOCK


def test_recordings_are_visible(opened: MainWindow) -> None:
    sidebar = opened.sidebar
    for height in (720, 1000):
        opened.resize(1280, height)
        QApplication.processEvents()
        seen = {words.words for words in painted(opened) if words.seen.height() >= words.ink.height() - 2 and not words.seen.isEmpty()}
        assert {"EXAMPLES", "dev-null-storm", "fork-bomb", "panic"} <= seen
        assert sidebar.area.height() + sidebar.stock.height() == sidebar.height()
        assert sidebar.stock.height() <= sidebar.height() * STOCK


def test_no_more_room_than_the_recordings_need(opened: MainWindow) -> None:
    opened.resize(1280, 1600)
    QApplication.processEvents()
    bar = opened.sidebar.stock.verticalScrollBar()
    assert bar.maximum() == 0
    assert opened.sidebar.examples.mapTo(opened.sidebar, opened.sidebar.examples.rect().bottomLeft()).y() > opened.sidebar.height() - 12
