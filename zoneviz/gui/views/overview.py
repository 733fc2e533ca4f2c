"""The strip above the timeline: use of the zone map over the whole run, with a brush for the visible range."""

from html import escape

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts import plotting
from zoneviz.gui.charts.gutter import gutter
from zoneviz.gui.charts.hit_marks import HitMarks
from zoneviz.gui.charts.moment_words import begun, place_words, stretch_words
from zoneviz.gui.charts.pointer import Pointer
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.stacks import Floats

EDGE = 5
GAP = 12
"""Pixels between heading and visible range, at least."""


class Strip(Canvas):
    """Curve and brush. Drag inside the brush: move it. Drag an edge: resize it. Drag outside: select a new range."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Overview: use of the zone map over the whole run", parent)
        self.session = session
        self.places: Floats
        self.used: Floats
        self.places, self.used = session.series.fill(1)
        self.hits: HitMarks | None = None
        """The ticks of a search."""
        self._grip: tuple[str, float, tuple[float, float]] | None = None
        self.setFixedHeight(52)
        session.notebook.changed.connect(self.update)
        self.pointer = Pointer(session, self, session.axis, self.area, self.words_at, lambda: session.series.extent, drags=False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def load(self) -> None:
        """Compute the curve for the present width."""
        self.places, self.used = self.session.series.fill(max(round(self.area().width()), 100))
        self.update()

    def area(self) -> QRectF:
        """The rectangle of the curve, in line with the charts below."""
        left = gutter(self.width())
        return QRectF(left, 0, max(self.width() - left, 1), self.height())

    def _to_pixel(self, x: float) -> float:
        return self.pointer.to_pixel(x)

    def _to_axis(self, pixel: float) -> float:
        return self.pointer.to_axis(pixel)

    def words_at(self, place: QPointF) -> str:
        """Use of the zone map at a place, its share of the limit, and the time."""
        at = int(np.searchsorted(self.places, self._to_axis(place.x()), side="right")) - 1
        if at < 0 or place.x() < self.area().left():
            return ""
        used, limits = round(float(self.used[at])), self.session.series.limits
        what = "all together" if self.session.series.of_zones else "zone map"
        limit = limits.zone_map() if limits else None
        # The share that the header and the cause name as well.
        since = f" used {limits.since}".rstrip() if limits else ""
        share = f" · {words.share(float(limit.share(used)), 1)} of {words.size(limit.room)}{since}" if limit else ""
        return f"{what}: {words.size(used)}{share}\n{place_words(self.session, self._to_axis(place.x()))}"

    def subject_at(self, place: QPoint) -> Subject:
        """The place on the axis, for its menu."""
        return self.pointer.subject(place, **(self.hits.subject_at(QPointF(place)) if self.hits is not None else {}))

    def marks(self) -> list[float]:
        """Pixels of the notes and of mark A."""
        book = self.session.notebook
        seqs = [*(note.seq for note in book.notes), *([] if book.mark is None else [book.mark])]
        return [self._to_pixel(self.session.series.x_at(seq)) for seq in seqs]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint curve, gaps, limit, brush, notes and moment."""
        theme = self.session.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.area()
        painter.fillRect(area, QColor(theme.panel))
        ceiling = self.session.series.ceiling
        top = max(float(ceiling), float(self.used.max(initial=0)), 1.0) * 1.1
        if len(self.places):
            low, high = self.session.series.extent
            shape = plotting.polygon((self.places - low) / (high - low) * area.width(), self.used / top * -area.height())
            shape.translate(area.left(), area.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.fill))
            painter.drawPolygon(shape)
            gap = QColor(theme.danger)
            gap.setAlpha(plotting.Gaps.ALPHA)
            least = plotting.Gaps.LEAST * (high - low) / max(area.width(), 1)
            for begin, end in plotting.merged(self.session.series.lost(), low, high, least):
                left = self._to_pixel(begin)
                painter.fillRect(QRectF(left, 0, self._to_pixel(end) - left, area.height()), gap)
        if ceiling:
            painter.setPen(plotting.pen(theme.danger, 1.2, self, dashed=True))
            height = area.height() * (1 - ceiling / top)
            painter.drawLine(QPointF(area.left(), height), QPointF(area.right(), height))
        low, high = (self._to_pixel(x) for x in self.session.range)
        tint = QColor(theme.accent)
        tint.setAlpha(28)
        painter.setBrush(tint)
        painter.setPen(QPen(QColor(theme.accent), 1.4))
        left, right = max(low, area.left() + 0.7), min(high, area.right() - 0.7)
        painter.drawRect(QRectF(left, 0.7, max(right - left, 2), area.height() - 1.4))
        for x in self.marks():
            painter.fillRect(QRectF(x - 1, 0, 2, 6), QColor(theme.warning))
        painter.setPen(QPen(QColor(theme.moment), 1.4))
        moment = min(max(self._to_pixel(self.session.moment_x), area.left() + 0.7), area.right() - 0.7)
        painter.drawLine(QPointF(moment, 0), QPointF(moment, area.height()))
        painter.end()

    def _part(self, pixel: float) -> str:
        low, high = (self._to_pixel(x) for x in self.session.range)
        if abs(pixel - low) <= EDGE:
            return "low"
        if abs(pixel - high) <= EDGE:
            return "high"
        whole = high - low >= self.area().width() - 2
        return "brush" if low < pixel < high and not whole else "new"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to drag the brush, an edge or a new range."""
        if event.button() != Qt.MouseButton.LeftButton or event.position().x() < self.area().left():
            return
        self._grip = (self._part(event.position().x()), self._to_axis(event.position().x()), self.session.range)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag; without a button, show by the pointer whether an edge can be dragged."""
        if self._grip is None:
            edge = self._part(event.position().x()) in ("low", "high")
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor)
            return
        part, start, (low, high) = self._grip
        here = self._to_axis(event.position().x())
        if part == "brush":
            self.session.set_range(low + here - start, high + here - start)
        elif part == "low":
            self.session.set_range(min(here, high), high)
        elif part == "high":
            self.session.set_range(low, max(here, low))
        elif abs(self._to_pixel(here) - self._to_pixel(start)) > EDGE:
            self.session.set_range(min(start, here), max(start, here))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End of a drag. A click without a drag goes to the moment."""
        if self._grip is not None and abs(self._to_pixel(self._grip[1]) - event.position().x()) <= EDGE:
            self.session.ask_x(self._grip[1], EDGE / self.area().width() * (self.session.series.extent[1] - self.session.series.extent[0]))
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole run."""
        self._grip = None
        self.session.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move the brush."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.session.axis.pan(-0.1 if event.key() == Qt.Key.Key_Left else 0.1)
        else:
            super().keyPressEvent(event)


