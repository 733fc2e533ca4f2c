"""Limits are tested on a recorded run, one after the other, and each can be recorded and compared."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from zoneviz.app.parts import cut
from zoneviz.app.running import run
from zoneviz.app.whatif import Limit
from zoneviz.gui.charts.whatif import WhatIf
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

DOUBLED = Limit("zone_map_size", "128K", "a zone_map of 128 KiB, twice as large")


@pytest.fixture(scope="module")
def bomb_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bomb") / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=64K",), output=path))
    return path


def card(path: Path, qtbot: QtBot) -> WhatIf:
    """The card of a recording, with one limit on offer."""
    session = Session()
    player = Player(Recording(path))
    session.show(player)
    made = WhatIf(session)
    qtbot.addWidget(made)
    made.offered = lambda header: [DOUBLED]
    made.show_recording(player)
    return made


def run_all(made: WhatIf) -> None:
    """Test the limits to the end. No event is processed afterwards: what is shown must be there at once."""
    made.button.click()
    assert made.job is not None
    made.job.wait()
    assert made.state.text() == "0 of 1 would have stopped it."


def test_limits_are_tested_and_the_result_is_a_row(bomb_file: Path, qtbot: QtBot) -> None:
    made = card(bomb_file, qtbot)
    assert made.button.text() == "Test these limits" and not made.isHidden()
    run_all(made)
    said = made.results[0].text().replace("\u200b", "").replace("\u00a0", " ")
    assert said.startswith("panics at ") and "% of zone_map" in said
    assert "Still a panic with a zone_map of 128 KiB, twice as large" in made.results[0].toolTip()
    row = [label.text().replace("\u200b", "").replace("\u00a0", " ") for label in made.rows[0].findChildren(QLabel)]
    assert row == [DOUBLED.words, said] and not made.head.isHidden()
    assert made.button.text() == "Test again"
    made.session.show(None)
    assert made.isHidden() and not made.results


def test_an_excerpt_says_why_no_variant_is_compared(bomb_file: Path, tmp_path: Path, qtbot: QtBot) -> None:
    with Recording(bomb_file) as recording:
        last = recording.event_count
    cut(bomb_file, "1000", str(last), tmp_path / "excerpt.zvz")
    for path, offered in ((bomb_file, True), (tmp_path / "excerpt.zvz", False)):
        made = card(path, qtbot)
        run_all(made)
        compare = next(b for b in made.findChildren(QAbstractButton) if b.text() == "compare")
        assert compare.isVisible() and compare.isEnabled() == offered
        assert ("excerpt of a run" in compare.toolTip()) != offered
        made.session.show(None)
