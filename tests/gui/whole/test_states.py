"""One state, one word, one icon: every place of the window, and the command line, say the same of a run and of a recording."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui import live
from tests.gui.conftest import Settle, events, write
from tests.gui.session.test_worker import endless
from tests.gui.states import icons, said
from zoneviz import resources
from zoneviz.app.info import info
from zoneviz.cli.output import print_header
from zoneviz.gui.session.states import of_header
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.recording import Recorder
from zoneviz.recording.outcome import OF_MACHINE, OUTCOMES
from zoneviz.spec import RunSpec

__all__ = ["endless"]


def check(window: MainWindow, word: str) -> None:
    assert set(said(window).values()) == {word}, said(window)
    assert len(icons(window)) == 1 and "" not in icons(window)


def printed(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The outcome that `zoneviz info` prints."""
    capsys.readouterr()
    print_header(info(path))
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if " " in line)
    return lines["outcome"]


def of_machine(path: Path, outcome: str) -> Path:
    recorder = Recorder(path, live.catalog(), live.header())
    for row in live.events(60):
        recorder.sink(row)
    recorder.finish(outcome, {"outcome": outcome})
    return path


def test_of_every_ended_recording(window: MainWindow, tmp_path: Path, settle: Settle, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [write(tmp_path / f"{name}.zvz", events(50)[: None if name == "panic" else -1], outcome=name) for name in OUTCOMES]
    paths.append(write(tmp_path / "cut.zvz", events(50)[:-1], complete=False))
    paths += [of_machine(tmp_path / f"live-{name}.zvz", name) for name in OF_MACHINE]
    paths += resources.recordings()
    words = set()
    for path in paths:
        assert window.open_path(path)
        settle(window.session)
        assert window.session.player is not None
        state = of_header(window.session.header)
        check(window, state.word)
        assert icons(window) == {state.icon}
        assert printed(path, capsys) == state.word.lower()
        assert window.transport.badge.toolTip() == window.status.state.toolTip() == state.sentence
        words.add(state.word)
    assert words >= {"Panic", "Finished", "Stopped", "Hang", "Error", "Booted", "Excerpt", "Incomplete", "Limit reached"}
    assert "No panic recorded" in words


def test_of_a_run_that_is_paused_stepped_resumed_and_stopped(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    session, desk, pause = window.session, window.desk, window.transport.pause
    desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    qtbot.waitUntil(lambda: session.last > 500, timeout=30_000)

    def agree(word: str, picture: str, name: str) -> None:
        qtbot.waitUntil(lambda: window.transport.badge.text() == word, timeout=30_000)
        check(window, word)
        assert (pause.picture, pause.accessibleName()) == (picture, name)

    agree("Running", "pause", "Pause")
    assert desk.run is not None
    with qtbot.waitSignal(desk.run.pause_done, timeout=30_000):
        desk.toggle_pause()
    agree("Paused", "play", "Resume")
    desk.toggle_pause()
    agree("Running", "pause", "Pause")
    before = session.last
    window.actions_["step"].trigger()  # pauses first
    agree("Paused", "play", "Resume")
    qtbot.waitUntil(lambda: session.last > before, timeout=30_000)
    check(window, "Paused")
    window.actions_["step"].trigger()
    agree("Paused", "play", "Resume")
    with qtbot.waitSignal(desk.run.finished, timeout=30_000):
        desk.stop()
    agree("Stopped", "pause", "Pause")


def test_the_recording_on_show_and_the_run_are_kept_apart(
    window: MainWindow, qtbot: QtBot, settle: Settle, recorded: Path, endless: str, tmp_path: Path
) -> None:
    window.desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    qtbot.waitUntil(lambda: window.session.last > 500, timeout=30_000)
    window.desk.toggle_pause()
    assert window.open_path(recorded)
    settle(window.session)
    shown = said(window)
    assert shown.pop("status") == "Paused" and "another recording" in window.status.left.text()
    assert set(shown.values()) == {"Panic"}
    assert window.transport.pause.picture == "play", "it is the run that the button resumes"
