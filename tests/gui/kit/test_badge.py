"""A state as an icon and a word."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.badge import Badge
from zoneviz.gui.kit.icons import picture
from zoneviz.gui.kit.theme import DARK, LIGHT, sheet
from zoneviz.gui.session.states import ICONS, PAUSED, RECORDING, RUNNING, STARTING

NAMES = {*ICONS.values(), "finished", *(state.icon for state in (PAUSED, RECORDING, RUNNING, STARTING))}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_icon_is_drawn(qapp: QApplication, name: str) -> None:
    drawn = picture(name, "#123456", 16, 2.0)
    assert drawn.width() == 32 and drawn.deviceIndependentSize().width() == 16
    image = drawn.toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(32) for y in range(32))


@pytest.mark.parametrize("role", ["badge", "state"])
def test_the_icon_has_the_colour_of_the_tone_and_room_beside_the_word(qapp: QApplication, qtbot: QtBot, role: str) -> None:
    badge = Badge(role)
    badge.setStyleSheet(sheet(LIGHT))
    qtbot.addWidget(badge)
    badge.setText("Panic")
    badge.say("panic", "danger", LIGHT)
    badge.adjustSize()
    badge.show()
    qapp.processEvents()
    shown = badge.grab().toImage()
    badge.say("panic", "danger", DARK)
    assert badge.grab().toImage() != shown, "the colour is the theme's"
    badge.say("", "danger", LIGHT)
    bare = badge.grab().toImage()
    changed = [x for x in range(bare.width()) for y in range(bare.height()) if bare.pixel(x, y) != shown.pixel(x, y)]
    assert changed and max(changed) < bare.width() / 2, "the icon is left of the word"
