"""Lists of things to open."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.offers import Offer, Offers, height_of


def test_click_and_enter_choose(qtbot: QtBot) -> None:
    parent = QWidget()
    made = Offers("Fruit", parent)
    chosen: list[object] = []
    qtbot.addWidget(parent)
    made.chosen.connect(chosen.append)
    made.show_offers([Offer(1, "apple", "red or green"), Offer(2, "pear", "yellow", "soft")])
    parent.show()
    assert made.height() == 2 * height_of(made.fontMetrics())
    assert made.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == "pear, yellow, soft"
    QTest.mouseClick(made.viewport(), Qt.MouseButton.LeftButton, pos=made.visualItemRect(made.item(1)).center())
    QTest.keyClick(made, Qt.Key.Key_Up)
    QTest.keyClick(made, Qt.Key.Key_Return)
    assert chosen == [2, 1]


def test_the_current_row_stays_at_its_place(qtbot: QtBot) -> None:
    parent = QWidget()
    made = Offers("Fruit", parent)
    qtbot.addWidget(parent)
    made.show_offers([Offer(number, f"fruit {number}", "") for number in range(4)])
    made.setCurrentRow(2)
    made.show_offers([Offer(number, f"fruit {number}", "ripe") for number in range(4)])
    assert made.currentRow() == 2
    made.show_offers([Offer(0, "fruit 0", "")])
    assert made.currentRow() == 0
