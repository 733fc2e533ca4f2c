"""The comparison of two marked moments."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import Settle
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.playback import Player
from zoneviz.recording import Recording


def test_two_moments_are_compared(opened: MainWindow, settle: Settle, recorded: Path) -> None:
    for seq in (6000, 2000):  # the later one first: A is still the earlier one
        opened.session.ask_moment(seq)
        settle(opened.session)
        opened.timeline.chart.setFocus()
        QTest.keyClick(opened.timeline.chart, Qt.Key.Key_M)
    assert opened.marker.job is not None
    opened.marker.job.wait()
    dialog = opened.marker.dialog
    assert dialog is not None and not dialog.isModal() and "2,000" in dialog.windowTitle()
    with Recording(recorded) as recording:
        player = Player(recording)
        early = {z["name"]: z["cur_size"] for z in player.seek(2000).machine()["zones"]}
        late = {z["name"]: z["cur_size"] for z in player.seek(6000).machine()["zones"]}
    shown = {row[0]: tuple(row[1:]) for row in dialog.bytes.rows.rows}
    for name in early:
        assert shown[name] == (early[name], late[name], late[name] - early[name])
    assert opened.session.notebook.mark is None
    dialog.close()
