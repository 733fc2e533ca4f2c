"""The timeline: bytes stacked by zone, task or server, use of the limits, and lanes below on the same axis. Always on show."""

from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.events import Kind
from zoneviz.gui.charts import plotting, timelanes, timeline_table
from zoneviz.gui.charts.bandlegend import BandLegend
from zoneviz.gui.charts.bandsource import BYTES, FAMILIES, GROWTH, ZONES, BandSource
from zoneviz.gui.charts.forecast_band import ForecastBand
from zoneviz.gui.charts.gutter import gutter
from zoneviz.gui.charts.hit_marks import HitMarks
from zoneviz.gui.charts.lanechart import GAP, LaneChart
from zoneviz.gui.charts.limitlines import LimitLines
from zoneviz.gui.charts.menu_of_timeline import about
from zoneviz.gui.charts.moment_words import moment_words
from zoneviz.gui.charts.note_marks import NoteMarks
from zoneviz.gui.charts.readout import Readout, after_loss
from zoneviz.gui.charts.stackbands import StackBands
from zoneviz.gui.charts.timeline_head import TimelineHead
from zoneviz.gui.charts.turn_lanes import TurnLanes
from zoneviz.gui.charts.under import under
from zoneviz.gui.charts.zone_tip import zone_lines
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.lane_feed import LaneFeed
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.shown import lacking
from zoneviz.playback.stacks import Stack
from zoneviz.state.rows import SEQ

LANE_HEIGHT, LANES_SHARE, TURNS_SHARE = 16, 0.34, 0.16
ROOMY, TALLEST = 0.22, 40
"""Lanes are taller than LANE_HEIGHT, up to TALLEST pixels, where all of them then have this share of the view."""
CHART_LINES = 12
"""Minimum height of the chart, in lines of text, for lanes to be shown below it."""
SMALL, ISOLATED = 0.12, 0.6
"""Bands below this share of the limit are drawn larger, without the line of the limit: all bands, and the only ones that are shown."""
READOUT_SHARE = 0.58
"""Largest share of the chart's height that the readout may cover."""


