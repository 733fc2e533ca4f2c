"""A new window fits its screen."""

import pytest
from PySide6.QtCore import QSize

from tests.gui.conftest import Settle
from zoneviz.gui.window.first_size import FRAME, first_size, least_size
from zoneviz.gui.window.main_window import MainWindow


@pytest.mark.parametrize("screen", [(1024, 600), (1280, 720), (1366, 768), (1920, 1080), (3840, 2160)])
def test_the_window_and_its_title_bar_are_on_the_screen(screen: tuple[int, int]) -> None:
    size, least = first_size(QSize(*screen)), least_size(QSize(*screen))
    for one in (size, least):
        assert one.width() + FRAME.width() <= screen[0] and one.height() + FRAME.height() <= screen[1]
    assert size.width() >= least.width() and size.height() >= least.height()


def test_the_status_bar_is_visible_at_every_size(viewed: MainWindow, settle: Settle) -> None:
    for size in (viewed.minimumSize().toTuple(), (900, 600), (1600, 1000)):
        viewed.resize(*size)
        settle(viewed.session)
        status = viewed.status.geometry()
        assert status.bottom() == viewed.rect().bottom() and status.height() >= viewed.status.fontMetrics().height()
