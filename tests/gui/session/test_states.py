"""States of runs and recordings."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from tests.gui import live
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.states import STARTING, in_progress, of_header
from zoneviz.recording.outcome import OUTCOMES


def test_no_state_looks_like_another() -> None:
    header = live.header()
    ended = [of_header(replace(header, kind="simulated", outcome=name, complete=True)) for name in OUTCOMES]
    running = [in_progress(machine, paused) for machine in (False, True) for paused in (False, True)]
    words = {state.word: (state.icon, state.tone) for state in (*ended, *running)}
    assert len(words) == len(ended) + 3, "a paused recording and a paused run are both paused"
    alike = {"Finished", "Booted"}  # both ended as they should
    assert len({look for word, look in words.items() if word not in alike}) == len(words) - len(alike)
    assert in_progress(False, True, started=False) == STARTING


def test_a_pause_is_announced_once(session: Session, qtbot: QtBot) -> None:
    heard: list[bool] = []
    session.standing.changed.connect(lambda: heard.append(session.standing.paused))
    for paused in (True, True, False, False):
        session.standing.set_paused(paused)
    assert heard == [True, False]
    assert session.player is not None
    assert session.standing.now(session.player, True).word == "Running" and session.standing.said(session.player, True) == "Running"
    assert session.standing.said(session.player, False).startswith("Panic at ")