class Timeline(View):
    """The chart with its controls, and the lanes."""

    title = "Timeline"
    place = 0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.feed, self.source = LaneFeed.of(session), BandSource(session)
        self.head = TimelineHead(self)
        self.measure, self.by, self.with_lanes = self.head.measure, self.head.by, self.head.with_lanes
        self.with_limits, self.with_forecast = self.head.with_limits, self.head.with_forecast
        self._height, self._ceiling_label = 1.0, ""
        self.lanes = LaneChart(session, "Lanes: processes, threads and ports of servers, failures", self, False, True)
        self._make_chart(session)
        self.lanes.tallest = TALLEST
        self.turns = TurnLanes(session, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.head)
        layout.addWidget(self.legend)
        layout.addWidget(self.chart, 1)
        layout.addWidget(self.turns)
        layout.addWidget(self.lanes)
        self.stack = Stack()
        session.range_changed.connect(self._range)
        self.head.toggled.connect(self._range)
        for choice in (self.by, self.measure):
            choice.changed.connect(self._measured)
        self.legend.changed.connect(self._range)
        self.legend.chosen.connect(self.source.select)
        self.legend.figure, self.legend.about = self._held, self.source.about
        self.legend.meaning = lambda name: zone_lines(session, name)[1:] if self.by.value() in (ZONES, FAMILIES) else []
        session.selection_changed.connect(self._selected)
        self.feed.changed.connect(self._range)
        self.turns.turning.changed.connect(self._range)
        for signal in (self.source.feed.advanced, self.source.feed.changed):
            signal.connect(self._range)
        self.lanes.chosen.connect(lambda server: session.select(server=server))
        self.lanes.opened.connect(self.show_table)
        self.destroyed.connect(self.source.feed.cancel)

    def _make_chart(self, session: Session) -> None:
        self.chart = plotting.Chart(session, self)
        self.chart.setAccessibleName("Timeline: bytes over time")
        self.chart.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.legend = BandLegend(session, "Bands of the timeline", self, gutter(self.width()))
        self.drawn = StackBands(session, self.chart, self.legend, self.source.colour)
        self.bands = self.drawn.items
        self.dots, self.gaps = self.chart.dots(), self.chart.gaps()
        self.ceiling = self.chart.level()
        self.ahead = ForecastBand(session, self.chart)
        self.limits = LimitLines(session, self.chart)
        self.chart.words = lambda place: under(self.chart, self.stack, self.limits, place)
        self.ceiling_text = QLabel(self.chart)
        self.ceiling_text.setProperty("role", "danger")
        self.ceiling_text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.nothing = QLabel(self.chart)
        self.nothing.setProperty("role", "muted")
        self.nothing.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.marks = NoteMarks(session, self.chart)
        self.hits = HitMarks(session, self.chart, lambda: QRectF(self.chart.box.sceneBoundingRect()), lambda: session.range)
        self.chart.about = lambda place: about(self.chart, self.stack, self.source, self.legend, self.marks, self.hits, place)
        self.readout = self.chart.pointer.spare = Readout(session, self.chart)
        self.chart.box.sigResized.connect(lambda *_: self._place_labels())

    def _range(self) -> None:
        self._mark("growth", "moment")

    def _measured(self) -> None:
        self.source.by, self.source.growing = self.by.value(), self.measure.value() == GROWTH
        self.legend.show_all()
        self._mark("recording", "moment")

    def show_growing(self, growing: bool) -> None:
        """Show growth, or all bytes."""
        self.measure.set_value(GROWTH if growing else BYTES)

    # the selected band

    def _selected(self) -> None:
        """Light up the band of the selection. Growth counts from where the selection begins."""
        self.drawn.light(self.source.selected(self.legend.names))
        if self.source.growing:
            self._range()

    def band(self) -> str:
        """The band of the selection, "" without one."""
        return self.legend.selected

    def wait(self) -> None:
        """Block until the lanes, and the bands by task or server, are read."""
        self.source.feed.wait()
        self.feed.wait()

    # what is drawn

    def show_recording(self, player: Player) -> None:
        """Redraw for another recording, axis or theme."""
        self.chart.dress()
        theme = self.session.theme
        self.ceiling.setPen(plotting.pen(theme.danger, 1.2, self, dashed=True))
        self.dots.setBrush(QColor(theme.strong))
        self.head.show_recording(self.session, self.source.growing)
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """Draw the visible range."""
        low, high = self.session.range
        self.chart.bottom.series = self.session.series
        width = max(int(self.chart.box.width()), 200)
        whole, said = self.source.stack(player, low, high, width)
        self.stack = self.drawn.draw(whole)
        self.drawn.light(self.source.selected(whole.names))
        self.nothing.setText("" if whole.names else lacking(player.recording.header, {"sizes"}))
        self.dots.setData(*self.stack.dots)
        self.gaps.show_spans(self.session.series.lost(), QColor(self.session.theme.danger))
        if self.with_limits.isChecked():
            self.limits.load(width)
        self._show_lanes(player)
        self.head.say(self.session, self.source.growing, said, bool(self.limits.limits))
        self._scale(low, high)

    def _show_lanes(self, player: Player) -> None:
        self.turns.fit(int(self.height() * TURNS_SHARE))
        lane = max(self.lanes.fontMetrics().height() + GAP, LANE_HEIGHT)
        left = self.height() - self.head.heading.sizeHint().height() - CHART_LINES * self.fontMetrics().height() - self.turns.room
        room = int(min(self.height() * LANES_SHARE, left) / lane)
        shown = self.with_lanes.isChecked() and not self.with_lanes.isHidden() and room > 0
        self.lanes.setVisible(shown)
        if shown:
            if not self.session.live:  # during a live run only the view of threads reads them
                self.feed.read(player)
            found = timelanes.lanes(self.session, self.feed, room)
            rows = max(len(found), 1)
            self.lanes.setFixedHeight(rows * max(lane, min(int(self.height() * ROOMY / rows), TALLEST)))
            self.lanes.show_lanes(found, "This recording has no data on processes, threads, ports or failures.")
        sampled = self.feed.result
        self.head.say_sampled(timelanes.step_of(sampled.seqs) if sampled is not None and len(sampled.seqs) else 1)

    def _scale(self, low: float, high: float) -> None:
        """Scale the axis up to the limit of zone memory, unless the bands would be too small to see."""
        ceiling = 0 if self.source.growing else self.session.series.zone_memory
        peak = float(self.stack.tops.max(initial=0))
        curves = self.limits.limits if self.with_limits.isChecked() else []
        near = max((float(curve.share.max(initial=0)) for curve in curves), default=0.0)
        beyond = ceiling > 0 and (peak < ceiling * ISOLATED if self.legend.partial else peak < ceiling * SMALL and near < 0.5)
        self._height = max(peak * 1.3 if beyond or not ceiling else max(ceiling, peak) * 1.04, 1.0)
        self.chart.box.setRange(xRange=(low, high), yRange=(0, self._height), padding=0, update=True)
        self.ceiling.setVisible(ceiling > 0 and not beyond)
        self.ceiling.setPos(ceiling)
        self.ceiling_text.setVisible(ceiling > 0)
        self._ceiling_label = plotting.ceiling_label(self.session.series.ceiling, self.session.series.boot_memory, beyond)
        self._show_ahead()

    def _show_ahead(self) -> None:
        """Draw the forecast of the moment, and write it after the name of the limit if that leaves half of the width."""
        player = self.session.player
        whole = player is not None and not self.source.growing and not self.legend.partial
        self.ahead.load(self.session.moment_time if whole and self.with_forecast.isChecked() else None)
        said = f"{self._ceiling_label} · {self.ahead.said}" if self.ahead.said else self._ceiling_label
        room, metrics = self.chart.area().width(), self.ceiling_text.fontMetrics()
        long = said if metrics.horizontalAdvance(said) <= room * 0.75 else self._ceiling_label
        shorter = (long, long.split(" + ")[0])
        self.ceiling_text.setText(next((text for text in shorter if metrics.horizontalAdvance(text) <= room - 12), "limit"))
        self.ceiling_text.adjustSize()
        self._place_labels()

    def _place_labels(self) -> None:
        box: Any = self.chart.box.sceneBoundingRect()
        share = min(self.session.series.zone_memory / self._height, 1.0) if self.ceiling.isVisible() else 1.0
        self.nothing.adjustSize()
        self.nothing.move(int(box.left()) + 6, int(box.top()) + 3)
        self.ceiling_text.move(int(box.left()) + 6, int(box.bottom() - share * box.height()) + 3)
        self.limits.setVisible(self.with_limits.isChecked() and self.ceiling.isVisible())
        self.limits.place(share * box.height(), QRectF(self.ceiling_text.geometry()))
        self.ahead.place(self.session.series.zone_memory / self._height * box.height())
        self._place_readout()

    def _place_readout(self) -> None:
        box: Any = self.chart.box.sceneBoundingRect()
        low, high = self.session.range
        x = self.session.moment_x
        self.readout.fit(int(box.height() * READOUT_SHARE))
        fits = self.readout.height() <= box.height() - self.ceiling_text.geometry().bottom() + box.top() - 6
        visible = low <= x <= high and high > low and bool(self.readout.rows) and fits
        self.readout.setVisible(visible)
        self.limits.covered = QRectF()
        if not visible:
            return
        place = box.left() + (x - low) / (high - low) * box.width()
        # Right of the line, or at the far left: just left of it the readout would hide where the bands reach the limit.
        below = self.ceiling_text.geometry().bottom() + 6
        beside = QPoint(int(place) + 8, int(box.top()) + 26 if place > self.ceiling_text.geometry().right() else below)
        room = QRect(beside, self.readout.size())
        named = [name.translated(self.limits.pos()).toRect() for name, _ in self.limits.names()] if self.limits.isVisible() else []
        free = room.right() <= box.right() and not any(room.intersects(name) for name in named)
        self.readout.move(beside if free else QPoint(int(box.left()) + 6, below))
        if not free:  # names of lines give way
            self.limits.covered = QRectF(self.readout.geometry()).translated(-self.limits.pos().toPointF())

    def _held(self, name: str) -> str:
        """What a band holds at the moment: its bytes, and their share of all bands."""
        found = self.source.now(self.session.player) if self.session.player is not None else []
        mine = sum(size for held, size in found if name == (held if held in self.legend.names else self.source.rest))
        whole = sum(size for _, size in found)
        return f"{words.size(mine)} at the moment, {words.share(mine, whole)} of all bands" if whole else ""

    def show_moment(self, player: Player) -> None:
        """Move the line and list the largest bands there."""
        self.chart.moment_line.setPos(self.session.moment_x)
        rest = self.source.rest
        found = [(name, size) for name, size in self.source.now(player) if self.drawn.shows(name, rest)]
        low, high = self.session.range
        head = moment_words(self.session, (high - low) / max(self.chart.box.width(), 1))
        self.readout.show_rows(found, rest, self.source.colour, self._after_loss(player), head)
        timelanes.count(self.lanes.lanes, player.state, self.feed)
        self.lanes.update()
        self.turns.update()
        self._show_ahead()

    def _after_loss(self, player: Player) -> str:
        """What must be said of the figures at the moment: those counted since a loss are too low until a reading sets them."""
        losses = self.session.series.losses
        gaps, lost = losses.before(player.state.seq)
        if not gaps:
            return ""
        reading = player.state.last.get(int(Kind.READING))
        set_since = reading is not None and reading[SEQ] > losses.ends[gaps - 1] and self.by.value() in (ZONES, FAMILIES)
        return after_loss(lost, set_since)

    # the table

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.show_table()
        else:
            super().keyPressEvent(event)

    def show_table(self) -> None:
        """Open the figures of the chart as a table: bytes of each band, then limits and lanes."""
        drawn = self.stack, self.limits, self.lanes.lanes
        said = f"Bytes by {self.by.value()} in the visible range, as drawn. Lanes: the last sample."
        Twin("Timeline", said, timeline_table.columns(self.session.series, *drawn), self.rows(), self).show()

    def rows(self) -> list[timeline_table.Row]:
        """One row per place of the chart (`timeline_table.rows`)."""
        return timeline_table.rows(self.session.series, self.stack, self.limits, self.lanes.lanes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Redraw: the width decides how many samples are drawn."""
        super().resizeEvent(event)
        self.legend.set_left(gutter(self.width()))
        self._mark("growth", "moment")
