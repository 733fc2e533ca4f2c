"""The timeline, always there: bytes by zone, stacked, under the ceiling they will meet; and the moment."""

from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from zoneviz.gui import plotting, text
from zoneviz.gui.colours import other_colour, zone_colour
from zoneviz.gui.models.series import BANDS, REST, Stack
from zoneviz.gui.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player

ROWS = 7


class Readout(QWidget):
    """The biggest zones at the moment, beside the moment line; lets the mouse through."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[tuple[str, int]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.87)
        self.setFont(font)

    def show_rows(self, rows: list[tuple[str, int]]) -> None:
        """Names and bytes, biggest first."""
        self.rows = rows
        metrics = QFontMetrics(self.font())
        self.name_width = max((metrics.horizontalAdvance(self._name(n)) for n, _ in rows), default=0)
        figures = max((metrics.horizontalAdvance(text.size(b)) for _, b in rows), default=0)
        self.resize(22 + self.name_width + 18 + figures + 10, len(rows) * (metrics.height() + 4) + 10)
        self.update()

    @staticmethod
    def _name(name: str) -> str:
        return text.one_line(name, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A small table with the zones' colours."""
        theme = self.session.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(theme.raised)
        ground.setAlpha(240)
        painter.setBrush(ground)
        painter.setPen(QColor(theme.line))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        line = QFontMetrics(self.font()).height() + 4
        for i, (name, size) in enumerate(self.rows):
            row = QRectF(8, 5 + i * line, self.width() - 16, line)
            colour = other_colour(theme.dark) if name == REST else zone_colour(name, theme.dark)
            painter.fillRect(QRectF(row.left(), row.center().y() - 4, 8, 8), colour)
            painter.setPen(QColor(theme.text))
            painter.drawText(row.adjusted(14, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._name(name))
            painter.setPen(QColor(theme.strong))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text.size(size))
        painter.end()


class Timeline(View):
    """Stacked zone bytes over the shared axis."""

    title = "Timeline"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.heading = QLabel(self)
        self.heading.setTextFormat(Qt.TextFormat.RichText)
        self.heading.setToolTip(
            "<qt>The bands are the bytes each zone has taken (cur_size). They come from the 432 KiB set aside at boot and then "
            "from zone_map; the dashed line is both together. The kernel panics when zone_map is full: at that line, or below it "
            "where kalloc.4096 and kalloc.8192 hold much, which take nothing of the boot memory.</qt>"
        )
        self.hint = QLabel("drag: moment · wheel, W S: zoom · A D: pan · F: fit", self)
        self.hint.setProperty("role", "muted")
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch()
        top.addWidget(self.hint)
        self.chart = plotting.Chart(session, self)
        self.chart.setAccessibleName("Timeline: bytes by zone")
        self.chart.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bands = [self.chart.band() for _ in range(BANDS + 1)]
        self.ceiling = self.chart.level()
        self.ceiling_text = QLabel(self.chart)
        self.ceiling_text.setProperty("role", "danger")
        self.ceiling_text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.readout = Readout(session, self.chart)
        self.axis_note = QLabel(self.chart)
        self.axis_note.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.chart, 1)
        self.stack = Stack()
        self.plain = False
        """No words about the mouse: for pictures."""
        self._height = 1.0
        session.range_changed.connect(self._range)

    def _range(self) -> None:
        self._mark("growth", "moment")

    def show_recording(self, player: Player) -> None:
        """New recording, axis or theme."""
        self.chart.dress()
        theme = self.session.theme
        self.chart.bottom.by_event = self.session.series.by_event
        clock = "the kernel's time" if player.recording.header.kind == "imported" else "simulated time"
        unit = "events" if self.session.series.by_event else clock
        muted = f"<span style='color:{theme.muted}'>"
        self.heading.setText(
            f"<b>Bytes by zone</b> {muted}· stacked, over {unit} &nbsp;</span> "
            f"<span style='color:{theme.danger}'>- -</span> {muted}all there is for them</span>"
        )
        self.ceiling.setPen(plotting.pen(theme.danger, 1.2, self, dashed=True))
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """Draw the visible stretch."""
        series, theme = self.session.series, self.session.theme
        low, high = self.session.range
        width = max(int(self.chart.box.width()), 200)
        self.stack = series.stack(low, high, width)
        count = len(self.stack.names)
        for i, band in enumerate(self.bands):
            if i >= count:
                band.set_data(np.zeros(0), np.zeros(0), QColor())
                continue
            name = self.stack.names[i]
            colour = other_colour(theme.dark) if name == REST else zone_colour(name, theme.dark)
            # Drawn from the top band down, each filled to the axis: the lower ones cover, and no seams show between.
            band.set_data(self.stack.x, self.stack.tops[i], colour)
            band.setZValue(20 - i)
        self._scale(low, high)

    def _scale(self, low: float, high: float) -> None:
        """The axis reaches up to the ceiling, except where that would leave nothing to see."""
        ceiling = self.session.series.zone_memory
        peak = float(self.stack.tops.max(initial=0))
        beyond = ceiling > 0 and peak < ceiling * 0.12
        self._height = max(peak * 1.3 if beyond or not ceiling else max(ceiling, peak) * 1.04, 1.0)
        self.chart.box.setRange(xRange=(low, high), yRange=(0, self._height), padding=0, update=True)
        self.ceiling.setVisible(ceiling > 0 and not beyond)
        self.ceiling.setPos(ceiling)
        self.ceiling_text.setVisible(ceiling > 0)
        self.ceiling_text.setText(plotting.ceiling_label(self.session.series.ceiling, beyond))
        self.ceiling_text.adjustSize()
        self._place_labels()

    def _place_labels(self) -> None:
        box: Any = self.chart.box.sceneBoundingRect()
        share = self.session.series.zone_memory / self._height if self.ceiling.isVisible() else 1.0
        self.ceiling_text.move(int(box.left()) + 6, int(box.bottom() - share * box.height()) + 3)
        self._place_readout()

    def _place_readout(self) -> None:
        box: Any = self.chart.box.sceneBoundingRect()
        low, high = self.session.range
        x = self.session.moment_x
        visible = low <= x <= high and high > low and bool(self.readout.rows)
        self.readout.setVisible(visible)
        if not visible:
            return
        place = box.left() + (x - low) / (high - low) * box.width()
        # Beside the line; at its left it would hide the very meeting with the ceiling, so there it goes to the far left.
        beside = place + 8 + self.readout.width() <= box.right()
        left, top = (place + 8, box.top() + 26) if beside else (box.left() + 6, self.ceiling_text.geometry().bottom() + 6)
        self.readout.move(QPoint(int(left), int(top)))

    def show_moment(self, player: Player) -> None:
        """The line, and what the biggest zones hold there."""
        self.chart.moment_line.setPos(self.session.moment_x)
        zones = sorted(((int(z["cur_size"]), str(z["name"])) for z in player.state.machine()["zones"]), reverse=True)
        rows = [(name, size) for size, name in zones[:ROWS] if size]
        rest = sum(size for size, _ in zones[ROWS:])
        self.readout.show_rows([*rows, (REST, rest)] if rest else rows)
        self._place_readout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer pixels: thin anew."""
        super().resizeEvent(event)
        self.hint.setVisible(self.width() >= 860 and not self.plain)
        self._mark("growth", "moment")
