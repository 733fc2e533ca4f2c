"""A word that is on or off."""

from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.toggle import Toggle


def test_it_shows_whether_it_is_on(qtbot: QtBot) -> None:
    toggle = Toggle("limits")
    qtbot.addWidget(toggle)
    toggle.show()
    off = toggle.grab().toImage()
    toggle.click()
    assert toggle.isChecked() and toggle.grab().toImage() != off
    toggle.click()
    assert toggle.grab().toImage() == off
    assert toggle.property("role") == "toggle"
