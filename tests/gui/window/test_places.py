"""The panels beside the charts: the card gives way where there is too little room."""

from tests.gui.conftest import Settle
from zoneviz.gui.window.main_window import MainWindow

SMALL, MIDDLE = (900, 600), (1000, 600)


def sized(window: MainWindow, settle: Settle, size: tuple[int, int], text: str) -> MainWindow:
    window.preferences.choose("text_size", text)
    window.resize(*size)
    settle(window.session)
    return window


def test_the_card_gives_way_to_the_charts_and_returns(opened: MainWindow, settle: Settle) -> None:
    card = opened.places.card
    steps = (
        (MIDDLE, "100 %", True), (SMALL, "100 %", False), (SMALL, "130 %", False), ((1280, 720), "130 %", True), (SMALL, "130 %", False),
    )  # fmt: skip
    for size, text, shown in steps:
        sized(opened, settle, size, text)
        assert card.isVisible() == shown == opened.actions_["panic"].isChecked(), (size, text)
        assert opened.size().toTuple() == size
    sized(opened, settle, MIDDLE, "100 %")
    assert card.isVisible()


def test_who_asks_for_the_card_gets_it(opened: MainWindow, settle: Settle) -> None:
    sized(opened, settle, SMALL, "130 %")
    action = opened.actions_["panic"]
    for shown in (True, False, True):
        action.trigger()
        assert opened.places.card.isVisible() == shown == action.isChecked() == opened.places.card_wanted
    sized(opened, settle, (1280, 720), "130 %")
    sized(opened, settle, SMALL, "130 %")
    assert not opened.places.card.isVisible(), "asked for in another size"


def test_a_card_that_is_not_wanted_stays_away(opened: MainWindow, settle: Settle) -> None:
    opened.actions_["panic"].trigger()
    for size in (SMALL, (1600, 1000)):
        sized(opened, settle, size, "100 %")
        assert not opened.places.card.isVisible() and not opened.actions_["panic"].isChecked()
