"""A label of any width."""

from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.elided import LEAST, Elided


def test_words_that_do_not_fit_end_in_dots_and_are_in_the_tool_tip(qtbot: QtBot) -> None:
    label = Elided(inset=4)
    qtbot.addWidget(label)
    label.setText("a sentence that is much longer than its field " * 4)
    assert label.minimumSizeHint().width() <= LEAST
    label.resize(120, 20)
    label.show()
    assert label.shown.endswith("…") and label.toolTip() == label.text()
    short = label.grab().toImage()
    label.setText("short")
    label.resize(121, 20)
    assert label.shown == "short" and label.toolTip() == "" and label.grab().toImage() != short
