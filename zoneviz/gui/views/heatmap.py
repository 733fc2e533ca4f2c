"""The zone heatmap: rows zones, columns time, brightness an amount."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolTip, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts import plotting
from zoneviz.gui.kit import text
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.colours import amount_colours
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.heatmap import IN_BYTES, METRICS, Heatmap, heatmap, levels

ROW = 20
COLUMN = 5
LABELS = 156


def labels(metrics: QFontMetrics) -> int:
    """Pixels for the names beside the cells: as many as a long name of a zone needs."""
    return max(LABELS, metrics.horizontalAdvance("non-kernel map entries") + 14)


def amount(metric: str, value: float) -> str:
    """A value of a metric in words."""
    if metric in IN_BYTES:
        return words.size_cell(round(value))
    return f"{value:.2f} %" if metric == "share" else f"{value:,.0f}"


class Legend(QWidget):
    """The colour scale with a number at both ends."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.low, self.high = "0", ""
        self.setFixedSize(190, 18)

    def show_range(self, high: str) -> None:
        """What the brightest colour stands for."""
        self.high = high
        metrics = QFontMetrics(self.font())
        self.setFixedSize(max(190, 120 + metrics.horizontalAdvance("1,023.99 KiB")), max(18, metrics.height()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """0, ramp, most."""
        painter = QPainter(self)
        painter.setPen(QColor(self.session.theme.muted))
        metrics = QFontMetrics(self.font())
        right = self.width() - metrics.horizontalAdvance(self.high)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.high)
        ramp = QRect(right - 6 - 96, 5, 96, 8)
        table = amount_colours()
        image = QImage(np.ascontiguousarray(table).tobytes(), 256, 1, 256 * 3, QImage.Format.Format_RGB888)
        painter.drawImage(ramp, image)
        painter.drawText(QRect(0, 0, ramp.left() - 6, self.height()), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.low)
        painter.end()


class Cells(QWidget):
    """The painted part: labels at the left, one image for all cells. `opened`: Enter."""

    opened = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.map: Heatmap | None = None
        self.image = QImage()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Zone heatmap: zones by time")
        self.setMinimumHeight(4 * ROW)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self.setFont(font)

    @property
    def labels(self) -> int:
        """Pixels for the names."""
        return labels(QFontMetrics(self.font()))

    @property
    def columns(self) -> int:
        """As many as there is room for."""
        return max((self.width() - self.labels) // COLUMN, 8)

    @property
    def rows(self) -> int:
        """As many as there is room for above the axis."""
        return max((self.height() - self.axis) // ROW, 1)

    @property
    def axis(self) -> int:
        """Pixels for the times below the cells."""
        return QFontMetrics(self.font()).height() + 4

    def ticks(self) -> list[tuple[float, str]]:
        """Pixels from the left and words of the times below the cells."""
        if self.map is None or not self.map.names:
            return []
        low, high, area = float(self.map.edges[0]), float(self.map.edges[-1]), self._area()
        found = plotting.ticks(low, high, area.width(), self.session.series.by_event)
        return [(area.left() + (value - low) / max(high - low, 1e-12) * area.width(), said) for value, said in found]

    def _paint_axis(self, painter: QPainter, metrics: QFontMetrics) -> None:
        painter.setPen(QColor(self.session.theme.muted))
        top, past = self._area().bottom() + 2, -1e9
        for place, said in self.ticks():
            width = metrics.horizontalAdvance(said)
            x = min(max(place - width / 2, self.labels - 8), self.width() - width)
            if x > past + 8:
                painter.drawText(QPointF(x, top + metrics.ascent()), said)
                past = x + width

    def show_map(self, found: Heatmap, logarithmic: bool) -> None:
        """Turn the values into one small image; it is stretched when painted."""
        self.map = found
        places = np.ascontiguousarray(levels(found.values, found.top, logarithmic))
        rows, columns = places.shape
        self.image = QImage()
        if rows and columns:
            # A copy: the image would otherwise point into bytes that are gone.
            self.image = QImage(places.tobytes(), columns, rows, columns, QImage.Format.Format_Indexed8).copy()
        if not self.image.isNull():
            self.image.setColorTable([0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in amount_colours()])
        self.update()

    def _area(self) -> QRectF:
        rows = len(self.map.names) if self.map else 0
        return QRectF(self.labels, 0, self.width() - self.labels, rows * ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cells, names, the moment."""
        theme = self.session.theme
        painter = QPainter(self)
        if self.map is None or self.image.isNull():
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No zone holds anything yet.")
            return
        area = self._area()
        painter.drawImage(area, self.image)
        metrics = QFontMetrics(self.font())
        for i, name in enumerate(self.map.names):
            row = QRectF(0, i * ROW, self.labels - 8, ROW)
            chosen = name == self.session.zone
            painter.setPen(QColor(theme.strong if chosen else theme.muted))
            label = metrics.elidedText(words.one_line(name, 80), Qt.TextElideMode.ElideRight, self.labels - 12)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
            painter.setPen(QPen(QColor(theme.ground), 2))
            painter.drawLine(QPointF(area.left(), row.bottom()), QPointF(area.right(), row.bottom()))
        if self.session.zone in self.map.names:
            row = QRectF(area.left(), self.map.names.index(self.session.zone) * ROW - 0.5, area.width() - 1, ROW)
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

    def cell_at(self, place: QPoint) -> tuple[int, int] | None:
        """Row and column under the pointer."""
        area = self._area()
        if self.map is None or not area.contains(place):
            return None
        column = int((place.x() - area.left()) / area.width() * self.map.values.shape[1])
        return place.y() // ROW, min(column, self.map.values.shape[1] - 1)

    def words(self, row: int, column: int) -> str:
        """What one cell says: zone, stretch, value."""
        assert self.map is not None
        low, high = self.map.edges[column], self.map.edges[column + 1]
        if self.session.series.by_event:
            stretch = f"events {low:,.0f} to {high:,.0f}"
        else:
            stretch = words.span(round(low * 1e9), round(high * 1e9))
        value = amount(self.map.metric, float(self.map.values[row, column]))
        return f"{words.one_line(self.map.names[row], 200)}\n{stretch}\n{METRICS[self.map.metric]}: {value}"

    def event(self, event: QEvent) -> bool:
        """Hover tells the cell."""
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            if cell:
                # A tool tip that starts with no markup is shown as it is; names in recordings could hold some.
                QToolTip.showText(event.globalPos(), text.plain(self.words(*cell)), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects the zone and goes to the moment; on a name, the zone only."""
        row = int(event.position().y()) // ROW
        if self.map is None or row >= len(self.map.names):
            self.session.select_zone("")
            return
        self.session.select_zone(self.map.names[row])
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging moves the moment."""
        area = self._area()
        if self.map is not None and event.buttons() & Qt.MouseButton.LeftButton and event.position().x() >= area.left():
            share = (event.position().x() - area.left()) / area.width()
            self.session.ask_x(float(self.map.edges[0] + share * (self.map.edges[-1] - self.map.edges[0])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose a zone; Enter opens the table."""
        if self.map and self.map.names and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            at = self.map.names.index(self.session.zone) if self.session.zone in self.map.names else -1
            step = -1 if event.key() == Qt.Key.Key_Up else 1
            self.session.select_zone(self.map.names[max(0, min(at + step, len(self.map.names) - 1))])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class HeatmapView(View):
    """Metric chooser, legend and cells."""

    title = "Zone heatmap"
    place = 1

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chooser = Choice("heatmap metric", tuple(METRICS), "growth", METRICS, self)
        self.chooser.setProperty("role", "title")
        self.log = QPushButton("log", self)
        self.log.setProperty("role", "flat")
        self.log.setCheckable(True)
        self.log.setAccessibleName("logarithmic colours")
        self.log.setChecked(True)
        self.per = QLabel(self)
        self.per.setProperty("role", "muted")
        self.legend = Legend(session, self)
        top = QHBoxLayout()
        top.setSpacing(6)
        self.heading = QLabel("Zones by time", self)
        self.heading.setProperty("role", "strong")
        for label in (self.heading, self.per):
            label.setMinimumWidth(1)  # the view may be narrower than they are; then they go
        for widget in (self.heading, self.chooser, self.per, self.log):
            top.addWidget(widget)
        top.addStretch()
        top.addWidget(self.legend)
        self.cells = Cells(session, self)
        self.setFocusProxy(self.cells)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.cells, 1)
        self.chooser.changed.connect(self._redraw)
        self.log.toggled.connect(self._redraw)
        session.range_changed.connect(self._redraw)
        session.selection_changed.connect(self.cells.update)
        self.cells.opened.connect(self.show_table)

    def minimumSizeHint(self) -> QSize:
        """Room for what always stands above the cells, and for as many cells as names beside them."""
        line = self.legend.width() + sum(w.sizeHint().width() + 8 for w in (self.per, self.chooser, self.log))
        return QSize(line, super().minimumSizeHint().height())

    def _fit_line(self) -> None:
        """Where the line above the cells is too long, the least needed of it goes rather than half of each."""
        room = self.width() - self.legend.width() - sum(w.sizeHint().width() + 8 for w in (self.chooser, self.log))
        for widget in (self.heading, self.per):
            room -= widget.sizeHint().width() + 8
            widget.setVisible(room >= 0)

    def rows(self) -> list[tuple[str, float, float, float]]:
        """Every cell that is not 0: zone, where it begins and ends on the axis, value; of the selected zone only, if one is."""
        found = self.cells.map
        if found is None:
            return []
        scale = 1.0 if self.session.series.by_event else 1e9
        edges = (found.edges * scale).tolist()
        wanted = [self.session.zone] if self.session.zone in found.names else found.names
        rows = []
        for name, values in zip(found.names, found.values.tolist(), strict=True):
            if name in wanted:
                rows += [(name, edges[i], edges[i + 1], value) for i, value in enumerate(values) if value]
        return rows

    def show_table(self) -> None:
        """The values behind the cells."""
        metric = self.chooser.value()

        def place(value: float) -> str:
            return f"{value:,.0f}" if self.session.series.by_event else words.time(round(value))

        columns = (
            text_column("zone", "", "non-kernel map entries"),
            Column("from", "Where the stretch begins", place, "9,999.999 ms"),
            Column("to", "Where it ends", place, "9,999.999 ms"),
            Column(METRICS[metric], "", lambda value: amount(metric, value), "1,023.99 KiB"),
        )
        which = words.one_line(self.session.zone, 60) or "all zones"
        Twin(
            "Zones by time",
            f"{metric.capitalize()} in the visible stretch, {which}; cells of nothing are left out.",
            columns,
            self.rows(),
            self,
        ).show()

    def _redraw(self) -> None:
        self._mark("growth")

    def show_recording(self, player: Player) -> None:
        """New recording, axis or theme."""
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """The visible stretch anew."""
        low, high = self.session.range
        found = heatmap(self.session.series, low, high, self.cells.columns, self.chooser.value(), self.cells.rows)
        self.cells.show_map(found, self.log.isChecked())
        self.legend.show_range(amount(found.metric, found.top))
        width = (high - low) / self.cells.columns
        self.per.setText(f"per {width:,.0f} events" if self.session.series.by_event else f"per {words.duration(round(width * 1e9))}")
        self._fit_line()

    def show_moment(self, player: Player) -> None:
        """Only the line moves."""
        self.cells.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer cells."""
        super().resizeEvent(event)
        self._fit_line()
        self._mark("growth")
