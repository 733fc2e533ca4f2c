"""The pointer over the small curves of the zones: words, and the line at the same time in all charts."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import Settle
from zoneviz import words
from zoneviz.gui.charts.curve_pointer import CurvePointer
from zoneviz.gui.charts.hover import Hover
from zoneviz.gui.charts.moment_words import place_words
from zoneviz.gui.charts.zone_table import NAME, OVER_TIME
from zoneviz.gui.views.zones import ZonesView
from zoneviz.gui.window.main_window import MainWindow


@pytest.fixture
def curves(viewed: MainWindow, settle: Settle) -> CurvePointer:
    """The pointer of the table of zones, with the column of the curves in sight."""
    viewed.deck.show_only(ZonesView.title)
    settle(viewed.session)
    pointer = viewed.deck.of(ZonesView).pointer
    pointer.table.scrollTo(pointer.zones.index(0, OVER_TIME))
    return pointer


def hover(curves: CurvePointer, place: QPointF, settle: Settle) -> str:
    none, viewport = Qt.MouseButton.NoButton, curves.table.viewport()
    spot = QPointF(viewport.mapToGlobal(place))
    move = QMouseEvent(QEvent.Type.MouseMove, place, spot, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, move)
    settle(curves.session)
    return "\n".join(curves.tip.lines) if curves.tip.isVisible() else ""


def middle(curves: CurvePointer, row: int, share: float) -> QPointF:
    """A place in the curve of a row, `share` of its width from its left edge."""
    cell = curves.table.visualRect(curves.zones.index(row, OVER_TIME))
    return QPointF(round(curves.area.left() + share * curves.area.width()), cell.center().y())


class TestCurves:
    """One window serves all of these."""

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.97])
    def test_the_words_are_what_is_drawn_there(self, curves: CurvePointer, settle: Settle, share: float) -> None:
        place, found = middle(curves, 1, share), curves.zones.source.curves
        said = hover(curves, place, settle).split("\n")
        name, x = curves.zones.zone_at(1), curves.to_axis(place.x())
        low, high = curves.session.range
        assert x == pytest.approx(low + share * (high - low), abs=(high - low) / curves.area.width())
        size, whole = (np.interp(x, found.edges, sizes) for sizes in (found.sizes[name], sum(found.sizes.values())))
        assert said == [f"{name}: {words.size(round(size))} · {words.share(size, whole)} of all zones", place_words(curves.session, x)]

    def test_the_thin_line_is_at_the_same_time_everywhere(self, curves: CurvePointer, viewed: MainWindow, settle: Settle) -> None:
        place, chart = middle(curves, 0, 0.5), viewed.timeline.chart.pointer
        moment = curves.session.moment
        assert hover(curves, place, settle)
        x = curves.to_axis(place.x())
        assert Hover.of(curves.session).x == x and curves.session.moment == moment
        for pointer in (curves, chart):
            assert pointer.line.isVisible() and abs(pointer.line.geometry().center().x() - pointer.to_pixel(x)) <= 2
        Hover.of(curves.session).show_at(x / 2)
        settle(curves.session)
        assert abs(curves.line.geometry().center().x() - curves.to_pixel(x / 2)) <= 2, "the place under the pointer in another chart"
        assert hover(curves, QPointF(curves.table.columnViewportPosition(NAME) + 3, place.y()), settle) == ""

    def test_words_and_tool_tip_are_not_shown_together(self, curves: CurvePointer, settle: Settle) -> None:
        viewport, place = curves.table.viewport(), middle(curves, 0, 0.5)
        asked = QHelpEvent(QEvent.Type.ToolTip, place.toPoint(), viewport.mapToGlobal(place.toPoint()))
        assert hover(curves, place, settle) and curves.eventFilter(viewport, asked)
        QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
        settle(curves.session)
        assert not curves.tip.isVisible() and Hover.of(curves.session).x is None and not curves.line.isVisible()
        assert not curves.eventFilter(viewport, asked)
