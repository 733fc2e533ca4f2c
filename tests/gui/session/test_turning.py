"""The search for when limits help: results stay while the recording is open, and a cancelled search continues."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import events as made_events
from tests.gui.conftest import write
from tests.gui.turns import BOOT, LIMITS, MONOTONE, NEVER, TWICE, pretend, result
from zoneviz.app.running import run
from zoneviz.app.whatif import Limit
from zoneviz.gui.session import turning
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.turning import Turning, brief, until
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


def test_every_limit_gets_a_result_that_stays(session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = pretend(monkeypatch)
    search = Turning.of(session)
    assert search is Turning.of(session) and search.able and not search.found
    search.search()
    assert search.running and search.job is not None
    search.job.wait()
    assert [one.limit for one in search.found] == LIMITS and not search.left
    session.recording_changed.emit()  # such as another axis
    search.search()
    assert len(search.found) == len(LIMITS) and len(asked) == 1
    session.show(Player(Recording(write(tmp_path / "other.zvz", made_events(50)))))
    assert not search.found and search.able


def test_a_cancelled_search_keeps_its_results_and_continues(session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    asked = pretend(monkeypatch, after=2)
    search = Turning.of(session)
    search.search()
    qtbot.waitUntil(lambda: len(search.found) == 2, timeout=60_000)
    search.cancel()
    assert not search.running and search.left == [NEVER, BOOT]
    search.search()
    assert search.job is not None
    search.job.wait()
    assert asked == [LIMITS, [NEVER, BOOT]] and [one.limit for one in search.found] == LIMITS


def test_results_of_a_recording_that_was_left_are_dropped(session: Session, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> None:
    pretend(monkeypatch, after=1)
    search = Turning.of(session)
    search.search()
    job = search.job
    assert job is not None
    session.show(None)
    job.wait()
    qapp.processEvents()
    assert not search.found and not search.able and not search.running


def test_a_run_that_did_not_end_badly_has_nothing_to_search(session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pretend(monkeypatch)
    search = Turning.of(session)
    session.show(Player(Recording(write(tmp_path / "fine.zvz", made_events(50)[:-1], outcome="finished"))))
    assert not search.able
    search.search()
    assert search.job is None


def test_a_real_search_and_one_that_fails(tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=64K",), output=path))
    monkeypatch.setattr(turning, "limits", lambda header: [Limit("zone_map_size", "128K", "a zone_map of 128 KiB")])
    session = Session()
    try:
        session.show(Player(Recording(path)))
        search = Turning.of(session)
        search.search()
        assert search.job is not None
        search.job.wait()
        assert ([until(one) for one in search.found], search.problem) == (["does not help, even from boot"], "")
        search.found.clear()
        monkeypatch.setattr("zoneviz.app.whatif.sys.executable", str(tmp_path / "no-python"))
        search.search()
        search.job.wait()
        assert (search.problem, search.running) == ("A variant cannot be run: No such file or directory.", False)
    finally:
        session.show(None)


def test_when_in_words() -> None:
    assert until(result(MONOTONE)) == "until 400.000 ms" and until(result(TWICE)) == "at some events until 600.000 ms"
    assert until(result(NEVER)) == "did not help at any of 8 events tried" and until(result(BOOT)) == "helps if it is set at boot"
    assert brief(result(TWICE), 100) == "libports thread throttle"
