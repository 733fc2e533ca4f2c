"""Sizes and weights of texts: kept by a change of theme, and in order at every text size."""

import re

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QWidget

from tests.gui.conftest import Settle
from zoneviz.gui.kit.theme import BODY, LIGHT, sheet
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.preferences import PREFERENCES

SIZES = next(one.choices for one in PREFERENCES if one.name == "text_size")
TEXTS = (QLabel, QAbstractButton, QPlainTextEdit)


def fonts(window: MainWindow) -> dict[QWidget, tuple[float, int, bool]]:
    """Size, weight and slant of each text."""
    found = [widget for widget in window.findChildren(QWidget) if isinstance(widget, TEXTS)]
    return {one: (round(one.font().pointSizeF(), 3), one.font().weight().value, one.font().italic()) for one in found}


def size(window: MainWindow, role: str) -> float:
    """The text size of a role."""
    return next(one.font().pointSizeF() for one in window.findChildren(QLabel) if one.property("role") == role and one.isVisibleTo(window))


def test_a_change_of_theme_keeps_sizes_and_weights(opened: MainWindow, settle: Settle) -> None:
    opened.actions_["theme light"].trigger()
    settle(opened.session)
    before = fonts(opened)
    assert len(before) > 100
    for theme in ("dark", "light", "system", "dark", "light"):
        opened.actions_[f"theme {theme}"].trigger()
        settle(opened.session)
        after = fonts(opened)
        assert {one.objectName() or repr(one): (before[one], after[one]) for one in before if before[one] != after.get(one)} == {}, theme


def test_sizes_are_in_order_at_every_text_size(opened: MainWindow, settle: Settle) -> None:
    opened.preferences.choose("text_size", "100 %")
    settle(opened.session)
    roles = ("section", "muted", "event")
    plain = {role: size(opened, role) for role in roles}
    for chosen in (*SIZES, SIZES[0]):
        opened.preferences.choose("text_size", chosen)
        settle(opened.session)
        now = [size(opened, role) for role in roles]
        assert now == sorted(now) and len(set(now)) == len(now), chosen
        scale = int(chosen.split()[0]) / 100
        assert now == pytest.approx([plain[role] * scale for role in roles], rel=0.02), chosen


@pytest.mark.parametrize("body", [7.0, BODY, 11.0, 14.0])
def test_sizes_are_in_order_for_every_size_of_the_system(body: float) -> None:
    css = sheet(LIGHT, 1.0, body)
    found = {role: float(re.search(rf'role="{role}"\][^}}]*font-size: ([\d.]+)pt', css)[1]) for role in ("section", "event", "headline")}  # type: ignore[index]
    assert found["section"] < body < found["event"] < found["headline"]
