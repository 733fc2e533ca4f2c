"""The sentence on the card about which scenarios the recording looks like."""

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from zoneviz import resources
from zoneviz.gui.charts import resemblance
from zoneviz.gui.charts.resemblance import Resemblance
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.likeness import likeness
from zoneviz.recording import Recording


@pytest.fixture
def place(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def example(session: Session, name: str) -> Player:
    """Show an example recording."""
    player = Player(Recording(resources.folder("recordings") / f"{name}.zvz.zst"))
    session.show(player)
    return player


def done(made: Resemblance) -> str:
    """Wait for the job. Returns what is shown."""
    assert made.job is not None
    made.job.wait()
    QApplication.processEvents()
    return made.text()


def test_the_sentence_follows_when_the_job_has_finished(session: Session, place: QWidget) -> None:
    made, player = Resemblance(session, place), example(session, "fork-bomb")
    made.show_recording(player)
    assert made.isHidden()
    assert done(made) == likeness(player.recording).sentence and made.text().startswith("Looks like fork-bomb")
    assert made.isVisible() and made.toolTip() and made.accessibleDescription() == made.toolTip()
    job = made.job
    made.show_recording(player)
    assert made.job is job, "compared once"
    example(session, "linux-sockets")
    assert made.isHidden() and made.job is None


def test_another_system_has_no_sentence(session: Session, place: QWidget) -> None:
    made = Resemblance(session, place)
    made.show_recording(example(session, "linux-sockets"))
    assert made.job is None and made.isHidden()


def test_a_comparison_that_fails_says_why(session: Session, place: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(recording: Recording) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(resemblance, "likeness", broken)
    made = Resemblance(session, place)
    made.show_recording(example(session, "fork-bomb"))
    assert done(made) == "This could not be worked out: RuntimeError: no."
