"""The state beside its button, in a column below the heading."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.stated import stated


def test_the_parts_are_in_their_order_and_the_button_works(qtbot: QtBot) -> None:
    card, pressed = QWidget(), []
    qtbot.addWidget(card)
    heading = QLabel("WHY", card)
    state, button, box = stated(card, lambda: pressed.append(1), heading)
    state.setText("Searching")
    button.setText("Stop")
    card.show()
    assert card.layout() is box and heading.geometry().bottom() < state.geometry().top()
    assert state.geometry().right() < button.geometry().left()
    button.click()
    assert pressed == [1]
