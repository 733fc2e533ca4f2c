"""The panic card says what the recording says, and nothing else."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.conftest import TEXT, Settle, events, write
from zoneviz.gui import text
from zoneviz.gui.models.panic import ending
from zoneviz.gui.session import Session
from zoneviz.gui.views.panic import PanicView
from zoneviz.playback import Player
from zoneviz.recording import Recording


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> PanicView:
    made = PanicView(session)
    qtbot.addWidget(made)
    made.resize(290, 800)
    made.show()
    settle(session)
    return made


def test_the_console_as_it_looked(view: PanicView) -> None:
    assert view.console.toPlainText() == f"<b>boot</b> of the machine\nready\npanic: {TEXT}"
    assert view.heading.text() == "PANIC"


def test_the_facts(view: PanicView, session: Session) -> None:
    assert session.player is not None
    zones = {z["name"]: z["cur_size"] for z in session.player.state.machine()["zones"]}
    words = "\n".join(label.text() for label in view.notes)
    assert "What ended" in words and "zone_map" in words
    assert f"Asked last: threads, which held {text.size(zones['threads'])}" in words
    assert f"Held most: threads, {text.size(max(zones.values()))}" in words
    assert "Task 1 bomb was running" in words
    assert view.path.text().replace("\u200b", "").split() == ["fork", "task_create", "zalloc"]


def test_it_never_speaks_of_a_cause(view: PanicView) -> None:
    assert "cause" not in " ".join(label.text() for label in view.notes).lower()


def test_texts_are_plain(view: PanicView) -> None:
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in [*view.notes, view.path])
    assert isinstance(view.notes[0], QLabel)


def test_holders_follow_the_moment(view: PanicView, session: Session, settle: Settle) -> None:
    session.ask_moment(3000)
    settle(session)
    assert session.player is not None
    zones = {z["name"]: z["cur_size"] for z in session.player.state.machine()["zones"]}
    assert view.holders.rows == sorted(((n, s) for n, s in zones.items() if s), key=lambda z: -z[1])
    assert text.time(session.player.state.time) in view.holders_heading.text()


def test_the_command_makes_the_same_run(view: PanicView) -> None:
    command = view.command.toPlainText().replace("\\\n", "").split()
    assert command == ["zoneviz", "run", "fork-bomb", "--profile", "antrik-2005", "--set", "rate=5", "--seed", "7"]


@pytest.mark.parametrize(
    ("outcome", "headline"), [("booted", "Booted"), ("interrupted", "Stopped by hand"), ("hang", "Hang"), ("error", "A call failed")]
)
def test_other_endings(tmp_path: Path, outcome: str, headline: str) -> None:
    recording = Recording(write(tmp_path / "a.zvz", events(50)[:-1], outcome=outcome))
    found = ending(Player(recording), live=False)
    assert found.headline == headline
    assert found.tone != "danger"
    assert found.call_path == []
    recording.close()


def test_an_incomplete_recording_says_why(tmp_path: Path) -> None:
    recording = Recording(write(tmp_path / "a.zvz", events(50)[:-1], complete=False))
    found = ending(Player(recording), live=False)
    assert (found.headline, found.tone) == ("Incomplete", "warning")
    assert any("the disk is full" in note for note in found.notes)
    recording.close()


def test_an_empty_recording_has_an_ending(tmp_path: Path) -> None:
    recording = Recording(write(tmp_path / "a.zvz", [], outcome="interrupted"))
    assert ending(Player(recording), live=False).holders == []
    recording.close()
