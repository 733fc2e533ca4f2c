"""Tool tips of zones: what they hold, who allocates from them and the size of their elements, wherever a zone is named."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from tests.gui.conftest import Settle
from zoneviz.gui.charts.zone_tip import zone_cells, zone_tip
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.views.flame import FlameView
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.zones import ZonesView
from zoneviz.gui.window.main_window import MainWindow


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tool tips that were shown."""
    out: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, *_: out.append(text))
    return out


def point_at(widget: QWidget, place: QPoint) -> None:
    """Let the pointer rest on a place."""
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place)))


def test_a_tip_has_name_contents_and_size(session: Session) -> None:
    assert zone_tip(session, "threads") == "<qt>threads<br>Threads. Allocated by thread_create.<br>Size of an element: 332 B</qt>"
    assert zone_tip(session, "idle zone") == "<qt>idle zone<br>Size of an element: 8 B</qt>" and zone_tip(session, "") == ""
    assert zone_tip(session, "<b>") == "<qt>&lt;b&gt;</qt>"
    assert zone_cells(session)("zone", "threads") == zone_tip(session, "threads") and zone_cells(session)("task", "threads") == ""


def test_wherever_a_zone_is_named(opened: MainWindow, settle: Settle, said: list[str]) -> None:
    legend, largest = opened.timeline.legend, opened.panic.holders
    name = legend.names[0]
    point_at(legend, legend.places()[0][1].center().toPoint())
    point_at(largest, QPoint(10, 5))
    views = [opened.deck.of(kind) for kind in (HeatmapView, FlameView)]
    heat, flame = views
    for view in views:
        opened.deck.go_to(view.title)
        settle(opened.session)
        if view is heat:
            point_at(heat.cells, QPoint(5, 5))  # type: ignore[attr-defined]
        else:
            point_at(flame.legend, flame.legend.places()[0][1].center().toPoint())  # type: ignore[attr-defined]
    assert len(said) == 4 and all("Allocated by" in text and "Size of an element" in text for text in said), said
    assert name in said[0]


def test_in_tables(opened: MainWindow, settle: Settle) -> None:
    zones, events = opened.deck.of(ZonesView), opened.deck.of(EventsView)
    for view in (zones, events):
        opened.deck.go_to(view.title)
        settle(opened.session)
    tip = zones.sorted.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == zone_tip(opened.session, zones.sorted.zone_at(0))
    row = next(row for row in range(events.model.rowCount()) if events.model.index(row, 2).data() == "ZALLOC")
    assert "Allocated by" in str(events.model.index(row, 3).data(Qt.ItemDataRole.ToolTipRole))
