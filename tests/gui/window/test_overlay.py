"""What floats over the content."""

from PySide6.QtWidgets import QApplication, QFrame, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from zoneviz.gui.window.overlay import GAP, MARGIN, WIDEST, Overlay


def frame(words: str) -> QFrame:
    made = QFrame()
    label = QLabel(words, made)
    label.setWordWrap(True)
    QVBoxLayout(made).addWidget(label)
    return made


def test_frames_are_at_the_lower_edge_one_above_the_other(qapp: QApplication, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    low, high = frame("one line"), frame("so long that it takes several lines " * 10)
    Overlay(host, [low, high])
    host.show()
    assert low.isHidden() and high.isHidden()
    high.show()
    qapp.processEvents()
    assert high.geometry().bottom() == 400 - MARGIN - 1, "a hidden one takes no room"
    low.show()
    qapp.processEvents()
    assert low.geometry().bottom() == 400 - MARGIN - 1 and high.geometry().bottom() == low.geometry().top() - GAP - 1
    assert high.height() == high.heightForWidth(high.width()) > 2 * low.height()
    host.resize(2000, 700)
    qapp.processEvents()
    assert low.width() == WIDEST and low.geometry().center().x() in (999, 1000) and low.geometry().bottom() == 700 - MARGIN - 1
