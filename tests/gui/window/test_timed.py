"""The lock of the axes: in the View menu, beside each axis, and what the keys of a chart then move."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import Settle
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.threads import ThreadsView
from zoneviz.gui.window.main_window import MainWindow


def test_a_lifted_view_zooms_alone_and_joins_again(opened: MainWindow, settle: Settle) -> None:
    session, view = opened.session, opened.deck.of(HeatmapView)
    opened.deck.show_only(view.title)
    settle(session)
    whole = session.series.extent
    assert view.lock.isVisible() and view.lock.isChecked() and opened.actions_["share_time"].isChecked()
    assert view.lock.accessibleName() and view.lock.focusPolicy() & Qt.FocusPolicy.TabFocus
    view.lock.click()
    settle(session)
    assert not view.time.locked and not opened.actions_["share_time"].isChecked()
    view.cells.setFocus()
    QTest.keyClick(view.cells, Qt.Key.Key_W)
    settle(session)
    assert session.range == whole != view.time.range
    assert view.cells.map is not None and (view.cells.map.edges[0], view.cells.map.edges[-1]) == view.time.range
    opened.timeline.chart.setFocus()
    for _ in range(2):
        QTest.keyClick(opened.timeline.chart, Qt.Key.Key_W)
    assert session.range != whole and session.range != view.time.range, "the timeline moves alone too"
    QTest.keyClick(opened.timeline.chart, Qt.Key.Key_T)
    settle(session)
    assert view.time.locked and view.lock.isChecked() and opened.actions_["share_time"].isChecked()
    assert (view.cells.map.edges[0], view.cells.map.edges[-1]) == session.range


def test_the_key_lifts_the_view_with_the_focus(opened: MainWindow, settle: Settle) -> None:
    heat, threads = opened.deck.of(HeatmapView), opened.deck.of(ThreadsView)
    opened.deck.show_only(heat.title)
    settle(opened.session)
    heat.cells.setFocus()
    QTest.keyClick(heat.cells, Qt.Key.Key_T)
    assert not heat.time.locked and threads.time.locked
    opened.actions_["share_time"].trigger()
    assert heat.time.locked
    opened.timeline.chart.setFocus()
    opened.actions_["share_time"].trigger()
    assert not heat.time.locked and threads.time.locked, "of the visible views"
