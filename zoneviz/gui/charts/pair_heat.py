"""The difference heatmap: bytes of B minus bytes of A, by zone and time; blue where A has more, orange where B has more."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from zoneviz import words
from zoneviz.gui.charts.gutter import gutter
from zoneviz.gui.charts.moment_words import place_words
from zoneviz.gui.charts.pair_curves import A_COLOUR, B_COLOUR
from zoneviz.gui.charts.pointer import Pointer
from zoneviz.gui.charts.zone_tip import zone_tip
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.colours import blend
from zoneviz.gui.kit.theme import Theme
from zoneviz.gui.session.pair import Pair
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject

ROW, FOOT = 18, 32
MIDDLE = 127
"""The colour index of no difference. Index 0 is the largest excess of A, 254 the largest excess of B."""
ENDED = 255
"""The colour index of the background: B has ended."""


def ramp(theme: Theme) -> list[QColor]:
    """255 colours in even steps: A's colour, the background in the middle, B's colour."""
    ground = QColor(theme.raised)
    ends = QColor(A_COLOUR[theme.dark]), QColor(B_COLOUR[theme.dark])
    return [blend(ground, ends[i > MIDDLE], abs(i - MIDDLE) / MIDDLE) for i in range(255)]


class DifferenceCells(Canvas):
    """The cells with the names of the zones, and a legend below."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Difference heatmap: B minus A by zone and time", parent)
        self.session = session
        self.names: list[str] = []
        self.values = np.zeros((0, 0))
        self.pair: Pair | None = None
        self.most = 0.0
        self.image = QImage()
        self.setMinimumHeight(4 * ROW + FOOT)
        self.pointer = Pointer(session, self, session.axis, self.area, self.words_at)

    @property
    def labels(self) -> int:
        """Width of the names, in pixels."""
        return gutter(self.width())

    @property
    def columns(self) -> int:
        """The number of columns that fit, at least 8."""
        return max((self.width() - self.labels) // 5, 8)

    def show_pair(self, found: Pair) -> None:
        """Show the zones with the largest differences, as many as fit. Zones that never differ are left out."""
        self.pair = found
        difference = (found.b - found.a)[1:].T
        most = np.nan_to_num(np.abs(difference)).max(axis=1, initial=0.0)
        rows = [int(i) for i in np.argsort(-most, kind="stable") if most[i] > 0][: max((self.height() - FOOT) // ROW, 1)]
        self.names = [found.names[i] for i in rows]
        self.values = difference[rows]
        self.most = float(np.nan_to_num(np.abs(self.values)).max(initial=0.0))
        self.image = QImage()
        if self.most:
            # The square root keeps small differences visible beside large ones.
            level = np.sign(self.values) * np.sqrt(np.abs(self.values) / self.most)
            places = np.where(np.isnan(level), ENDED, MIDDLE + np.rint(np.nan_to_num(level) * MIDDLE)).astype(np.uint8)
            height, width = places.shape
            self.image = QImage(places.tobytes(), width, height, width, QImage.Format.Format_Indexed8).copy()
            self.image.setColorTable([colour.rgb() for colour in (*ramp(self.session.theme), QColor(self.session.theme.ground))])
        self.update()

    def area(self) -> QRectF:
        """The rectangle of the cells."""
        return QRectF(self.labels, 0, self.width() - self.labels, len(self.names) * ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells, names, the moment and the legend."""
        painter, theme = QPainter(self), self.session.theme
        if self.pair is None or self.image.isNull():
            painter.setPen(QColor(theme.muted))
            sentence = "No difference: every zone has the same size in both, as far as both go."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, sentence)
            painter.end()
            return
        area, metrics = self.area(), QFontMetrics(self.font())
        painter.drawImage(area, self.image)
        for i, name in enumerate(self.names):
            row = QRectF(0, i * ROW, self.labels - 8, ROW)
            painter.setPen(QColor(theme.strong if name == self.session.zone else theme.muted))
            label = metrics.elidedText(words.one_line(name, 80), Qt.TextElideMode.ElideRight, self.labels - 12)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
            painter.setPen(QPen(QColor(theme.ground), 2))
            painter.drawLine(int(area.left()), int(row.bottom()), int(area.right()), int(row.bottom()))
        low, high = self.pair.x[0], self.pair.x[-1]
        if low <= self.session.moment_x <= high and high > low:
            place = min(area.left() + (self.session.moment_x - low) / (high - low) * area.width(), area.right() - 1)
            painter.setPen(QPen(QColor(theme.moment), 1.4))
            painter.drawLine(int(place), 0, int(place), int(area.bottom()))
        self._legend(painter, metrics)
        painter.end()

    def _legend(self, painter: QPainter, metrics: QFontMetrics) -> None:
        theme, top = self.session.theme, min(round(self.area().bottom()) + 4, self.height() - FOOT)
        left, right = f"A has {words.size(round(self.most))} more", f"B has {words.size(round(self.most))} more"
        before, after = (metrics.horizontalAdvance(sentence) + 8 for sentence in (left, right))
        half = max(min(90, (self.width() - before - after) // 2), 1)
        middle = max(min(self.labels + (self.width() - self.labels) // 2, self.width() - half - after), before + half)
        colours = ramp(theme)
        for x in range(2 * half):
            painter.fillRect(QRectF(middle - half + x, top + 15, 1, 9), colours[min(x * 255 // (2 * half), 254)])
        painter.setPen(QColor(theme.muted))
        painter.drawText(middle - half - before, top + 24, left)
        painter.drawText(middle + half + 8, top + 24, right)
        painter.setPen(QColor(theme.text))
        painter.drawText(middle - metrics.horizontalAdvance("0") // 2, top + 12, "0")

    def cell_at(self, place: QPoint) -> tuple[int, int] | None:
        """Row and column at a place, None outside the cells."""
        area = self.area()
        if self.image.isNull() or not area.contains(place):
            return None
        column = int((place.x() - area.left()) / area.width() * self.values.shape[1])
        return min(place.y() // ROW, len(self.names) - 1), min(column, self.values.shape[1] - 1)

    def words(self, row: int, column: int) -> str:
        """The text of one cell: zone, moment, bytes of both."""
        assert self.pair is not None
        at = self.pair.names.index(self.names[row])
        a, b = self.pair.a[column + 1, at], self.pair.b[column + 1, at]
        place = float(self.pair.x[column + 1])
        when = f"{place_words(self.session, place)} in A"
        second = "B has ended" if np.isnan(b) else f"B {words.size(round(b))}, B - A {words.signed_size(round(b - a))}"
        sizes = f"A {words.size(round(a))}, {second}"
        return f"{words.one_line(self.names[row], 200)}\n{when}\n{sizes}"

    def words_at(self, place: QPointF) -> str:
        """The text of the cell at a place, "" outside."""
        cell = self.cell_at(place.toPoint())
        return self.words(*cell) if cell else ""

    def event(self, event: QEvent) -> bool:
        """Say what a zone holds, beside the cells."""
        if isinstance(event, QHelpEvent):
            names, row = self.names, event.pos().y() // ROW
            named = event.pos().x() < self.labels and 0 <= row < len(names)
            QToolTip.showText(event.globalPos(), zone_tip(self.session, names[row] if named else ""), self)
            return True
        return super().event(event)

    def subject_at(self, place: QPoint) -> Subject:
        """What is at a place, for its menu: the zone of the row."""
        row = place.y() // ROW
        return self.pointer.subject(place, zone=self.names[row] if 0 <= row < len(self.names) else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the zone. `Pointer` moves the moment."""
        row = int(event.position().y()) // ROW
        if event.button() == Qt.MouseButton.LeftButton:
            self.session.select_zone(self.names[row] if row < len(self.names) else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down select a zone."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.names:
            at = self.names.index(self.session.zone) if self.session.zone in self.names else -1
            step = -1 if event.key() == Qt.Key.Key_Up else 1
            self.session.select_zone(self.names[max(0, min(at + step, len(self.names) - 1))])
        else:
            super().keyPressEvent(event)
