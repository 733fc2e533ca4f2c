"""The words that a window paints, and where: read back from Qt's painting."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPaintDevice, QPaintEngine, QRegion, QTextItem
from PySide6.QtWidgets import QAbstractScrollArea, QGraphicsView, QHeaderView, QTableView, QWidget

SLACK = 2.0
"""Tolerance in pixels: ink is measured in whole pixels, rounded outwards."""
MEETING = 2.5
"""Tolerated sideways overlap in pixels: pieces of a line overlap by the slant and bearing of their letters."""
FAR = 1e6


@dataclass(frozen=True, slots=True)
class Painted:
    """A text and the bounds of its ink, in the window's pixels; `seen`: the part inside the painter's clip and `room`.

    `room`: the visible part of the widget.
    """

    words: str
    widget: QWidget
    ink: QRectF
    seen: QRectF
    room: QRectF

    def __str__(self) -> str:
        return f"{self.words!r} of {named(self.widget)}"


def named(widget: QWidget) -> str:
    """The widget's class, and its name or its parent's."""
    at: QWidget | None = widget
    while at is not None and not at.accessibleName():
        at = at.parentWidget()
    return f"{type(widget).__name__} ({at.accessibleName() if at is not None else ''})"


class _Engine(QPaintEngine):
    """A paint engine that keeps only texts."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.found: list[tuple[str, QRectF, QRectF | None]] = []

    def begin(self, pdev: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: object) -> None:
        pass

    def drawTextItem(self, p: QPointF | QPoint | Any, textItem: QTextItem) -> None:
        painter, words = self.painter(), textItem.text()
        if words.strip(" \t\n\xa0\u200b"):
            ink = QFontMetricsF(textItem.font()).tightBoundingRect(words).translated(p)
            turn = painter.deviceTransform()
            clip = turn.mapRect(painter.clipBoundingRect()) if painter.hasClipping() else None
            self.found.append((words, turn.mapRect(ink), clip))

    def _nothing(self, *what: object) -> None:
        pass

    drawPath = drawPolygon = drawRects = drawLines = drawPixmap = drawImage = drawTiledPixmap = drawEllipse = drawPoints = _nothing  # type: ignore[assignment]


_METRICS = {
    QPaintDevice.PaintDeviceMetric.PdmDevicePixelRatio: 1,
    QPaintDevice.PaintDeviceMetric.PdmDevicePixelRatioScaled: int(QPaintDevice.devicePixelRatioFScale()),
    QPaintDevice.PaintDeviceMetric.PdmDepth: 32,
    QPaintDevice.PaintDeviceMetric.PdmNumColors: 1 << 24,
}


class _Device(QPaintDevice):
    """Has the size and resolution of a widget, at a device pixel ratio of 1."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.engine, self.widget = _Engine(), widget

    def paintEngine(self) -> QPaintEngine:
        return self.engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        kinds, widget = QPaintDevice.PaintDeviceMetric, self.widget
        match metric:
            case kinds.PdmWidth:
                return widget.width()
            case kinds.PdmHeight:
                return widget.height()
            case kinds.PdmDpiX | kinds.PdmPhysicalDpiX:
                return widget.logicalDpiX()
            case kinds.PdmDpiY | kinds.PdmPhysicalDpiY:
                return widget.logicalDpiY()
        return _METRICS.get(metric, 0)


def painted(window: QWidget) -> list[Painted]:
    """All texts that a visible window and its children paint."""
    return [words for widget in _all(window) for words in _of(window, widget)]


def _all(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            yield from _all(child)


def _of(window: QWidget, widget: QWidget) -> Iterator[Painted]:
    device = _Device(widget)
    # Not QGraphicsView.render, which paints the scene only; and without children, which follow separately.
    QWidget.render(widget, device, QPoint(), QRegion(), QWidget.RenderFlag(0))
    corner, room = widget.mapTo(window, QPoint(0, 0)), _room(window, widget)
    for words, ink, clip in device.engine.found:
        seen = (ink if clip is None else ink.intersected(clip)).translated(corner).intersected(room)
        yield Painted(words, widget, ink.translated(corner), seen, room)


def _room(window: QWidget, widget: QWidget) -> QRectF:
    """The part of a widget inside its ancestors."""
    room = QRectF(window.rect())
    at: QWidget | None = widget
    while at is not None and at is not window:
        room = room.intersected(QRectF(at.rect()).translated(at.mapTo(window, QPoint(0, 0))))
        at = at.parentWidget()
    return room


def scrolled(widget: QWidget) -> tuple[bool, bool]:
    """Whether the widget scrolls (sideways, vertically): there texts may continue beyond the edge."""
    at: QWidget | None = widget
    sideways = upwards = False
    while at is not None and not at.isWindow():
        if isinstance(at, QAbstractScrollArea) and not isinstance(at, QHeaderView | QGraphicsView):
            # A text cell may be cut by the edge; a number may not, since half of it would be another number.
            heads = isinstance(at, QTableView) and isinstance(widget.parentWidget(), QHeaderView)
            sideways = sideways or (at.horizontalScrollBar().isVisible() and (heads or not isinstance(at, QTableView)))
            upwards = upwards or (at.verticalScrollBar().isVisible() and not heads)
        at = at.parentWidget()
    return sideways, upwards


def cut(found: list[Painted]) -> list[str]:
    """Texts whose ink is partly hidden, unless scrolling would show it."""
    out = []
    for one in found:
        room, (sideways, upwards) = one.room, scrolled(one.widget)
        if one.words == "…":  # nothing that could be misread
            continue
        if room.isEmpty() and (sideways or upwards):
            continue
        # How far it may continue: beyond the edge, if it can be scrolled to.
        if sideways:
            room = room.adjusted(-FAR, 0, FAR, 0)
        if upwards:
            room = room.adjusted(0, -FAR, 0, FAR)
        wide, high = min(SLACK, one.ink.width() / 3), min(SLACK, one.ink.height() / 3)
        whole = one.ink.adjusted(wide, high, -wide, -high)
        if not room.contains(whole) or (one.room.contains(whole) and not one.seen.contains(whole)):
            out.append(f"cut: {one}, {_placed(one.ink)} of which {_placed(one.seen)}")
    return out


def _placed(area: QRectF) -> str:
    return f"{area.x():.0f} {area.y():.0f} {area.width():.0f} x {area.height():.0f}"


def met(found: list[Painted]) -> list[str]:
    """Pairs of overlapping texts."""
    shown = sorted((one for one in found if not one.seen.isEmpty()), key=lambda one: one.seen.top())
    out = []
    for i, one in enumerate(shown):
        for other in shown[i + 1 :]:
            if other.seen.top() >= one.seen.bottom() - SLACK:
                break
            both = one.seen.intersected(other.seen)
            if both.width() > MEETING and both.height() > MEETING:
                out.append(f"met: {one} and {other}, {_placed(both)}")
    return out
