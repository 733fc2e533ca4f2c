"""Mouse, wheel and touchpad over a chart with an axis of time: the same in all of them.

Left drag: move the cursor. On the labels of the axis, or with Shift: select a stretch. Middle drag: pan. Wheel: zoom at the pointer.
Horizontal wheel, Shift and wheel, or two fingers sideways: pan. Pinch: zoom. Double click: show the whole recording.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QRubberBand, QWidget
from shiboken6 import isValid

from zoneviz.gui.charts.hover import Hover, HoverLine, HoverTip
from zoneviz.gui.session.axis import Axis, Range
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject, at_place

NEAR = 4
"""Pixels: a shorter drag is a click, and a reading this close attracts the cursor."""
NOTCH = 120
"""Units of a wheel for one notch."""
PANNED = 0.1
"""Share of the range that one notch pans by."""
ZOOM, FINGERS = 0.998, 0.994
"""The range shrinks by this factor for a unit of a wheel, and for a pixel of two fingers."""
_LEFT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


class Pointer(QObject):
    """Serves a widget; `area()`: the chart's rectangle in it. `shown()`: the range that the rectangle shows, by default that of `axis`.

    `drags`: whether a left drag moves the cursor; otherwise the widget does something else with it.
    `words(place)`: what is at a place of the widget, its name first; "" for nothing.
    """

    def __init__(
        self, session: Session, widget: QWidget, axis: Axis, area: Callable[[], QRectF], words: Callable[[QPointF], str],
        shown: Callable[[], Range] | None = None, drags: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(widget)
        self.session, self.widget, self.axis, self.area, self.words, self.drags = session, widget, axis, area, words, drags
        self.shown = shown or (lambda: self.axis.range)
        self._moves = False
        """Whether the left button moves the cursor."""
        self._from: float | None = None
        """Where a stretch begins, in pixels."""
        self._grip: tuple[float, Range] | None = None
        """Where the middle button was pressed, in pixels, and the range then."""
        self.hover, self.line = Hover.of(session), HoverLine(session, widget)
        self._tip: HoverTip | None = None
        self.spare: QWidget | None = None
        """A part of the widget that the words beside the pointer leave free."""
        self.rubber = QRubberBand(QRubberBand.Shape.Rectangle, widget)
        self.hover.moved.connect(self._hover_moved)
        self.axis.changed.connect(self._hover_moved)
        widget.setMouseTracking(True)
        widget.grabGesture(Qt.GestureType.PinchGesture)
        widget.installEventFilter(self)

    # places

    def to_axis(self, pixel: float) -> float:
        """The place on the axis at x in pixels; the edge of the area beyond it."""
        area, (low, high) = self.area(), self.shown()
        return low + (min(max(pixel, area.left()), area.right()) - area.left()) / max(area.width(), 1) * (high - low)

    def to_pixel(self, x: float) -> float:
        """x in pixels of a place on the axis."""
        area, (low, high) = self.area(), self.shown()
        return area.left() + (x - low) / max(high - low, 1e-12) * area.width()

    @property
    def _pixel(self) -> float:
        """A pixel as a part of the axis."""
        low, high = self.shown()
        return (high - low) / max(self.area().width(), 1)

    def on_ruler(self, place: QPointF) -> bool:
        """Whether a place is on the labels below the chart."""
        area = self.area()
        return place.y() >= area.bottom() and area.left() <= place.x() <= area.right()

    # events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Do what the event asks for. Presses go on to the widget, which may select what is there; wheels and gestures end here."""
        if isinstance(event, QWheelEvent):
            self._wheel(event)
        elif isinstance(event, QNativeGestureEvent):
            self._native(event)
        elif isinstance(event, QGestureEvent):
            return self._pinch(event)
        elif isinstance(event, QMouseEvent):
            return self._mouse(event)
        else:
            if event.type() in (QEvent.Type.Leave, QEvent.Type.Hide):
                self._leave()
            return False
        event.accept()
        return True

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, place, button = event.type(), event.position(), event.button()
        if kind == QEvent.Type.MouseButtonPress and button == _MIDDLE:
            self._grip = place.x(), self.axis.range
        elif kind == QEvent.Type.MouseButtonPress and button == _LEFT and self.drags:
            self._press(event)
        elif kind == QEvent.Type.MouseMove:
            self._move(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._release(event)
        elif kind == QEvent.Type.MouseButtonDblClick and button == _LEFT and self.drags and place.x() >= self.area().left():
            self.axis.fit()
        return button == _MIDDLE

    def _press(self, event: QMouseEvent) -> None:
        place = event.position()
        if self.area().width() <= 1 or not self.area().left() <= place.x() <= self.area().right():
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or self.on_ruler(place):
            self._from = place.x()
        else:
            self._moves = True
            self._put(place.x())

    def _put(self, pixel: float) -> None:
        self.session.ask_x(self.to_axis(pixel), NEAR * self._pixel)

    def _move(self, event: QMouseEvent) -> None:
        place, buttons = event.position(), event.buttons()
        if self._grip is not None and buttons & _MIDDLE:
            start, (low, high) = self._grip
            moved = (place.x() - start) * self._pixel * (1 if self.drags else -1)  # the whole recording is still, the range moves in it
            self.axis.set_range(low - moved, high - moved)
        elif self._moves and buttons & _LEFT:
            self._put(place.x())
        elif self._from is not None and buttons & _LEFT:
            area = self.area()
            ends = sorted((self._from, min(max(place.x(), area.left()), area.right())))
            self.rubber.setGeometry(QRect(int(ends[0]), int(area.top()), int(ends[1] - ends[0]), int(area.height())))
            self.rubber.setVisible(ends[1] - ends[0] > NEAR)
        self._hover(place, bool(buttons))

    def _release(self, event: QMouseEvent) -> None:
        pixel, start = event.position().x(), self._from
        self._moves, self._from, self._grip = False, None, None
        self.rubber.hide()
        if start is not None and abs(pixel - start) > NEAR:
            self.session.select_stretch(self.to_axis(start), self.to_axis(pixel))
        elif start is not None and self.on_ruler(event.position()):
            self._put(pixel)

    # zoom and pan

    def _zoom(self, factor: float, pixel: float) -> None:
        low, high = self.axis.range
        self.axis.zoom(factor, min(max(self.to_axis(pixel), low), high))

    def _wheel(self, event: QWheelEvent) -> None:
        fine = event.pixelDelta()
        turned = event.angleDelta() if fine.isNull() else fine
        across, along = turned.x(), turned.y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            across, along = across or along, 0
        if abs(across) > abs(along):
            low, high = self.axis.range
            self.axis.pan(-across / NOTCH * PANNED if fine.isNull() else -across * self._pixel / (high - low))
        elif along:
            self._zoom((ZOOM if fine.isNull() else FINGERS) ** along, event.position().x())

    def _native(self, event: QNativeGestureEvent) -> None:
        """Gestures of a touchpad, as the system reports them."""
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom(1 / max(1 + event.value(), 0.1), event.position().x())
        elif event.gestureType() == Qt.NativeGestureType.PanNativeGesture:
            low, high = self.axis.range
            self.axis.pan(-event.delta().x() * self._pixel / (high - low))

    def _pinch(self, event: QGestureEvent) -> bool:
        """Two fingers on a touch screen."""
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if isinstance(pinch, QPinchGesture):
            centre = self.widget.mapFromGlobal(pinch.centerPoint().toPoint())
            self._zoom(1 / max(pinch.scaleFactor(), 0.1), centre.x())
            event.accept(pinch)
            return True
        return False

    # what a menu is about

    def subject(self, place: QPoint, **fields: Any) -> Subject:
        """What is at a place of the widget: the place on the axis, the words for it, and what `fields` say besides."""
        fields = {"text": self.words(QPointF(place))} | fields
        if not self.area().left() <= place.x() <= self.area().right():
            return Subject(**fields)
        x = fields.pop("x", self.to_axis(place.x()))
        return at_place(self.session, x, **fields)

    # hover

    def _hover(self, place: QPointF, dragging: bool) -> None:
        inside = self.area().left() <= place.x() <= self.area().right()
        self.hover.show_at(self.to_axis(place.x()) if inside else None)
        self.tip.say("" if dragging else self.words(place), place.toPoint(), self.spare)

    @property
    def tip(self) -> HoverTip:
        """The words beside the pointer, in the window that shows the chart now."""
        if self._tip is None or not isValid(self._tip) or self._tip.parentWidget() is not self.widget.window():
            self._tip = HoverTip(self.session, self.widget)
        return self._tip

    def _leave(self) -> None:
        self.hover.show_at(None)
        if self._tip is not None and isValid(self._tip):
            self._tip.hide()

    def _hover_moved(self) -> None:
        if self.widget.isVisible():
            x = self.hover.x
            self.line.show_in(self.area(), None if x is None else self.to_pixel(x))
