"""The legend of a stacked chart: every band, in the order of the stack, at a fixed place. It selects, isolates and hides bands."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from zoneviz import words
from zoneviz.gui.kit import text
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Act, Subject

SWATCH, SPACE, GAP, PAD = 9, 5, 5, 4
LONGEST = (200, 150, 120, 100, 84, 70)
"""Widths of a name in pixels, tried in this order until the legend has at most LINES lines."""
LINES = 2
SHOW_ALL = "show all"
HELP = (
    "Bands in the order of the stack, the lowest first. Click: select. Double click: show only this band. Ctrl+click: hide or show it. "
    "Right click: menu."
)


class BandLegend(Canvas):
    """Names with the colours of their bands. It changes neither with the moment nor with the visible range.

    `chosen(name)`: a band was selected, "" none; `changed`: the set of bands to draw.
    """

    chosen = Signal(str)
    changed = Signal()

    def __init__(self, session: Session, name: str, parent: QWidget, left: int) -> None:
        super().__init__(name, parent)
        self.session, self.left = session, left
        self.names: list[str] = []
        self.colours: list[QColor] = []
        self.selected = ""
        self.only = ""
        """The only band to draw; "": all that are not hidden."""
        self.hidden: set[str] = set()
        self.figure: Callable[[str], str] = lambda _: ""
        """What a band holds at the moment, for its tool tip."""
        self.about: Callable[[str], dict[str, Any]] = lambda _: {}
        """What a band shows: a field of `session.subject.Subject`."""
        self.meaning: Callable[[str], list[str]] = lambda _: []
        """What is known of a band besides, in lines."""
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.87)
        self.setFont(font)
        self._fit()

    # what is shown

    def set_left(self, left: int) -> None:
        """Begin in line with the chart, `left` pixels from the edge."""
        self.left = left
        self._fit()

    def show_bands(self, names: Sequence[str], colours: Sequence[QColor]) -> None:
        """Show these bands, lowest first."""
        if list(names) != self.names:
            self.names = list(names)
            self._at = min(self._at, max(len(names) - 1, 0))
            self._fit()
        self.colours = list(colours)
        self._describe()

    def select(self, name: str) -> None:
        """Mark the band `name` as selected; "": none."""
        self.selected = name
        self._describe()

    def visible(self, name: str) -> bool:
        """Whether to draw a band."""
        return name == self.only if self.only in self.names else name not in self.hidden

    @property
    def partial(self) -> bool:
        """Whether a band of the stack is not drawn."""
        return not all(map(self.visible, self.names))

    def isolate(self, name: str) -> None:
        """Show only this band; if it is the only one, show all."""
        self.only = "" if self.only == name else name
        self._redraw()

    def hide_band(self, name: str) -> None:
        """Hide a band; show it if it is hidden."""
        shown = {other for other in self.names if self.visible(other)} ^ {name}
        self.only, self.hidden = "", set(self.names) - shown
        self._redraw()

    def show_all(self) -> None:
        """Show all bands."""
        self.only, self.hidden = "", set()
        self._redraw()

    def _redraw(self) -> None:
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        said = [name + ("" if self.visible(name) else ", hidden") + (", selected" if name == self.selected else "") for name in self.names]
        self.setAccessibleDescription("; ".join(said))
        self.update()

    # where each entry is

    def places(self) -> list[tuple[str, QRectF]]:
        """Text and place of each band's entry: with the longest names that fit on LINES lines; in line with the chart if these do."""
        metrics = QFontMetrics(self.font())
        height = metrics.height() + 3
        found: list[tuple[str, QRectF]] = []
        for longest, left in product(LONGEST, (float(self.left), min(self._more().width() + GAP, self.left))):
            found, x, y = [], left, 0.0
            for name in self.names:
                said = metrics.elidedText(words.one_line(name, 200), Qt.TextElideMode.ElideMiddle, longest)
                wide = 2 * PAD + SWATCH + SPACE + metrics.horizontalAdvance(said)
                if x + wide > self.width() and x > left:
                    x, y = left, y + height
                found.append((said, QRectF(x, y, wide, height)))
                x += wide + GAP
            if y < LINES * height:
                break
        return found

    def _more(self) -> QRectF:
        """The place of SHOW_ALL, left of the bands."""
        metrics = QFontMetrics(self.font())
        return QRectF(0, 0, metrics.horizontalAdvance(SHOW_ALL) + PAD, metrics.height() + 3)

    def _fit(self) -> None:
        """Take the height of all lines, at least one: an empty legend must not move the chart."""
        lowest = max((place.bottom() for _, place in self.places()), default=self._more().bottom())
        if self.height() != round(lowest):
            self.setFixedHeight(round(lowest))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the lines to the width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the lines to another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def name_at(self, place: QPointF) -> str:
        """The band at a place, SHOW_ALL, or ""."""
        if self.partial and self._more().contains(place):
            return SHOW_ALL
        return next((name for name, (_, room) in zip(self.names, self.places(), strict=True) if room.contains(place)), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint swatch and name of each band: struck out if hidden, raised if selected."""
        theme, painter = self.session.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain, struck = self.font(), self.font()
        struck.setStrikeOut(True)
        for i, (said, room) in enumerate(self.places()):
            name, seen = self.names[i], self.visible(self.names[i])
            current = self.hasFocus() and i == self._at
            if name == self.selected or current:
                painter.setPen(QPen(QColor(theme.accent), 1) if current else Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.chosen) if name == self.selected else Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(room.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            swatch = QRectF(room.left() + PAD + 0.5, room.center().y() - SWATCH / 2 + 0.5, SWATCH - 1, SWATCH - 1)
            painter.setPen(QPen(self.colours[i], 1))
            painter.setBrush(self.colours[i] if seen else Qt.BrushStyle.NoBrush)
            painter.drawRect(swatch)
            painter.setFont(plain if seen else struck)
            painter.setPen(QColor(theme.strong if name == self.selected else theme.text if seen else theme.muted))
            painter.drawText(room.adjusted(PAD + SWATCH + SPACE, 0, PAD, 0), Qt.AlignmentFlag.AlignVCenter, said)
        painter.setFont(plain)
        if self.partial:
            painter.setPen(QColor(theme.accent))
            painter.drawText(self._more().adjusted(0, 0, PAD, 0), Qt.AlignmentFlag.AlignVCenter, SHOW_ALL)
        painter.end()

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a band, or hide it with Ctrl."""
        name = self.name_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or not name:
            return
        if name == SHOW_ALL:
            self.show_all()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.hide_band(name)
        else:
            self._at = self.names.index(name)
            self.chosen.emit("" if name == self.selected else name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show only this band."""
        name = self.name_at(event.position())
        if name in self.names and event.button() == Qt.MouseButton.LeftButton:
            self.isolate(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows: move. Enter: select. Shift+Enter: show only this band. Delete: hide or show it."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        if not self.names or event.key() not in (*steps, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete):
            super().keyPressEvent(event)
            return
        name = self.names[self._at]
        if event.key() in steps:
            self._at = max(0, min(self._at + steps[Qt.Key(event.key())], len(self.names) - 1))
            self.update()
        elif event.key() == Qt.Key.Key_Delete:
            self.hide_band(name)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.isolate(name)
        else:
            self.chosen.emit("" if name == self.selected else name)

    def acts(self, name: str) -> list[Act]:
        """What can be done with a band of the chart."""
        out = [
            Act("Show all bands" if self.only == name else "Show only this band", lambda: self.isolate(name)),
            Act("Hide this band" if self.visible(name) else "Show this band", lambda: self.hide_band(name)),
        ]
        return [*out, *([Act("Show all bands", self.show_all)] if self.partial and self.only != name else [])]

    def subject_at(self, place: QPoint) -> Subject | None:
        """What the band at a place is about, for its menu."""
        name = self.name_at(QPointF(place))
        if name not in self.names:
            return None
        figure = self.figure(name)
        return Subject(**self.about(name), text=f"{name}: {figure}" if figure else name, acts=tuple(self.acts(name)))

    def current_place(self) -> QPoint | None:
        """The middle of the current entry."""
        return self.places()[self._at][1].center().toPoint() if self.names else None

    def event(self, event: QEvent) -> bool:
        """Show the whole name of the band under the pointer, and what is known of it."""
        if isinstance(event, QHelpEvent):
            name = self.name_at(QPointF(event.pos()))
            own = [words.one_line(name, 200), self.figure(name), *self.meaning(name)] if name in self.names else []
            said = "\n".join(part for part in (*own, HELP) if part)
            QToolTip.showText(event.globalPos(), text.plain(said), self)
            return True
        return super().event(event)
