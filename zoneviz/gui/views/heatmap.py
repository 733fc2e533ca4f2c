"""The zone heatmap: one row per zone, columns over time, brightness by amount."""

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolTip, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts import plotting
from zoneviz.gui.charts.axis_lock import AxisLock
from zoneviz.gui.charts.colour_scale import ColourScale
from zoneviz.gui.charts.gutter import gutter
from zoneviz.gui.charts.moment_words import stretch_words
from zoneviz.gui.charts.pointer import Pointer
from zoneviz.gui.charts.zone_tip import zone_tip
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.colours import amount_colours
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.axis import Axis
from zoneviz.gui.session.selection import events_between
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.session.view_axis import ViewAxis
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.heatmap import CHANGES, IN_BYTES, METRICS, Heatmap, heatmap, levels
from zoneviz.playback.shown import lacking

ROW, TALLER = 20, 2
"""Height of a row in pixels with small text, and how many times as tall it may be where there is room."""
COLUMN = 5
DIM = 0.5
"""How far the rows of other zones are dimmed while one is selected."""


def amount(metric: str, value: float, in_table: bool = False) -> str:
    """The value of a metric as text; `in_table`: with a fixed number of decimals."""
    if metric in IN_BYTES:
        return (words.size_cell if in_table else words.size)(round(value))
    return words.share_cell(value, 100) if metric == "share" else words.number(round(value))


