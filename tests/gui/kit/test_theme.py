"""Colours have contrast and differ."""

import itertools

import pytest
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from zoneviz import words
from zoneviz.gui.kit import text, theme
from zoneviz.gui.kit.colours import MAPS, amount_colours, choose_map, contrast, zone_colour
from zoneviz.gui.kit.theme import DARK, LIGHT, Theme


@pytest.mark.parametrize("chosen", [DARK, LIGHT], ids=["dark", "light"])
def test_text_has_enough_contrast(chosen: Theme) -> None:
    fronts = (chosen.text, chosen.strong, chosen.muted, chosen.danger, chosen.warning)
    pairs = itertools.product(fronts, (chosen.ground, chosen.panel, chosen.raised))
    for front, back in [*pairs, (chosen.on_accent, chosen.accent), (chosen.danger, chosen.danger_ground), (chosen.strong, chosen.chosen)]:
        assert contrast(QColor(front), QColor(back)) >= 4.5, (front, back)


def test_zone_colours_are_stable() -> None:
    assert zone_colour("ipc ports") == zone_colour("ipc ports")
    assert zone_colour("a made-up zone").name() == zone_colour("a made-up zone").name() == "#4670a2"


@pytest.mark.parametrize("name", MAPS)
def test_every_map_gets_brighter(name: str) -> None:
    choose_map(name)
    table = amount_colours().astype(float)
    light = table @ [0.2126, 0.7152, 0.0722]
    choose_map("cividis")
    assert table.shape == (256, 3)
    assert (light[1:] >= light[:-1] - 0.5).all()


def test_settings_choose_the_theme_and_the_sheet_has_its_colours(qapp: QApplication) -> None:
    assert theme.chosen("dark") is DARK
    assert theme.chosen("light") is LIGHT
    assert theme.chosen("system") in (DARK, LIGHT)
    assert "$" not in theme.sheet(DARK)


def test_numbers_as_people_read_them() -> None:
    assert words.size_cell(512) == "512 B"
    assert words.size_cell(5_159_000) == "4.92 MiB"
    assert words.time(12_402_000_000) == "12.402 s"
    assert words.time(0) == "0 s"
    assert words.tick_labels([8.2, 8.3], 0.1) == ["8.2 s", "8.3 s"]
    assert words.tick_labels([0.0, 0.002], 0.001) == ["0 ms", "2 ms"]
    assert words.share_cell(1, 0) == "-"


def test_hostile_text_is_tamed() -> None:
    assert words.one_line("a\nb\x1b[31m\u202edc") == "a b\ufffd[31m\ufffddc"
    assert len(words.one_line("x" * 10_000)) == 400
    assert "<b>" not in text.plain("<b>bold</b>")


@pytest.mark.parametrize("chosen", [DARK, LIGHT], ids=["dark", "light"])
def test_buttons_of_the_file_dialog_show_their_icons(chosen: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    """They are always 20 pixels wide, so the padding of other buttons would leave no space for the icon."""
    theme.apply(qapp, chosen)
    dialog = QFileDialog()
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.show()
    buttons = [button for button in dialog.findChildren(QToolButton) if button.isVisible()]
    assert len(buttons) >= 6
    for button in buttons:
        shown = button.grab().toImage()
        button.setIcon(QIcon())
        assert button.grab().toImage() != shown, button.objectName()
