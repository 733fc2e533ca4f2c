"""Every view and every action of the window, with recordings of every size: nothing fails, and everything has a name."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QDialog, QLabel, QLineEdit, QWidget

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.session import jobs
from zoneviz.gui.window.main_window import MainWindow

ENDS = ("quit", "close", "close_window", "forget", "run", "trash")
"""Actions that close the recording, show another one, or move the file."""


def nameless(window: QWidget) -> list[str]:
    """Focusable controls without accessible name, text or label."""
    labelled = {label.buddy() for label in window.findChildren(QLabel) if label.buddy() is not None}
    out = []
    for widget in window.findChildren(QWidget):
        parent = widget.parent()
        inner = isinstance(parent, QLineEdit) or widget.objectName().startswith("qt_")
        inner = inner or (isinstance(parent, QAbstractScrollArea) and widget is parent.viewport())
        if inner or not widget.isVisibleTo(window) or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        words = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or words or widget in labelled):
            out.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return out


@pytest.mark.usefixtures("with_example")
@pytest.mark.parametrize(("count", "complete"), [(0, True), (1, True), (30, False), (600, True)])
def test_every_view_of_every_recording(window: MainWindow, tmp_path: Path, settle: Settle, count: int, complete: bool) -> None:
    assert window.open_path(write(tmp_path / "a.zvz", events(600)[:count], outcome="interrupted", complete=complete))
    for view in window.deck.views:
        window.deck.show_only(view.title)
        for seq in (window.session.last, 0, window.session.last // 2):
            window.session.ask_moment(seq)
            settle(window.session)
            jobs.wait_all()
        settle(window.session)
        assert not window.grab().isNull()
        assert nameless(window) == [], view.title
    assert not window.banner.isVisible()


def test_every_action_can_be_done(
    window: MainWindow, recorded: Path, settle: Settle, qapp: QApplication, nobody_answers: list[str]
) -> None:
    assert window.open_path(recorded)
    settle(window.session)
    window.session.select(zone="threads", task=1, range=(100, 4000))
    for name, action in list(window.actions_.items()):
        if name in ENDS or not action.isEnabled():
            continue
        action.trigger()
        settle(window.session)
        jobs.wait_all()
        settle(window.session)
        window.clock.pause()
        for dialog in [w for w in qapp.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]:
            assert nameless(dialog) == [], name
            dialog.close()
    assert {"Open files", "Open a folder of captures", "Compare with"} <= set(nobody_answers)
    assert window.session.player is not None


def test_tab_goes_through_the_window_and_comes_back(window: MainWindow, recorded: Path, settle: Settle, qapp: QApplication) -> None:
    assert window.open_path(recorded)
    settle(window.session)
    window.activateWindow()
    window.timeline.chart.setFocus()
    seen: list[QWidget] = []
    for _ in range(200):
        window.focusNextChild()
        found = qapp.focusWidget()
        assert found is not None
        if found in seen:
            break
        seen.append(found)
    assert len(seen) > 15
    for part in (window.sidebar, window.transport, window.overview, window.timeline, window.deck):
        assert any(part.isAncestorOf(widget) for widget in seen), type(part).__name__
