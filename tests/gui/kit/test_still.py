"""A cached picture is painted once, and again when anything about it changes."""

from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.kit.still import Still
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.timeline import Timeline


def test_it_is_painted_again_for_another_key_or_size(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(20, 10)
    still, image = Still(widget), QImage(40, 20, QImage.Format.Format_ARGB32)

    def shown(key: object, colour: str) -> str:
        painter = QPainter(image)
        still.draw(painter, key, lambda own: own.fillRect(widget.rect(), QColor(colour)))
        painter.end()
        return image.pixelColor(5, 5).name()

    assert shown("a", "#ff0000") == "#ff0000" and shown("a", "#00ff00") == "#ff0000"
    assert shown("b", "#00ff00") == "#00ff00"
    widget.resize(30, 10)
    assert shown("b", "#0000ff") == "#0000ff" and still.paints == 3


def test_lanes_and_limits_are_not_repainted_when_the_moment_moves(bomb: Session, qtbot: QtBot, settle: Settle) -> None:
    view = Timeline(bomb)
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.show()
    for _ in range(3):
        settle(bomb)
        view.wait()
    settle(bomb)
    before = (view.lanes._still.paints, view.limits._still.paints)
    for seq in (1000, 5000, 20_000):
        bomb.ask_moment(seq)
        settle(bomb)
    assert (view.lanes._still.paints, view.limits._still.paints) == before > (0, 0)
    bomb.axis.zoom(0.5)
    settle(bomb)
    assert view.lanes._still.paints > before[0] and view.limits._still.paints > before[1]
