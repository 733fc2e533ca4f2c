"""The dialog that makes a report, and the help pages."""

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from zoneviz.app.whatif import limits
from zoneviz.gui.window.documents import Reader, documents
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.reporting import CANCELLED, MakeReport
from zoneviz.playback import Player
from zoneviz.recording import Recording


@pytest.fixture
def dialog(window: MainWindow, recorded: Path) -> MakeReport:
    window.session.show(Player(Recording(recorded)))
    window.session.select(range=(100, 200))
    window.actions_["report"].trigger()
    found = window.findChild(MakeReport)
    assert isinstance(found, MakeReport)
    return found


def test_check_boxes_become_options(dialog: MakeReport, tmp_path: Path) -> None:
    words = " ".join(dialog.arguments(tmp_path / "r.zip"))
    assert "--no-" not in words and "--range" not in words and "--note -" in words
    dialog.ticks["pictures"].setChecked(False)
    dialog.part.setChecked(True)
    words = " ".join(dialog.arguments(tmp_path / "r.zip"))
    assert "--no-pictures" in words and "--range 100:200" in words
    dialog.ticks["recording"].setChecked(False)
    words = " ".join(dialog.arguments(tmp_path / "r.zip"))
    assert "--no-recording" in words and "--range" not in words


def test_it_makes_the_report(dialog: MakeReport, tmp_path: Path, qtbot: QtBot) -> None:
    dialog.ticks["pictures"].setChecked(False)
    dialog.note.setPlainText("Seen at noon, <b>not bold</b>.")
    with qtbot.waitSignal(dialog.process.finished, timeout=60_000):
        dialog.make(tmp_path / "r")
    assert dialog.words.text().startswith("Wrote ") and not dialog.show_folder.isHidden()
    with zipfile.ZipFile(tmp_path / "r.zip") as archive:
        assert "recording.zvz.zst" in archive.namelist() and b"Seen at noon, &lt;b&gt;" in archive.read("report.html")


def test_a_file_that_cannot_be_written_is_reported_before_the_work(dialog: MakeReport, tmp_path: Path) -> None:
    dialog.make(tmp_path / "none" / "r.zip")
    assert dialog.words.text() == f"There is no folder {tmp_path / 'none'} to write in."
    assert dialog.process.state() == dialog.process.ProcessState.NotRunning and dialog.save.isEnabled() and dialog.cancel.isHidden()


def test_the_work_can_be_cancelled_and_leaves_nothing(dialog: MakeReport, tmp_path: Path, qtbot: QtBot) -> None:
    dialog.make(tmp_path / "r.zip")
    assert not dialog.cancel.isHidden() and not dialog.save.isEnabled()
    qtbot.waitUntil(lambda: dialog.words.text().startswith("Painting"), timeout=60_000)
    with qtbot.waitSignal(dialog.process.finished, timeout=60_000):
        dialog.cancel.click()
    assert dialog.words.text() == CANCELLED and dialog.save.isEnabled() and dialog.cancel.isHidden() and dialog.show_folder.isHidden()
    assert list(tmp_path.glob(".*")) == [] and not (tmp_path / "r.zip").exists()


def test_limits_are_offered_for_runs_that_can_be_repeated(dialog: MakeReport, window: MainWindow, tmp_path: Path) -> None:
    assert dialog.what_if.isVisible() == bool(limits(window.session.player.recording.header) if window.session.player else [])
    dialog.what_if.setChecked(True)
    assert "--what-if" in dialog.arguments(tmp_path / "r.zip")


def test_closing_the_dialog_stops_the_process(dialog: MakeReport, tmp_path: Path) -> None:
    dialog.make(tmp_path / "r.zip")
    process = dialog.process
    dialog.reject()
    assert process.state() == process.ProcessState.NotRunning and not (tmp_path / "r.zip").exists()


def test_help_pages_are_shown_in_the_window(window: MainWindow, qapp: QApplication) -> None:
    window.actions_["docs"].trigger()
    reader = window.findChild(Reader)
    assert isinstance(reader, Reader)
    titles = [*documents()]
    assert reader.list.count() == len(titles) > 5
    first = reader.page.toPlainText()
    assert titles[0] in first
    reader.page.anchorClicked.emit(QUrl("faq.md"))
    assert "Is this GNU Mach?" in reader.page.toPlainText()
    reader.close()