class Cells(Canvas):
    """Names on the left, and one image for all cells."""

    def __init__(self, session: Session, parent: QWidget, time: Axis) -> None:
        super().__init__("Zone heatmap: zones by time", parent, 0.9)
        self.session = session
        self.pointer = Pointer(session, self, time, self.area, self.words_at)
        self.map: Heatmap | None = None
        self.image = QImage()
        self.setMinimumHeight(4 * ROW)

    @property
    def labels(self) -> int:
        """Width of the names, in pixels."""
        return gutter(self.width())

    @property
    def columns(self) -> int:
        """The number of columns that fit, at least 8."""
        return max((self.width() - self.labels) // COLUMN, 8)

    @property
    def rows(self) -> int:
        """The number of rows that fit above the axis, at least 1."""
        return max((self.height() - self.axis) // self._least, 1)

    @property
    def _least(self) -> int:
        return max(ROW, QFontMetrics(self.font()).height() + 4)

    @property
    def row(self) -> int:
        """Height of a row, in pixels: if all zones fit, they share the room."""
        shown = len(self.map.names) if self.map else 0
        return min(max((self.height() - self.axis) // max(shown, 1), self._least), TALLER * self._least)

    @property
    def axis(self) -> int:
        """Height of the axis below the cells, in pixels."""
        return QFontMetrics(self.font()).height() + 8

    def ticks(self) -> list[tuple[float, str]]:
        """(x in pixels, label) of the axis below the cells."""
        if self.map is None or not self.map.names:
            return []
        low, high, area = float(self.map.edges[0]), float(self.map.edges[-1]), self.area()
        found = plotting.ticks(low, high, area.width(), self.session.series)
        return [(area.left() + (value - low) / max(high - low, 1e-12) * area.width(), said) for value, said in found]

    def _paint_axis(self, painter: QPainter, metrics: QFontMetrics) -> None:
        painter.setPen(QColor(self.session.theme.muted))
        top, past = self.area().bottom() + 2, -1e9
        for place, said in self.ticks():
            width = metrics.horizontalAdvance(said)
            x = min(max(place - width / 2, self.labels - 8), self.width() - width)
            if x > past + 8:
                painter.drawText(QPointF(x, top + metrics.ascent()), said)
                past = x + width

    def show_map(self, found: Heatmap, logarithmic: bool) -> None:
        """Make an image of one pixel per cell; painting stretches it."""
        self.map = found
        places = np.ascontiguousarray(levels(found.values, found.top, logarithmic))
        rows, columns = places.shape
        self.image = QImage()
        if rows and columns:
            # A copy: the image would otherwise refer to bytes that are freed.
            self.image = QImage(places.tobytes(), columns, rows, columns, QImage.Format.Format_Indexed8).copy()
        if not self.image.isNull():
            self.image.setColorTable([0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in amount_colours()])
        self.update()

    def area(self) -> QRectF:
        """The rectangle of the cells."""
        rows = len(self.map.names) if self.map else 0
        return QRectF(self.labels, 0, self.width() - self.labels, rows * self.row)

    def nothing(self) -> str:
        """Why there are no cells; "" if there are some."""
        single = len(self.session.series.readings) == 1 and self.map is not None and self.map.metric in CHANGES
        if not (self.map is None or self.image.isNull() or single):
            return ""
        player = self.session.player
        unknown = lacking(player.recording.header, {"sizes"}) if player is not None else ""
        return unknown or ("One reading shows no growth. Choose bytes." if single else "All zones are empty so far.")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells, names, axis, selection and moment."""
        theme = self.session.theme
        painter = QPainter(self)
        why = self.nothing()
        if self.map is None or why:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, why)
            return
        area = self.area()
        painter.drawImage(area, self.image)
        self._paint_gaps(painter, area)
        metrics, dim = QFontMetrics(self.font()), QColor(theme.ground)
        dim.setAlphaF(DIM)
        height = self.row
        for i, name in enumerate(self.map.names):
            row = QRectF(0, i * height, self.labels - 8, height)
            chosen = name == self.session.zone
            painter.setPen(QColor(theme.strong if chosen else theme.muted))
            label = metrics.elidedText(words.one_line(name, 80), Qt.TextElideMode.ElideRight, self.labels - 12)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
            if not chosen and self.session.zone in self.map.names:
                painter.fillRect(QRectF(area.left(), row.top(), area.width(), height), dim)
            painter.setPen(QPen(QColor(theme.ground), 2))
            painter.drawLine(QPointF(area.left(), row.bottom()), QPointF(area.right(), row.bottom()))
        if self.session.zone in self.map.names:
            row = QRectF(area.left(), self.map.names.index(self.session.zone) * height - 0.5, area.width() - 1, height)
            painter.setPen(QPen(QColor("#ffffff" if theme.dark else theme.strong), 1.4))
            painter.drawRect(row)
        self._paint_axis(painter, metrics)
        low, high = self.map.edges[0], self.map.edges[-1]
        x = self.session.moment_x
        if low <= x <= high:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            place = min(area.left() + (x - low) / (high - low) * area.width(), area.right() - 0.7)
            painter.setPen(QPen(QColor("#ffffff"), 1.4))
            painter.drawLine(int(place), 0, int(place), int(area.bottom()))
        painter.end()

    def _paint_gaps(self, painter: QPainter, area: QRectF) -> None:
        """Leave stretches without readings empty."""
        assert self.map is not None
        low, high = float(self.map.edges[0]), float(self.map.edges[-1])
        for gap in self.session.series.gaps():
            first, last = (area.left() + (min(max(x, low), high) - low) / max(high - low, 1e-12) * area.width() for x in gap)
            if last > first:
                painter.fillRect(QRectF(first, area.top(), last - first, area.height()), QColor(self.session.theme.ground))

    def cell_at(self, place: QPoint) -> tuple[int, int] | None:
        """Row and column at a place, None outside the cells."""
        area = self.area()
        if self.map is None or not area.contains(place):
            return None
        column = int((place.x() - area.left()) / area.width() * self.map.values.shape[1])
        return place.y() // self.row, min(column, self.map.values.shape[1] - 1)

    def zone_at(self, y: int) -> str:
        """The zone of the row at y in pixels, "" below the rows."""
        names = self.map.names if self.map is not None else []
        return names[y // self.row] if 0 <= y // self.row < len(names) else ""

    def words(self, row: int, column: int) -> str:
        """The text of one cell: zone, range, value."""
        assert self.map is not None
        low, high = self.map.edges[column], self.map.edges[column + 1]
        span = stretch_words(self.session, float(low), float(high))
        value = amount(self.map.metric, float(self.map.values[row, column]))
        return f"{words.one_line(self.map.names[row], 200)}\n{span}\n{METRICS[self.map.metric]}: {value}"

    def words_at(self, place: QPointF) -> str:
        """The text of the cell at a place, "" outside."""
        cell = self.cell_at(place.toPoint())
        return self.words(*cell) if cell else ""

    def event(self, event: QEvent) -> bool:
        """Say what a zone holds, beside the cells."""
        if isinstance(event, QHelpEvent):
            name = self.zone_at(event.pos().y()) if event.pos().x() < self.labels else ""
            QToolTip.showText(event.globalPos(), zone_tip(self.session, name), self)
            return True
        return super().event(event)

    def subject_at(self, place: QPoint) -> Subject:
        """What is at a place, for its menu: the zone of the row and, on a cell, its stretch."""
        cell = self.cell_at(place)
        fields: dict[str, Any] = {"zone": self.zone_at(place.y())}
        if cell is not None and self.map is not None:
            fields["range"] = events_between(self.session.series, *self.map.edges[cell[1] : cell[1] + 2].tolist())
        return self.pointer.subject(place, **fields)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the zone; below the rows, none. `Pointer` moves the moment."""
        if event.button() == Qt.MouseButton.LeftButton and not self.pointer.on_ruler(event.position()):
            self.session.select_zone(self.zone_at(int(event.position().y())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down select a zone."""
        if self.map and self.map.names and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            at = self.map.names.index(self.session.zone) if self.session.zone in self.map.names else -1
            step = -1 if event.key() == Qt.Key.Key_Up else 1
            self.session.select_zone(self.map.names[max(0, min(at + step, len(self.map.names) - 1))])
        else:
            super().keyPressEvent(event)


class HeatmapView(View):
    """The cells, a choice of metrics, and the colour scale."""

    title = "Zone heatmap"
    place = 1
    needs = frozenset({"zones"})

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._of: Path | None = None
        self._single = False
        """Whether the recording has one reading only."""
        self.chooser = Choice("heatmap metric", tuple(METRICS), "growth", METRICS, self)
        self.chooser.setProperty("role", "title")
        self.log = Toggle("log", self)
        self.log.setAccessibleName("logarithmic colours")
        self.log.setChecked(True)
        self.per = QLabel(self)
        self.per.setProperty("role", "muted")
        self.legend = ColourScale(session, self)
        top = QHBoxLayout()
        top.setSpacing(6)
        self.heading = QLabel("Zones by time", self)
        self.heading.setProperty("role", "strong")
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.heading, self.per):
            label.setMinimumWidth(1)  # a narrow view hides them
        for widget in (self.heading, self.chooser, self.per, self.log):
            top.addWidget(widget)
        top.addStretch()
        top.addWidget(self.legend)
        self.time: ViewAxis = ViewAxis(session, self)
        self.cells = Cells(session, self, self.time)
        self.lock = AxisLock(self.time, self.cells)
        self.setFocusProxy(self.cells)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.cells, 1)
        self.chooser.changed.connect(self._redraw)
        self.log.toggled.connect(self._redraw)
        self.time.changed.connect(self._redraw)
        session.selection_changed.connect(self.cells.update)
        self.cells.opened.connect(self.show_table)

    def minimumSizeHint(self) -> QSize:
        """The width of the controls above the cells."""
        line = self.legend.width() + sum(w.sizeHint().width() + 8 for w in (self.per, self.chooser, self.log))
        return QSize(line, super().minimumSizeHint().height())

    def _fit_line(self) -> None:
        """Hide labels above the cells that do not fit, the least needed first."""
        room = self.width() - self.legend.width() - sum(w.sizeHint().width() + 8 for w in (self.chooser, self.log))
        for widget in (self.heading, self.per):
            room -= widget.sizeHint().width() + 8
            widget.setVisible(room >= 0)

    def rows(self) -> list[tuple[str, float, float, float]]:
        """(zone, start, end, value) of all cells other than 0, of the selected zone or, without one, of all zones."""
        found = self.cells.map
        if found is None:
            return []
        scale = 1.0 if self.session.series.by_event else 1e9
        edges = (found.edges * scale).tolist()
        chosen = [self.session.zone] if self.session.zone in found.names else found.names
        rows = []
        for name, values in zip(found.names, found.values.tolist(), strict=True):
            if name in chosen:
                rows += [(name, edges[i], edges[i + 1], value) for i, value in enumerate(values) if value]
        return rows

    def show_table(self) -> None:
        """Open the values of the cells as a table."""
        metric = self.chooser.value()

        def place(value: float) -> str:
            return words.number(round(value)) if self.session.series.by_event else words.time(round(value))

        columns = (
            text_column("zone", tip("zone"), "non-kernel map entries"),
            Column("from", "Start of the cell", place, "9,999.999 ms"),
            Column("to", "End of the cell", place, "9,999.999 ms"),
            Column(METRICS[metric], "", lambda value: amount(metric, value, in_table=True), "1,023.99 KiB"),
        )
        which = words.one_line(self.session.zone, 60) or "all zones"
        Twin(
            "Zones by time",
            f"{metric.capitalize()} in the visible range, {which}, without cells of 0",
            columns,
            self.rows(),
            self,
        ).show()

    def _redraw(self) -> None:
        self._mark("growth")

    def show_recording(self, player: Player) -> None:
        """Redraw for another recording, axis or theme. One reading shows no growth."""
        if player.recording.path != self._of:
            self._of = player.recording.path
            single = len(self.session.series.readings) == 1
            if single or self._single:
                self.chooser.set_value("bytes" if single else "growth")
            self._single = single
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """Draw the visible range."""
        low, high = self.time.range
        self.heading.setText(f"{player.recording.header.nouns} by time")
        found = heatmap(self.session.series, low, high, self.cells.columns, self.chooser.value(), self.cells.rows)
        self.cells.show_map(found, self.log.isChecked())
        self.lock.place(self.cells.area())
        self.legend.show_range(amount(found.metric, found.top))
        width = (high - low) / self.cells.columns
        counted = self.session.series.counted
        by_number = f"per {words.number(round(width)) if counted == 'event' else words.figures(width)} {counted}s"
        by_time = f"per {words.duration(round(width * 1e9))}"
        self.per.setText("" if len(self.session.series.readings) == 1 else by_number if counted else by_time)
        self._fit_line()

    def show_moment(self, player: Player) -> None:
        """Move the line of the moment."""
        self.cells.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the number of cells."""
        super().resizeEvent(event)
        self._fit_line()
        self._mark("growth")
