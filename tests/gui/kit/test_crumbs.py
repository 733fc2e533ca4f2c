"""The way to where one is: its steps are buttons, those in the middle are in a menu."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.crumbs import Crumbs


def test_each_step_leads_back(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    crumbs, got = Crumbs("everything", parent), list[int]()
    crumbs.chosen.connect(got.append)
    assert crumbs.isHidden()
    crumbs.show_way(["a", "b", "c", "d"])
    buttons = [button for button in crumbs.findChildren(QToolButton) if not button.isHidden()]
    assert [button.text() for button in buttons] == ["everything", "…", "c", "d"]
    assert all(button.accessibleName() and button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in buttons)
    parent.show()
    for button in (buttons[0], buttons[2]):
        QTest.keyClick(button, Qt.Key.Key_Space)
    for action in buttons[1].menu().actions():
        action.trigger()
    assert got == [0, 3, 1, 2]
    crumbs.show_way([])
    assert crumbs.isHidden() and crumbs.way == []
