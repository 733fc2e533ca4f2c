"""Closing the window during a run."""

from pathlib import Path

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.session.test_worker import endless
from zoneviz.app.live_spec import LiveSpec
from zoneviz.gui.window.leaving import NEVER, LeaveDialog
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

__all__ = ["endless"]


class ByUser(QCloseEvent):
    """What the window system sends when the user closes a window."""

    def spontaneous(self) -> bool:
        return True


def start(window: MainWindow, qtbot: QtBot, spec: RunSpec) -> None:
    window.desk.start(spec)
    qtbot.waitUntil(lambda: window.session.last > 300, timeout=30_000)


def asked(window: MainWindow) -> LeaveDialog:
    window.actions_["quit"].trigger()
    dialog = window.leaving.dialog
    assert dialog is not None and dialog.isVisible() and window.isVisible()
    return dialog


def press(button: QPushButton) -> None:
    button.click()
    QApplication.processEvents()


def test_without_a_run_it_closes_at_once(window: MainWindow) -> None:
    window.actions_["quit"].trigger()
    assert not window.isVisible() and window.leaving.dialog is None


def test_stay_is_the_default_and_changes_nothing(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    start(window, qtbot, RunSpec(endless, output=tmp_path / "a.zvz"))
    dialog = asked(window)
    assert dialog.stay.isDefault()
    window.actions_["quit"].trigger()
    assert window.leaving.dialog is dialog, "asked once"
    press(dialog.stay)
    assert window.isVisible() and window.desk.live and window.leaving.dialog is None
    asked(window).reject()  # Esc
    assert window.isVisible() and window.desk.live and not window.leaving.waiting


def test_keep_ends_the_run_with_a_complete_recording(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    start(window, qtbot, RunSpec(endless, output=tmp_path / "a.zvz"))
    press(asked(window).keep)
    assert not window.isVisible() and not window.desk.live
    recording = Recording(tmp_path / "a.zvz")
    assert recording.complete and recording.header.outcome == "interrupted"
    recording.close()


def test_finish_waits_for_a_paused_run_and_for_the_queue(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.desk.set_speed(1.0)
    start(window, qtbot, RunSpec("fork-bomb", settings={"zone_map_size": "256K"}, output=tmp_path / "a.zvz"))
    window.desk.toggle_pause()
    assert window.desk.paused
    window.desk.start(RunSpec("boot", output=tmp_path / "b.zvz"))
    dialog = asked(window)
    assert dialog.finish.isEnabled()
    press(dialog.finish)
    assert window.isVisible() and window.leaving.waiting and not window.desk.paused and "closes when" in window.banner.words.text()
    window.desk.set_speed(0.0)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    for name, outcome in (("a", "panic"), ("b", "booted")):
        recording = Recording(tmp_path / f"{name}.zvz")
        assert recording.complete and recording.header.outcome == outcome
        recording.close()


def test_the_close_button_asks_and_a_program_does_not(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    start(window, qtbot, RunSpec(endless, output=tmp_path / "a.zvz"))
    event = ByUser()
    window.closeEvent(event)
    assert not event.isAccepted() and window.leaving.dialog is not None and window.desk.live
    window.close()  # as a signal does
    assert not window.isVisible() and not window.desk.live


def test_the_question_goes_away_with_the_run(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    start(window, qtbot, RunSpec(endless, output=tmp_path / "a.zvz"))
    asked(window)
    window.desk.stop()
    qtbot.waitUntil(lambda: window.leaving.dialog is None, timeout=30_000)
    assert window.isVisible()


def test_a_recording_without_a_time_limit_does_not_finish(window: MainWindow) -> None:
    window.desk.spec = LiveSpec()
    assert not window.leaving._ends()
    window.desk.spec = LiveSpec(seconds=60.0)
    assert window.leaving._ends()
    window.desk.queue.append(LiveSpec())
    assert not window.leaving._ends()
    window.desk.queue.clear()
    dialog = LeaveDialog("This machine is being recorded.", False, window)
    assert not dialog.finish.isEnabled() and dialog.finish.toolTip() == NEVER
    dialog.close()
