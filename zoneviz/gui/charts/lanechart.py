"""Lanes stacked on the shared time axis: areas with a name on the left and the figure at the line of the moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.gui.charts import plotting
from zoneviz.gui.charts.gutter import gutter
from zoneviz.gui.charts.moment_words import place_words
from zoneviz.gui.charts.pointer import Pointer
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.still import Still
from zoneviz.gui.session.axis import Axis
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.playback.stacks import Floats, thin
from zoneviz.state.rows import Ints

AXIS = 18
GAP = 3
BESIDE = 20
"""Width of the gutter, in characters, from which the names of the timeline's lanes are in it."""


@dataclass(slots=True)
class Lane:
    """Figures `layers` (k, n) at places `x` (n,), stacked in `colours`, on a scale from 0 to `top`.

    `image`: drawn instead of areas, its columns from x[0] to x[-1].
    """

    name: str
    x: Floats
    layers: Ints
    colours: Sequence[QColor]
    names: Sequence[str]
    top: float = 1.0
    key: str = ""
    shown: Callable[[int], str] = words.number
    image: QImage | None = None
    height: float = 1.0
    """Height relative to the other lanes."""
    note: str = ""
    now: Ints | None = None
    """The exact figures at the moment, (k,); None if only samples are known."""
    place: QRectF = field(default_factory=QRectF)

    def at(self, x: float) -> Ints:
        """The figures at a place, (k,): those of the last sample at or before it."""
        i = int(np.searchsorted(self.x, x, side="right")) - 1
        return self.layers[:, i] if i >= 0 else np.zeros(len(self.layers), np.int64)


def same_scale(lanes: Sequence[Lane], room: float, least: float) -> None:
    """Divide `room` pixels among lanes whose `top` is their peak, so that a count of 1 has the same height in each.

    Each lane gets `least` pixels and a share of the rest in proportion to its peak.
    """
    whole, most = sum(lane.top for lane in lanes), max(lane.top for lane in lanes)
    rest = max(room - least * len(lanes), 0)
    for lane in lanes:
        lane.height = least + rest * lane.top / max(whole, 1e-9)
    highest = max(lane.height for lane in lanes)
    for lane in lanes:
        lane.top = most * (lane.height - GAP) / (highest - GAP)