class Overview(View):
    """A heading and the strip."""

    title = "Overview"
    place = 0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.heading = QLabel(self)
        self._headings: list[str] = []
        """From the longest to the shortest."""
        self.heading.setToolTip(tip("zone_map"))
        self.visible = QLabel(self)
        self.visible.setProperty("role", "muted")
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch()
        top.addWidget(self.visible)
        self.strip = Strip(session, self)
        self.hits = self.strip.hits = HitMarks(session, self.strip, self.strip.area, lambda: session.series.extent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.strip)
        session.range_changed.connect(self._range)

    def _range(self) -> None:
        self._mark("moment")

    def fill(self) -> None:
        """Let the strip take all height, for a picture of it alone."""
        self.strip.setMaximumHeight(1 << 20)
        self.strip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_recording(self, player: Player) -> None:
        """Redraw for another recording, axis or theme."""
        theme, size = self.session.theme, self.session.series.ceiling
        full = f" &nbsp;<span style='color:{theme.danger}'>- -</span> full: {words.size(size)}" if size else ""
        of = "this excerpt" if player.recording.first_event > 1 else "all readings" if len(self.session.series.readings) else "whole run"
        longer = f"{of}, from {begun(self.session)}" if begun(self.session) else of
        what = f"All {player.recording.header.zone_noun}s together" if self.session.series.of_zones else "Zone map use"
        bold = f"<b>{escape(what)}</b>"
        self._headings = [*(f"{bold} <span style='color:{theme.muted}'>· {escape(said)}{full}</span>" for said in (longer, of)), bold]
        self._headings += [f"<b>{escape(what.removesuffix(' together'))}</b>"]
        self._fit()
        self.strip.load()

    def _fit(self) -> None:
        """Choose the longest heading that leaves room for the visible range."""
        for heading in self._headings:
            self.heading.setText(heading)
            if self.heading.sizeHint().width() + self.visible.sizeHint().width() + GAP <= self.width():
                break

    def show_growth(self, player: Player) -> None:
        """Draw the new events."""
        self.strip.load()

    def show_moment(self, player: Player) -> None:
        """Move line and brush."""
        one = len(self.session.series.readings) == 1
        self.visible.setText("one reading" if one else f"visible: {stretch_words(self.session, *self.session.range)}")
        self._fit()
        self.strip.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Redraw: the width decides how many samples are drawn, and how long the heading is."""
        super().resizeEvent(event)
        self._fit()
        self._mark("growth")
