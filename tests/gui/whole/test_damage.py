"""A recording damaged in the middle: every slot reports it in a sentence, and no exception leaves a slot.

pytest-qt fails a test in which an exception leaves a slot or an event handler.
"""

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QWidget

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.session import jobs
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.menus import CONTROLS
from zoneviz.playback import Player
from zoneviz.recording import Recording

ROUNDS = 12_000
"""Events enough that the start and the end are read without the middle."""
HOLE = (7_000, 7_100)
ENDS = ("quit", "close", "close_window", "forget", "run", "trash")
"""Actions that close the recording, show another one, or move the file."""


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Events HOLE[0] to HOLE[1] are missing, and no checkpoint leads past them."""
    path = write(tmp_path_factory.mktemp("damaged") / "a.zvz", events(ROUNDS))
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM events WHERE seq BETWEEN ? AND ?", HOLE)
    db.close()
    return path


@pytest.fixture
def broken(qapp: QApplication, damaged: Path) -> Session:
    session = Session()
    session.show(Player(Recording(damaged)))
    return session


def test_moments_that_cannot_be_read_are_reported(broken: Session, settle: Settle) -> None:
    problems: list[str] = []
    broken.problem.connect(problems.append)
    before = broken.moment
    broken.ask_moment(HOLE[0] + 50)
    settle(broken)
    assert "damaged" in problems.pop() and not problems and broken.moment == before
    broken.ask_moment(1000)
    settle(broken)
    assert broken.moment == 1000 and not problems
    broken.ask_x(broken.series.x_at((HOLE[0] + HOLE[1]) // 2))
    settle(broken)
    broken.set_by_event(True)
    broken.set_by_event(False)
    assert all("damaged" in sentence for sentence in problems)
    broken.show(None)


@pytest.mark.parametrize("act", ["ask_panic", "_catch_up"])
def test_a_damaged_end_is_reported(qapp: QApplication, tmp_path: Path, act: str) -> None:
    """The panic is looked for at the end, and an idle run is caught up with."""
    path = write(tmp_path / "a.zvz", events(600))
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM events WHERE seq BETWEEN 300 AND 310")
    db.close()
    session, problems = Session(), list[str]()
    session.show(Player(Recording(path)))
    session.problem.connect(problems.append)
    session.live = session.follow = act == "_catch_up"
    getattr(session, act)()
    assert len(problems) == 1 and "damaged" in problems[0]
    session.show(None)


def test_no_action_and_no_view_lets_damage_escape(
    window: MainWindow, damaged: Path, settle: Settle, qapp: QApplication, nobody_answers: list[str]
) -> None:
    window.open_path(damaged)
    session = window.session
    assert session.player is not None and session.last > HOLE[1]
    for view in window.deck.views:
        window.deck.show_only(view.title)
        for seq in (1000, HOLE[0] + 50):
            session.ask_moment(seq)
            settle(session)
        jobs.wait_all()
    session.select(zone="threads", task=1, range=HOLE)
    for name, action in list(window.actions_.items()):
        if name in ENDS or not action.isEnabled():
            continue
        session.ask_moment(HOLE[0] + 50)
        action.trigger()
        jobs.wait_all()
        settle(session)
        window.clock.pause()
        for dialog in [w for w in qapp.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]:
            dialog.close()
    for words in (f"{HOLE[0] + 50}", "0.007001 s", "7 ms", "7050 us", "threads", "SELECT count(*) FROM events"):
        window.palette_.open([])
        window.palette_.field.setText(words)
        window.palette_._entered()
        jobs.wait_all()
        settle(session)
    assert "damaged" in window.banner.words.text()


def test_no_click_and_no_key_in_a_view_lets_damage_escape(
    window: MainWindow, damaged: Path, settle: Settle, qapp: QApplication, nobody_answers: list[str]
) -> None:
    window.open_path(damaged)
    session = window.session
    for view in [*window.deck.views, window.timeline, window.overview, window.panic]:
        if view in window.deck.views:
            window.deck.show_only(view.title)
        session.ask_moment(HOLE[0] + 50)
        settle(session)
        jobs.wait_all()
        settle(session)
        for widget in view.findChildren(QWidget):
            if not widget.isVisible() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or isinstance(widget, CONTROLS):
                continue
            target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
            for place in (target.rect().center(), target.rect().center() / 3):
                QTest.mouseMove(target, place)
                QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=place)
                QTest.mouseDClick(target, Qt.MouseButton.LeftButton, pos=place)
                settle(session)
            QTest.keyClick(widget, Qt.Key.Key_Return)
            settle(session)
            for other in [shown for shown in qapp.topLevelWidgets() if shown is not window and shown.isVisible()]:
                other.close()
    jobs.wait_all()
    settle(session)
    assert session.player is not None and session.player.recording.path == damaged
