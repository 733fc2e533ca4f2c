"""Buttons look like buttons, toggles like toggles, and captions are never clicked: in the window and in every dialog."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from tests.gui.whole.roles import faults
from zoneviz.gui.kit.colours import contrast
from zoneviz.gui.kit.theme import DARK, LIGHT, Theme, palette, sheet
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.views.compare import CompareView
from zoneviz.gui.window.main_window import MainWindow

QUIT = ("quit", "close", "new_window")


def test_in_the_window_and_its_dialogs(opened: MainWindow, qapp: QApplication, settle: Settle) -> None:
    for view in opened.deck.views:
        opened.deck.show_only(view.title)
        settle(opened.session)
    opened.deck.of(CompareView)
    seen = 0
    for name, action in opened.actions_.items():
        if action.text().endswith("…") and action.isEnabled() and name not in QUIT:
            action.trigger()
            settle(opened.session)
            assert faults(qapp) == [], name
            dialogs = [w for w in qapp.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
            seen += len(dialogs)
            for dialog in dialogs:
                dialog.close()
    for name in ("docs", "keys", "about"):
        opened.actions_[name].trigger()
    assert seen >= 2 and faults(qapp) == []
    for dialog in [w for w in qapp.topLevelWidgets() if isinstance(w, QDialog)]:
        dialog.close()


def test_faults_are_found(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    flat, caption, menu = QPushButton("on or off", window), QLabel("go <a href='x'>there</a>", window), QLabel("open ▾", window)
    flat.setProperty("role", "flat")
    flat.setCheckable(True)
    caption.setProperty("role", "button")
    assert len(faults(qapp)) == 3
    for widget in (flat, caption, menu):
        widget.setParent(None)
        widget.deleteLater()


def edge(widget: QWidget, theme: Theme) -> float:
    """Contrast of the middle of the widget's upper edge with the ground around it."""
    place = widget.mapTo(widget.window(), widget.rect().center())
    image = widget.window().grab().toImage()
    return contrast(image.pixelColor(place.x(), widget.y()), QColor(theme.panel))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_border_of_a_button_is_visible_and_a_caption_has_none(qapp: QApplication, qtbot: QtBot, theme: Theme) -> None:
    before = qapp.palette()
    qapp.setPalette(palette(theme))
    window = QWidget()
    qtbot.addWidget(window)
    window.setObjectName("side")
    window.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    window.setStyleSheet(sheet(theme))
    window.resize(400, 300)
    made: dict[str, QWidget] = {"toggle": Toggle("word", window)}
    for role in ("", "primary", "flat", "search"):
        made[role] = QPushButton("word", window)
        made[role].setProperty("role", role or None)
    for role in ("muted", "section", "strong", "event"):
        made[role] = QLabel("word", window)
        made[role].setProperty("role", role)
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.show()
    window.setFocus()  # the border of what has the focus is always visible
    for row, widget in enumerate(made.values()):
        widget.adjustSize()
        widget.move(20, 30 * row + 5)
    qapp.processEvents()
    edges = {role: edge(widget, theme) for role, widget in made.items()}
    assert {role for role, seen in edges.items() if seen > 1.5} == {"", "primary", "flat", "search"}, edges
    assert {role for role, seen in edges.items() if seen < 1.1} == {"toggle", "muted", "section", "strong", "event"}, edges
    toggle = made["toggle"]
    assert isinstance(toggle, Toggle)
    off = toggle.grab().toImage()
    toggle.setChecked(True)
    on = toggle.grab().toImage()
    assert on != off and on.pixelColor(6, on.height() // 2 - 4) == QColor(theme.accent)
    qapp.setPalette(before)