class LaneChart(Canvas):
    """A click chooses a lane: `chosen(key)`. `time`: the axis, by default the one that all views share; `axis`: whether to label it."""

    chosen = Signal(str)

    def __init__(
        self, session: Session, name: str, parent: QWidget, axis: bool = True, inside: bool = False, time: Axis | None = None
    ) -> None:
        super().__init__(name, parent, 0.87)
        self.session = session
        self.lanes: list[Lane] = []
        self.key = ""
        self.empty = ""
        self.axis, self.inside = axis, inside
        self.tallest = 120
        self._still, self._shown = Still(self), 0
        self.time = time or session.axis
        self.pointer = Pointer(session, self, self.time, lambda: self.area, self.words_at)
        session.selection_changed.connect(self.update)

    def show_lanes(self, lanes: list[Lane], empty: str = "") -> None:
        """Show other lanes; `empty` is the sentence to show if the list is empty."""
        self.lanes, self.empty = lanes, empty
        self._shown += 1
        self.setAccessibleDescription(
            empty or ", ".join(f"{lane.name} {lane.shown(int(lane.at(self.session.moment_x).sum()))}" for lane in lanes[:12])
        )
        self.update()

    @property
    def area(self) -> QRectF:
        """The area of the lanes, right of their names."""
        return QRectF(self.left, 0, max(self.width() - self.left, 1), max(self.height() - (AXIS if self.axis else 0), 1))

    @property
    def left(self) -> int:
        """The width of the names, in pixels."""
        return gutter(self.width())

    def to_pixel(self, x: float) -> float:
        """x in pixels of a place on the axis."""
        low, high = self.time.range
        return self.area.left() + (x - low) / max(high - low, 1e-12) * self.area.width()

    def to_axis(self, pixel: float) -> float:
        """The place on the axis at x in pixels."""
        low, high = self.time.range
        return low + (pixel - self.area.left()) / self.area.width() * (high - low)

    def _place(self) -> None:
        """Set the rectangle of each lane."""
        area = self.area
        whole = sum(lane.height for lane in self.lanes) or 1.0
        unit = min(area.height() / whole, self.tallest)
        top = 0.0
        for lane in self.lanes:
            lane.place = QRectF(area.left(), top, area.width(), max(lane.height * unit - GAP, 1))
            top += lane.height * unit

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lanes, names, selected range, axis and moment."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.session.theme
        if not self.lanes:
            painter.setPen(QColor(theme.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 0, -12, 0), int(flags), self.empty)
            painter.end()
            return
        self._place()
        places = tuple(lane.place.getRect() for lane in self.lanes)
        self._still.draw(painter, (self._shown, places, self.time.range, theme), self._paint_lanes)
        if not self.inside:
            for lane in self.lanes:
                self._paint_name(painter, lane)
        self._paint_selection(painter)
        if self.axis:
            self._paint_axis(painter)
        if self.inside:
            self._paint_names_inside(painter)
        self._paint_moment(painter)
        painter.end()

    def _paint_lanes(self, painter: QPainter) -> None:
        for lane in self.lanes:
            painter.fillRect(lane.place, QColor(self.session.theme.panel))
            painter.save()
            painter.setClipRect(lane.place)
            if lane.image is not None:
                self._paint_image(painter, lane, lane.image)
            else:
                self._paint_layers(painter, lane)
            painter.restore()

    def _paint_layers(self, painter: QPainter, lane: Lane) -> None:
        low, high = self.time.range
        inside = slice(max(int(np.searchsorted(lane.x, low)) - 1, 0), int(np.searchsorted(lane.x, high, side="right")) + 1)
        x, layers = lane.x[inside], lane.layers[:, inside]
        if not len(x):
            return
        tops = np.cumsum(layers, axis=0)
        keep = thin(x, tops[-1], low, high, max(int(lane.place.width()), 1))
        # As steps: a slope across a pause would suggest a change that did not happen.
        places = np.append(np.repeat(x[keep], 2)[1:], max(high, float(x[keep][-1])))
        pixels = lane.place.left() + (places - low) / max(high - low, 1e-12) * lane.place.width()
        painter.setPen(Qt.PenStyle.NoPen)
        for i in range(len(tops) - 1, -1, -1):
            if not layers[i].any():
                continue
            heights = tops[i][keep] / max(lane.top, 1e-9) * lane.place.height()
            # A count above 0 is at least one pixel high.
            heights = np.repeat(np.where(tops[i][keep] > 0, np.maximum(heights, 1.0), 0.0), 2)
            shape = plotting.polygon(pixels, -heights)
            shape.translate(0, lane.place.bottom())
            painter.setBrush(lane.colours[i])
            painter.drawPolygon(shape)

    def _paint_image(self, painter: QPainter, lane: Lane, image: QImage) -> None:
        left, right = self.to_pixel(float(lane.x[0])), self.to_pixel(float(lane.x[-1]))
        painter.drawImage(QRectF(left, lane.place.top(), max(right - left, 1), lane.place.height()), image)

    def _paint_name(self, painter: QPainter, lane: Lane) -> None:
        theme, metrics = self.session.theme, QFontMetrics(self.font())
        chosen = bool(lane.key) and lane.key == self.key
        area = QRectF(0, lane.place.top(), self.left - 8, lane.place.height())
        painter.setPen(QColor(theme.strong if chosen else theme.muted))
        right = Qt.AlignmentFlag.AlignRight
        if area.height() < metrics.height() * 0.8:
            return
        name = metrics.elidedText(words.one_line(lane.name, 80), Qt.TextElideMode.ElideRight, int(area.width()))
        if lane.note and area.height() >= 2 * metrics.height():
            half = QRectF(area.left(), area.center().y() - metrics.height(), area.width(), metrics.height())
            painter.drawText(half, right | Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QColor(theme.muted))
            half.translate(0, metrics.height())
            note = metrics.elidedText(lane.note, Qt.TextElideMode.ElideRight, int(area.width()))
            painter.drawText(half, right | Qt.AlignmentFlag.AlignVCenter, note)
        else:
            painter.drawText(area, right | Qt.AlignmentFlag.AlignVCenter, name)
        if chosen:
            painter.fillRect(QRectF(self.left - 4, lane.place.top(), 2, lane.place.height()), QColor(theme.accent))

    def _paint_names_inside(self, painter: QPainter) -> None:
        """Paint the names inside the lanes and the top of each scale on the left."""
        theme, metrics = self.session.theme, QFontMetrics(self.font())
        for lane in self.lanes:
            if lane.place.height() < metrics.height() * 0.75:
                continue
            words, box = self._name_inside(lane)
            painter.setPen(QColor(theme.muted))
            scale = QRectF(0, lane.place.top(), self.left - 6, lane.place.height())
            painter.drawText(scale, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, lane.shown(int(lane.top)))
            ground = QColor(theme.panel)
            ground.setAlpha(205)
            if not self._beside:
                painter.fillRect(box, ground)
            painter.setPen(QColor(theme.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    @property
    def _beside(self) -> bool:
        """Whether the names fit left of the lanes, before the scales."""
        return self.left >= BESIDE * QFontMetrics(self.font()).averageCharWidth()

    def _name_inside(self, lane: Lane) -> tuple[str, QRectF]:
        """A lane's name, shortened to fit, and its rectangle: inside the lane, or left of it where there is room."""
        metrics = QFontMetrics(self.font())
        if self._beside:
            room = self.left - 14 - metrics.horizontalAdvance(lane.shown(int(lane.top)))
            sentence = metrics.elidedText(words.one_line(lane.name, 60), Qt.TextElideMode.ElideRight, room)
            return sentence, QRectF(0, lane.place.top(), metrics.horizontalAdvance(sentence), lane.place.height())
        sentence = metrics.elidedText(words.one_line(lane.name, 60), Qt.TextElideMode.ElideRight, int(lane.place.width() / 2))
        top = lane.place.center().y() - metrics.height() / 2
        return sentence, QRectF(lane.place.left() + 4, top, metrics.horizontalAdvance(sentence) + 6, metrics.height())

    def _paint_axis(self, painter: QPainter) -> None:
        low, high = self.time.range
        metrics = QFontMetrics(self.font())
        painter.setPen(QColor(self.session.theme.muted))
        past = -1e9
        for value, label in plotting.ticks(low, high, self.area.width(), self.session.series):
            width = metrics.horizontalAdvance(label)
            x = min(max(self.to_pixel(value) - width / 2, 0), self.width() - width)
            if x > past + 8:
                painter.drawText(QPointF(x, self.height() - 4), label)
                past = x + width

    def _paint_selection(self, painter: QPainter) -> None:
        """Tint the selected range."""
        selected = self.session.stretch
        if selected is not None:
            left, right = (self.to_pixel(x) for x in selected)
            tint = QColor(self.session.theme.accent)
            tint.setAlpha(40)
            painter.setClipRect(self.area)
            painter.fillRect(QRectF(left, 0, max(right - left, 1), self.lanes[-1].place.bottom()), tint)
            painter.setClipping(False)

    def _paint_moment(self, painter: QPainter) -> None:
        low, high = self.time.range
        x = self.session.moment_x
        if not low <= x <= high:
            return
        theme, metrics = self.session.theme, QFontMetrics(self.font())
        pixel = min(max(self.to_pixel(x), self.area.left() + 0.7), self.area.right() - 0.7)
        bottom = self.lanes[-1].place.bottom()
        painter.setPen(QPen(QColor(theme.moment), 1.4))
        painter.drawLine(QPointF(pixel, 0), QPointF(pixel, bottom))
        for lane in self.lanes:
            if lane.place.height() < metrics.height() or lane.image is not None:
                continue
            words = lane.shown(int((lane.at(x) if lane.now is None else lane.now).sum()))
            width = metrics.horizontalAdvance(words) + 8
            left = pixel + 3 if pixel + 3 + width <= self.area.right() else pixel - 3 - width
            if self.inside and not self._beside:  # right of the name, not over it
                left = max(left, self._name_inside(lane)[1].right() + 4)
            box = QRectF(left, lane.place.top() + 1, width, metrics.height())
            ground = QColor(theme.panel)
            ground.setAlpha(200)
            painter.fillRect(box, ground)
            painter.setPen(QColor(theme.strong))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    # words

    def lane_at(self, place: QPoint) -> Lane | None:
        """The lane at a place, including its name; None between lanes."""
        return next((lane for lane in self.lanes if lane.place.top() <= place.y() < lane.place.bottom() + GAP), None)

    def words(self, lane: Lane, x: float) -> str:
        """The text of a lane at a place of the axis: its figures, and its note."""
        figures = lane.at(x).tolist()
        lines = [f"{name}: {lane.shown(value)}" for name, value in zip(lane.names, figures, strict=True) if value]
        head = f"{words.one_line(lane.name, 200)} at {place_words(self.session, x)}: {lane.shown(sum(figures))}"
        return "\n".join([head, *(lines if len(lane.names) > 1 else []), *([lane.note] if lane.note else [])])

    def words_at(self, place: QPointF) -> str:
        """The text of the lane at a place, "" between lanes."""
        lane = self.lane_at(place.toPoint())
        return "" if lane is None else self.words(lane, self.pointer.to_axis(place.x()))

    def subject_at(self, place: QPoint) -> Subject:
        """What is at a place, for its menu: the server of the lane."""
        lane = self.lane_at(place)
        return self.pointer.subject(place, server=lane.key if lane is not None else "")

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the lane. `Pointer` moves the moment."""
        lane = self.lane_at(event.position().toPoint())
        if lane is not None and lane.key and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(lane.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a lane."""
        keys = [lane.key for lane in self.lanes if lane.key]
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and keys:
            at = keys.index(self.key) if self.key in keys else -1
            step = -1 if event.key() == Qt.Key.Key_Up else 1
            self.chosen.emit(keys[max(0, min(at + step, len(keys) - 1))])
        else:
            super().keyPressEvent(event)
