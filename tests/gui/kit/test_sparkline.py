"""The small curves in table cells, as painted."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.charts.vector import drawn
from zoneviz.gui.charts.zone_table import OVER_TIME
from zoneviz.gui.kit.colours import zone_colour
from zoneviz.gui.kit.rows import CURVE
from zoneviz.gui.kit.sparkline import shape
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.zones import ZonesView


def test_a_curve_uses_the_whole_height() -> None:
    area = QRectF(10, 4, 100, 20)
    line = shape(np.array([0.0, 5.0, 10.0]), area)
    assert [(p.x(), p.y()) for p in line.toList()] == [(10, 24), (60, 14), (110, 4)]
    assert {p.y() for p in shape(np.zeros(3), area).toList()} == {24}


def test_svg_and_pdf_get_lines_not_pixels(session: Session, qtbot: QtBot, settle: Settle) -> None:
    view = ZonesView(session)
    qtbot.addWidget(view)
    view.resize(1400, 300)
    view.show()
    settle(session)
    made = drawn(view.table.size(), lambda painter: view.table.viewport().render(painter, QPoint()), "a")
    lines = [part for part in made.iter() if part.tag.endswith("}polyline")]
    rows = range(view.table.rowAt(view.table.viewport().height() - 1) + 1 or view.sorted.rowCount())
    assert len(lines) == sum(bool(view.sorted.index(row, OVER_TIME).data(CURVE).any()) for row in rows) > 0


def test_each_zone_with_memory_has_a_curve(session: Session, qtbot: QtBot, settle: Settle) -> None:
    view = ZonesView(session)
    qtbot.addWidget(view)
    view.resize(1400, 300)
    view.show()
    settle(session)
    assert session.player is not None
    picture = view.table.viewport().grab().toImage()
    for zone in session.player.state.machine()["zones"]:
        index = view.sorted.index(view.sorted.row_of(zone["name"]), OVER_TIME)
        curve = index.data(CURVE)
        assert curve[-1] == pytest.approx(zone["cur_size"], rel=0.01)
        area = view.table.visualRect(index)
        colour = zone_colour(zone["name"], session.theme.dark)
        colours = {picture.pixelColor(x, y).name() for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom())}
        assert (colour.name() in colours) == (zone["cur_size"] > 0)
        assert ("at most" in index.data(Qt.ItemDataRole.ToolTipRole)) and index.data() == ""
