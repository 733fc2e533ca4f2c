"""The card says how the search goes and what it found; a click goes to the last event at which a limit helps."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from tests.gui.turns import pretend
from zoneviz.gui.charts.link import Link
from zoneviz.gui.charts.turn_card import TurnCard
from zoneviz.gui.session.session import Session


def plain(label: QLabel) -> str:
    return label.text().replace("\u200b", "").replace("\u00a0", " ")


def test_the_search_from_the_first_press_to_the_last_result(
    session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, settle: Settle
) -> None:
    pretend(monkeypatch, after=1)
    card = TurnCard(session)
    qtbot.addWidget(card)
    assert not card.isHidden() and card.button.text() == "Search" and "each of 4 limits" in plain(card.state)
    card.button.click()
    qtbot.waitUntil(lambda: len(card.rows) == 1, timeout=60_000)
    assert card.button.text() == "Cancel" and plain(card.state) == "Searching 2 of 4: libports thread throttle (slows at 64 threads)…"
    card.button.click()
    assert card.button.text() == "Continue" and plain(card.state) == "Cancelled after 1 of 4."
    card.button.click()
    assert card.turning.job is not None
    card.turning.job.wait()
    assert plain(card.state) == "2 of 4 would have helped after boot. Exact to 8 events." and card.button.isHidden()
    said = [row.sentence for row in card.rows if isinstance(row, Link)]
    assert said == ["at most 64 threads per task: until 400.000 ms", "libports thread throttle: at some events until 600.000 ms"]
    rest = "Help only if set at boot: a zone_map of 2 MiB.\nDo not help: free pages of zones collected."
    assert plain(card.rest) == rest and not card.rest.isHidden()
    row = card.rows[0]
    assert isinstance(row, Link)
    row.click()
    settle(session)
    assert session.moment == 400
    session.show(None)
    assert card.isHidden() and not card.rows and card.rest.isHidden()


def test_a_search_that_fails_says_why(session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    pretend(monkeypatch)
    card = TurnCard(session)
    qtbot.addWidget(card)
    card.button.click()
    assert card.turning.job is not None
    card.turning.job.cancel()
    card.turning._failed("A variant cannot be run: No space left on device.")
    assert plain(card.state) == "A variant cannot be run: No space left on device." and card.button.text() == "Search"
