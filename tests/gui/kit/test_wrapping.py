"""Labels of several lines."""

from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.wrapping import wrap


def test_words_never_widen_the_column_and_the_height_follows(qapp: QApplication, qtbot: QtBot) -> None:
    column = QWidget()
    qtbot.addWidget(column)
    label = QLabel("a sentence of many words " * 20, column)
    wrap(label)
    box = QVBoxLayout(column)
    box.addWidget(label)
    assert column.minimumSizeHint().width() < 60 and box.hasHeightForWidth()
    assert box.heightForWidth(150) > 2 * box.heightForWidth(600)
