"""The pointer over the small curves of a table: what is there in words, and the thin line at the same time in every chart."""

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF
from PySide6.QtGui import QMouseEvent
from shiboken6 import isValid

from zoneviz import words
from zoneviz.gui.charts.hover import Hover, HoverLine, HoverTip
from zoneviz.gui.charts.moment_words import place_words
from zoneviz.gui.charts.zone_table import OVER_TIME, SortedZones
from zoneviz.gui.kit.sparkline import inside
from zoneviz.gui.kit.tables import Table
from zoneviz.gui.session.session import Session


class CurvePointer(QObject):
    """Serves the column OVER_TIME of a table of zones. Its curves show the places `edges` of their `Curves`, first to last.

    The words replace the tool tip of the cell, which says less; wheel and clicks stay those of the table.
    """

    def __init__(self, session: Session, table: Table, zones: SortedZones) -> None:
        super().__init__(table)
        self.session, self.table, self.zones = session, table, zones
        self.hover, self.line = Hover.of(session), HoverLine(session, table.viewport())
        self._tip: HoverTip | None = None
        self.hover.moved.connect(self._moved)
        table.horizontalScrollBar().valueChanged.connect(self._moved)
        table.viewport().setMouseTracking(True)
        table.viewport().installEventFilter(self)

    @property
    def area(self) -> QRectF:
        """The part of the viewport that the curves of all rows fill."""
        view = self.table.viewport().rect()
        left, width = self.table.columnViewportPosition(OVER_TIME), self.table.columnWidth(OVER_TIME)
        column = inside(QRectF(left, 0, width, view.height()))
        last = self.table.visualRect(self.zones.index(self.zones.rowCount() - 1, OVER_TIME)).bottom()
        return QRectF(column.left(), 0, column.width(), min(last + 1, view.height()) if self.zones.rowCount() else 0)

    @property
    def _range(self) -> tuple[float, float]:
        edges = self.zones.source.curves.edges
        return float(edges[0]), float(edges[-1])

    def to_axis(self, pixel: float) -> float:
        """The place on the axis at x in pixels."""
        area, (low, high) = self.area, self._range
        return low + (pixel - area.left()) / max(area.width(), 1) * (high - low)

    def to_pixel(self, x: float) -> float:
        """x in pixels of a place on the axis."""
        area, (low, high) = self.area, self._range
        return area.left() + (x - low) / max(high - low, 1e-12) * area.width()

    def words_at(self, place: QPointF) -> str:
        """What is at a place of the viewport, "" outside the curves."""
        row, curves = self.table.rowAt(int(place.y())), self.zones.source.curves
        name = self.zones.zone_at(row) if row >= 0 else ""
        if name not in curves.sizes or not self.area.contains(place):
            return ""
        x, noun = self.to_axis(place.x()), self.zones.source.noun
        size, whole = (float(np.interp(x, curves.edges, sizes)) for sizes in (curves.sizes[name], sum(curves.sizes.values())))
        share = f" · {words.share(size, whole)} of all {noun}s" if whole else ""
        return f"{words.one_line(name, 40)}: {words.size(round(size))}{share}\n{place_words(self.session, x)}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer; keep the tool tip of a cell whose words are shown."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._show(event.position(), bool(event.buttons()))
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.Hide, QEvent.Type.Wheel):
            self._leave()
        return event.type() == QEvent.Type.ToolTip and self._tip is not None and isValid(self._tip) and self._tip.isVisible()

    def _show(self, place: QPointF, dragging: bool) -> None:
        said = "" if dragging else self.words_at(place)
        if not said:
            self._leave()
            return
        self.hover.show_at(self.to_axis(place.x()))
        self.tip.say(said, place.toPoint())

    @property
    def tip(self) -> HoverTip:
        """The words beside the pointer, in the window that shows the table now."""
        viewport = self.table.viewport()
        if self._tip is None or not isValid(self._tip) or self._tip.parentWidget() is not viewport.window():
            self._tip = HoverTip(self.session, viewport)
        return self._tip

    def _leave(self) -> None:
        if self._tip is not None and isValid(self._tip) and self._tip.isVisible():
            self._tip.hide()
            self.hover.show_at(None)

    def _moved(self) -> None:
        if self.table.isVisible():
            x, area = self.hover.x, self.area
            inside_view = area.intersected(QRectF(self.table.viewport().rect()))
            self.line.show_in(inside_view, None if x is None else self.to_pixel(x))
