"""pyqtgraph charts over the shared axis.

The only file that imports pyqtgraph, which has no type stubs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QContextMenuEvent, QFont, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.gui.charts.gutter import gutter
from zoneviz.gui.charts.pointer import Pointer
from zoneviz.gui.kit.strokes import thick
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.playback import axes
from zoneviz.playback.series import Series
from zoneviz.playback.stacks import Floats
from zoneviz.playback.wall import wall

pg.setConfigOptions(antialias=True)
LABEL, LONG_LABEL = 110, 140
"""Least distance in pixels of labels on a time axis, and of those of hours, minutes and seconds."""


class BytesAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of bytes: ticks at powers of two, all in one unit."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        """The smallest power of two that leaves at least 55 pixels between ticks."""
        return [(axes.byte_step(maxVal - minVal, max(size / 55, 2)), 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """`12 MiB`, all in the unit of the largest value."""
        return axes.byte_labels(values)


def most_labels(high: float, size: float, by_event: bool) -> float:
    """How many parts an axis that ends at `high`, `size` pixels wide, has at most: labels of hours are longer."""
    return max(size / (LONG_LABEL if high * 1e9 >= words.LONG and not by_event else LABEL), 1)


def ticks(low: float, high: float, size: float, series: Series) -> list[tuple[float, str]]:
    """(place, label) for the axis of a recording from `low` to `high`, `size` pixels wide."""
    return axes.moment_ticks(low, high, most_labels(high, size, series.by_event), series.by_event, wall(series))


class MomentAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of time, or of numbers of events or readings. `series`: of the recording."""

    series = Series()

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        """The distance of labels, which `tickValues` does not need."""
        return [(axes.moment_step(maxVal - minVal, most_labels(maxVal, size, self.series.by_event), self.series.by_event), 0.0)]

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """The places of the labels, as of `axes.moment_ticks`."""
        [(step, _)] = self.tickSpacing(minVal, maxVal, size)
        return [(step, [place for place, _ in ticks(minVal, maxVal, size, self.series)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """`12.4 s`, `17:34` or `1,204,000`."""
        return axes.moment_labels(list(values), spacing, self.series.by_event, wall(self.series))


class MomentBox(pg.ViewBox):  # type: ignore[misc]
    """The area of a chart. `pointer.Pointer` serves mouse and wheel."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(False, False)
        self.setDefaultPadding(0)


def points(x: Floats, y: Floats) -> QPolygonF:
    """The points (x, y), (n,) each, as a Qt polygon."""
    out: QPolygonF = pg.functions.arrayToQPolygonF(x, y)
    return out


def polygon(x: Floats, y: Floats) -> QPolygonF:
    """The area between the curve (x, y), (n,) each, and y = 0."""
    if not len(x):
        return QPolygonF()
    out: QPolygonF = pg.functions.arrayToQPolygonF(np.concatenate([x[:1], x, x[-1:]]), np.concatenate([[0.0], y, [0.0]]))
    return out


class Band(pg.GraphicsObject):  # type: ignore[misc]
    """The area under a curve as one polygon. pyqtgraph's fill is made of pieces with visible seams."""

    def __init__(self) -> None:
        super().__init__()
        self.x: Floats = np.zeros(0)
        self.y: Floats = np.zeros(0)
        self._polygon = QPolygonF()
        self._brush = QBrush()

    def set_data(self, x: Floats, y: Floats, colour: QColor) -> None:
        """Fill from 0 to `y` at each `x`, (n,) each."""
        self.prepareGeometryChange()
        self.x, self.y, self._brush = x, y, QBrush(colour)
        self._polygon = polygon(x, y)
        self.update()

    @property
    def colour(self) -> QColor:
        """The colour it is filled with."""
        return self._brush.color()

    def set_colour(self, colour: QColor) -> None:
        """Fill with another colour."""
        self._brush = QBrush(colour)
        self.update()

    def boundingRect(self) -> QRectF:
        """The bounds of the polygon."""
        return self._polygon.boundingRect()

    def paint(self, painter: QPainter, *args: Any) -> None:
        """Fill the polygon."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._brush)
        painter.drawPolygon(self._polygon)


class Gaps(pg.GraphicsObject):  # type: ignore[misc]
    """Stretches of the axis without data, tinted from top to bottom; each at least LEAST pixels wide."""

    LEAST, ALPHA = 2.0, 120

    def __init__(self, box: MomentBox) -> None:
        super().__init__()
        self.spans: Floats = np.zeros((0, 2))
        self.colour = QColor()
        self._box = box
        self.setZValue(30)
        box.sigRangeChanged.connect(lambda *_: self.prepareGeometryChange())

    def show_spans(self, spans: Floats, colour: QColor) -> None:
        """Show these stretches, (n, 2)."""
        self.prepareGeometryChange()
        self.spans, self.colour = spans, colour
        self.update()

    def boundingRect(self) -> QRectF:
        """The visible part of the chart."""
        return QRectF(self._box.viewRect())

    def paint(self, painter: QPainter, *args: Any) -> None:
        """Tint the visible stretches; those that share pixels become one."""
        view = self._box.viewRect()
        least = self.LEAST * view.width() / max(self._box.width(), 1.0)
        tint = QColor(self.colour)
        tint.setAlpha(self.ALPHA)
        for low, high in merged(self.spans, view.left(), view.right(), least):
            painter.fillRect(QRectF(low, view.top(), high - low, view.height()), tint)


def merged(spans: Floats, low: float, high: float, least: float) -> list[tuple[float, float]]:
    """The stretches (n, 2), in order of their ends, within [low, high]: each at least `least` wide, and joined where they touch."""
    seen = spans[(spans[:, 1] >= low) & (spans[:, 0] <= high)]
    out: list[tuple[float, float]] = []
    for begin, end in zip(np.clip(seen[:, 0], low, high).tolist(), np.clip(seen[:, 1], low, high).tolist(), strict=True):
        end = max(end, begin + least)
        while out and begin <= out[-1][1]:
            begin, end = min(begin, out[-1][0]), max(end, out.pop()[1])
        out.append((begin, end))
    return out


class Chart(pg.PlotWidget):  # type: ignore[misc]
    """A plot over the session's axis, with a line at the moment and a tint on the selected range."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.left, self.bottom = BytesAxis("left"), MomentAxis("bottom")
        self.box = MomentBox()
        super().__init__(parent, viewBox=self.box, axisItems={"left": self.left, "bottom": self.bottom}, background=None)
        self.session = session
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.words: Callable[[QPointF], str] = lambda place: ""
        """What is at a place of the chart, for the pointer."""
        self.about: Callable[[QPointF], dict[str, Any]] = lambda place: {}
        """The same for its menu: fields of `session.subject.Subject`."""
        self.pointer = Pointer(session, self.viewport(), session.axis, self.area, lambda place: self.words(place))
        self.left.setStyle(tickLength=0, tickTextOffset=6)
        self.bottom.setStyle(tickLength=0, tickTextOffset=5, hideOverlappingLabels=True)
        self.getPlotItem().setContentsMargins(0, 0, 0, 0)
        self.getPlotItem().layout.setContentsMargins(0, 2, 0, 0)
        self.getPlotItem().layout.setVerticalSpacing(0)
        self.getPlotItem().layout.setHorizontalSpacing(0)
        self.moment_line = pg.InfiniteLine(angle=90, movable=False)
        self.moment_line.setZValue(90)
        self.addItem(self.moment_line, ignoreBounds=True)
        self.region = pg.LinearRegionItem(movable=False)
        self.region.setZValue(50)
        self.addItem(self.region, ignoreBounds=True)
        session.selection_changed.connect(self._show_region)
        session.recording_changed.connect(self._show_region)
        self._show_region()

    def area(self) -> QRectF:
        """The rectangle of the plot, in pixels of the widget."""
        return QRectF(self.box.sceneBoundingRect())

    def subject_at(self, place: QPoint) -> Subject:
        """What is at a place of the chart, for its menu."""
        return self.pointer.subject(place, **self.about(QPointF(place)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the menu to the view."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the gutter that all charts have."""
        if event is not None:  # pyqtgraph calls this while it is made
            self.left.setWidth(gutter(self.width()))
        super().resizeEvent(event)

    def _show_region(self) -> None:
        """Tint the selected range."""
        selected = self.session.stretch
        self.region.setVisible(selected is not None)
        if selected is not None:
            self.region.setRegion(selected)

    def dress(self) -> None:
        """Apply the session's theme."""
        theme = self.session.theme
        self.setBackground(theme.ground)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.87)
        for axis in (self.left, self.bottom):
            axis.setTextPen(QColor(theme.muted))
            axis.setTickFont(font)
            axis.setPen(QColor(theme.line))
        self.left.setPen(QPen(Qt.PenStyle.NoPen))
        self.left.setTickPen(pg.mkPen(theme.grid))
        self.left.setGrid(255)
        self.left.setZValue(-10)
        self.bottom.setTickPen(pg.mkPen(theme.line))  # pyqtgraph would override a transparency
        self.moment_line.setPen(pen(theme.moment, 1.4, self))
        tint = QColor(theme.accent)
        tint.setAlpha(46)
        self.region.setBrush(QBrush(tint))
        for line in self.region.lines:
            line.setPen(pen(theme.accent, 1.2, self))

    def band(self) -> Band:
        """Add an empty band."""
        item = Band()
        self.addItem(item, ignoreBounds=True)
        return item

    def gaps(self) -> Gaps:
        """Add tinted stretches, none so far."""
        item = Gaps(self.box)
        self.addItem(item, ignoreBounds=True)
        return item

    def dots(self) -> Any:
        """Add dots, none so far: `setData(x, y)`, (n,) each."""
        item = pg.ScatterPlotItem(size=5, pen=None)
        item.setZValue(40)
        self.addItem(item, ignoreBounds=True)
        return item

    def curve(self, **style: Any) -> Any:
        """Add an empty curve."""
        item = pg.PlotCurveItem(**style)
        self.addItem(item, ignoreBounds=True)
        return item

    def level(self, style: Qt.PenStyle = Qt.PenStyle.DashLine) -> Any:
        """Add a horizontal line at 0."""
        item = pg.InfiniteLine(angle=0, movable=False, pen=pg.mkPen("#888", width=1.2, style=style))
        item.setZValue(60)
        self.addItem(item, ignoreBounds=True)
        return item


def pen(colour: QColor | str, width: float, on: QWidget, dashed: bool = False) -> QPen:
    """A cosmetic pen `width` points wide; cosmetic pens count physical pixels, so the width is scaled."""
    style = Qt.PenStyle.CustomDashLine if dashed else Qt.PenStyle.SolidLine
    out: QPen = pg.mkPen(colour, width=thick(width) * on.devicePixelRatioF(), style=style)
    if dashed:
        out.setDashPattern([5, 4])
    return out


def ceiling_label(size: int, boot: int, beyond: bool) -> str:
    """The label of the line of all zone memory. `size`: bytes of the zone map; `boot`: of boot memory, 0 if unknown.

    `beyond`: the line is above the chart.
    """
    return f"limit: {words.size(size)} zone map" + (f" + {words.size(boot)} reserved at boot" if boot else "") + (" ↑" if beyond else "")
