"""Opening captures in the window: what was recognised, which recording opens, and what a wrong file or a closed dialog leaves."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.conftest import Settle
from zoneviz.gui.session import jobs
from zoneviz.gui.window import parts
from zoneviz.gui.window.documents import CAPTURING, Reader
from zoneviz.gui.window.importing import ImportDialog
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.recording.header import SAMPLED

CAPTURES = Path(__file__).parents[2] / "importers" / "captures"
PANICS = [
    CAPTURES / "macos-panic" / f"{name}.panic" for name in ("01-kalloc256-blamed-kalloc64-failed", "02-kalloc80-apfs-tree-lookup-failed")
]
LISTING = CAPTURES / "linux-slabinfo" / "01-rhcos-whole.slabinfo"
UNREADABLE = CAPTURES / "other" / "02-netstat-m.txt"

Ready = Callable[[], ImportDialog]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of recordings of one test."""
    monkeypatch.setattr(parts, "recordings_folder", lambda: tmp_path / "recordings")
    return tmp_path / "recordings"


@pytest.fixture
def wait(qapp: QApplication) -> Callable[[], None]:
    """Let the thread of the dialog end, and deliver its result."""

    def act() -> None:
        jobs.wait_all()
        qapp.processEvents()

    return act


@pytest.fixture
def ready(window: MainWindow, wait: Callable[[], None], folder: Path) -> Ready:
    """The dialog of the window, once it has read."""

    def act() -> ImportDialog:
        wait()
        return window.findChildren(ImportDialog)[-1]

    return act


def test_an_incident_is_recognised_then_opened(
    window: MainWindow, ready: Ready, wait: Callable[[], None], folder: Path, settle: Settle
) -> None:
    window.open_paths([*PANICS, UNREADABLE])
    dialog = ready()
    assert dialog.headline.text() == "2 panics of 2 boots, 1 file not understood"
    assert "netstat" in dialog.said.toPlainText() and "vmstat -z" in dialog.said.toPlainText()
    assert dialog.choice.count() == 2 and not folder.exists()
    dialog.choice.setCurrentRow(1)
    chosen = dialog.choice.currentItem().text()
    dialog.begin.click()
    wait()
    settle(window.session)
    player = window.session.player
    assert player is not None and player.recording.header.kind == SAMPLED
    assert player.recording.path.stem[:12] in chosen and player.recording.path.parent == folder
    assert {path.parent for path in window.shelf.recent()} == {folder} and len(window.shelf.recent()) == 2


def test_one_capture_needs_no_choice(window: MainWindow, ready: Ready) -> None:
    window.open_paths([LISTING])
    dialog = ready()
    assert dialog.headline.text() == "1 slabinfo listing" and "1 reading" in dialog.about.text()
    assert dialog.choice.isHidden() and dialog.begin.isEnabled()


def test_a_file_that_cannot_be_read_says_what_to_capture(window: MainWindow, ready: Ready, folder: Path, qapp: QApplication) -> None:
    window.open_paths([UNREADABLE])
    dialog = ready()
    assert not dialog.begin.isEnabled() and "vmstat -z" in dialog.said.toPlainText()
    dialog.record()
    assert not folder.exists()
    dialog.help.click()
    qapp.processEvents()
    assert Path(window.findChildren(Reader)[0].list.currentItem().data(Qt.ItemDataRole.UserRole)).name == CAPTURING


def test_an_unknown_text_lists_what_can_be_read(window: MainWindow, ready: Ready) -> None:
    window.import_("please look at this")
    why, *formats = ready().said.toPlainText().splitlines()
    assert "It reads:" in why and len(formats) >= 15
    assert any("/proc/slabinfo" in line for line in formats) and all(line.startswith("• ") for line in formats)


def test_a_closed_dialog_leaves_nothing(window: MainWindow, ready: Ready, folder: Path) -> None:
    window.open_paths(PANICS)
    dialog = ready()
    dialog.record()
    dialog.reject()
    jobs.cancel_all()
    assert not folder.exists() or list(folder.iterdir()) == []
    assert window.session.player is None


def test_files_without_a_date_can_take_that_of_the_file(window: MainWindow, ready: Ready, tmp_path: Path) -> None:
    text = LISTING.read_text()
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text(text.replace("kmalloc-64 ", f"kmalloc-6{number} "))
    window.open_paths([tmp_path / "0.txt", tmp_path / "1.txt"])
    dialog = ready()
    assert dialog.choice.count() == 2 and dialog.file_times.isVisible()
    dialog.file_times.click()
    assert ready().choice.count() == 1 and "2 readings" in dialog.about.text()


def test_a_pasted_panic_opens(window: MainWindow, ready: Ready, wait: Callable[[], None], folder: Path) -> None:
    QGuiApplication.clipboard().setText(PANICS[0].read_text())
    window.actions_["paste"].trigger()
    dialog = ready()
    assert dialog.headline.text() == "1 panic"
    dialog.begin.click()
    wait()
    assert [path.name for path in folder.iterdir()] == ["Pasted-text.zvz"]


def test_an_empty_clipboard_is_said(window: MainWindow, folder: Path) -> None:
    QGuiApplication.clipboard().clear()
    window.actions_["paste"].trigger()
    assert window.banner.isVisible() and "neither files nor text" in window.banner.words.text()
    assert not window.findChildren(ImportDialog)


def test_files_and_folders_can_be_dropped(window: MainWindow, ready: Ready) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (PANICS[0], LISTING.parent)])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(window.rect().center(), Qt.DropAction.CopyAction, data, left, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, left, none))
    assert ready().headline.text().startswith("1 panic, ") and "slabinfo listings" in ready().headline.text()


def test_file_dialogs_open_several_files_and_folders(window: MainWindow, ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *args: ([str(path) for path in PANICS], ""))
    window.actions_["open"].trigger()
    assert ready().headline.text() == "2 panics of 2 boots"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(PANICS[0].parent))
    window.actions_["open_folder"].trigger()
    assert "panics" in ready().headline.text()
    assert window.shelf.folder == PANICS[0].parent


def test_two_recordings_are_compared(window: MainWindow, recorded: Path) -> None:
    window.open_paths([recorded, recorded])
    assert window.session.player is not None and window.second.path == recorded
    jobs.wait_all()
    assert not window.findChildren(ImportDialog)
