"""A long message in a small field never widens a panel or the window."""

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.places import SIDE

LONG = "zone_map_has_reached_its_limit_" * 8 + " and this is a sentence that has very many words " * 7
FIXED = {"section", "event", "headline", "badge", "state"}
"""Roles of labels whose words are the program's own, or from a fixed list."""


def panels(window: MainWindow) -> dict[str, int]:
    """Widths of the window and its panels."""
    found: list[QWidget] = [window, window.sidebar, window.places.card, window.places.stack, window.deck, window.transport, window.status]
    return {f"{type(one).__name__} {i}": one.width() for i, one in enumerate(found)}


@pytest.mark.parametrize("size", [(900, 600), (1280, 720)])
def test_in_every_label_that_shows_data(viewed: MainWindow, settle: Settle, qtbot: QtBot, size: tuple[int, int]) -> None:
    assert len(LONG) > 500
    viewed.resize(*size)
    settle(viewed.session)
    settle(viewed.session)
    viewed.deck.show_only("Zone heatmap")
    settle(viewed.session)
    qtbot.waitUntil(lambda: viewed.sidebar.width() == SIDE)  # it gets back the room that the second view took
    before, least = panels(viewed), viewed.minimumSizeHint().width()
    wide = []
    labels = [one for one in viewed.findChildren(QLabel) if one.isVisible() and one.property("role") not in FIXED]
    for own in (viewed.caption, viewed.timeline.head.heading):  # shortened to its room before it is set; always "by"
        labels.remove(own)
    assert len(labels) > 15
    for label in labels:
        said, place = label.text(), label.objectName() or repr(label.parentWidget())
        label.setText(LONG)
        settle(viewed.session)
        if panels(viewed) != before or viewed.minimumSizeHint().width() > least:
            changed = {name: (before[name], now) for name, now in panels(viewed).items() if before[name] != now}
            wide.append(f"{said!r} in {place}: {changed}, at least {viewed.minimumSizeHint().width()}")
        label.setText(said)
        settle(viewed.session)
    assert wide == []
    assert panels(viewed) == before
