"""The whole walk with keys alone: open a recording, find the panic, see the holder, note it, save a picture."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from tests.gui.conftest import Settle
from zoneviz.gui.main_window import MainWindow
from zoneviz.gui.saving import SavePicture

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def focus() -> QWidget:
    """Where keys go."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def tab_to(name: str) -> None:
    """Tab until the widget of this accessible name has the keys."""
    for _ in range(200):
        if focus().accessibleName() == name:
            return
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
    pytest.fail(f"Tab never comes to {name!r}.")


def test_a_panic_is_found_noted_and_kept_without_a_mouse(
    window: MainWindow, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "panic.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(picture), ""))
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    tab_to("Golden recordings")
    golden = window.sidebar.golden
    for _ in range(golden.count()):
        item = golden.currentItem()
        if item is not None and "fork-bomb" in item.toolTip():
            break
        QTest.keyClick(golden, Qt.Key.Key_Down)
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    settle(window.session)
    assert window.windowTitle() == "fork-bomb.zvz.zst - zoneviz"

    QTest.keyClick(focus(), Qt.Key.Key_End, CONTROL)
    settle(window.session)
    assert window.transport.event_label.text() == f"event {window.session.last:,}"
    assert window.transport.badge.text().startswith("PANIC")
    name, size = window.panic.holders.rows[0]
    assert name == "ipc ports" and size > 200_000

    tab_to("Timeline: bytes over time")
    QTest.keyClick(focus(), Qt.Key.Key_N)
    assert focus() is window.note_bar.field
    QTest.keyClicks(focus(), f"{name} held most")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    settle(window.session)
    assert [(note.seq, note.text) for note in window.session.notebook.notes] == [(window.session.last, "ipc ports held most")]

    QTest.keyClick(window, Qt.Key.Key_S, CONTROL | SHIFT)
    dialog = window.findChild(SavePicture)
    assert dialog is not None and dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert QImage(str(picture)).width() > 500
