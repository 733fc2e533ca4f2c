"""The difference heatmap: rows zones, columns time, B's bytes less A's; blue where A has more, orange where B has."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from zoneviz.gui.charts.pair_curves import A_COLOUR, B_COLOUR
from zoneviz.gui.kit import text
from zoneviz.gui.kit.colours import blend
from zoneviz.gui.kit.theme import Theme
from zoneviz.gui.session.pair import Pair
from zoneviz.gui.session.session import Session

ROW, LABELS, FOOT = 18, 156, 32
MIDDLE = 127
"""The colour of no difference; 0 is the most that A has more, 254 the most that B has."""
ENDED = 255
"""Where there is nothing to compare with any more: the bare ground."""


def ramp(theme: Theme) -> list[QColor]:
    """255 colours from A's over the ground to B's, in even steps of difference; dark grounds have a dark middle."""
    ground = QColor(theme.raised)
    ends = QColor(A_COLOUR[theme.dark]), QColor(B_COLOUR[theme.dark])
    return [blend(ground, ends[i > MIDDLE], abs(i - MIDDLE) / MIDDLE) for i in range(255)]


def signed(size: float) -> str:
    """`+12.00 KiB`, `-3.00 KiB` or `0 B`."""
    return ("+" if size > 0 else "-" if size < 0 else "") + text.size(abs(round(size)))


class DifferenceCells(QWidget):
    """The cells with their names and a legend below. `opened`: Enter, for the table behind them."""

    opened = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.names: list[str] = []
        self.values = np.zeros((0, 0))
        self.pair: Pair | None = None
        self.most = 0.0
        self.image = QImage()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Difference heatmap: B less A by zone and time")
        self.setMinimumHeight(4 * ROW + FOOT)

    @property
    def columns(self) -> int:
        """As many as there is room for."""
        return max((self.width() - LABELS) // 5, 8)

    def show_pair(self, found: Pair) -> None:
        """Rows by the largest difference, as many as there is room for; those that never differ are left out."""
        self.pair = found
        difference = (found.b - found.a)[1:].T
        most = np.nan_to_num(np.abs(difference)).max(axis=1, initial=0.0)
        rows = [int(i) for i in np.argsort(-most, kind="stable") if most[i] > 0][: max((self.height() - FOOT) // ROW, 1)]
        self.names = [found.names[i] for i in rows]
        self.values = difference[rows]
        self.most = float(np.nan_to_num(np.abs(self.values)).max(initial=0.0))
        self.image = QImage()
        if self.most:
            # The square root, so that small differences are seen beside large ones; the sign stays.
            level = np.sign(self.values) * np.sqrt(np.abs(self.values) / self.most)
            places = np.where(np.isnan(level), ENDED, MIDDLE + np.rint(np.nan_to_num(level) * MIDDLE)).astype(np.uint8)
            height, width = places.shape
            self.image = QImage(places.tobytes(), width, height, width, QImage.Format.Format_Indexed8).copy()
            self.image.setColorTable([colour.rgb() for colour in (*ramp(self.session.theme), QColor(self.session.theme.ground))])
        self.update()

    def _area(self) -> QRectF:
        return QRectF(LABELS, 0, self.width() - LABELS, len(self.names) * ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cells, names, the moment, the legend."""
        painter, theme = QPainter(self), self.session.theme
        if self.pair is None or self.image.isNull():
            painter.setPen(QColor(theme.muted))
            words = "As far as both go, no zone holds more in one than in the other."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            painter.end()
            return
        area, metrics = self._area(), QFontMetrics(self.font())
        painter.drawImage(area, self.image)
        for i, name in enumerate(self.names):
            row = QRectF(0, i * ROW, LABELS - 8, ROW)
            painter.setPen(QColor(theme.strong if name == self.session.zone else theme.muted))
            label = metrics.elidedText(text.one_line(name, 80), Qt.TextElideMode.ElideRight, LABELS - 12)
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
        theme, top = self.session.theme, min(round(self._area().bottom()) + 4, self.height() - FOOT)
        left, right = f"A has {text.size(round(self.most))} more", f"B has {text.size(round(self.most))} more"
        before, after = (metrics.horizontalAdvance(words) + 8 for words in (left, right))
        half = max(min(90, (self.width() - before - after) // 2), 1)
        middle = max(min(LABELS + (self.width() - LABELS) // 2, self.width() - half - after), before + half)
        colours = ramp(theme)
        for x in range(2 * half):
            painter.fillRect(QRectF(middle - half + x, top + 15, 1, 9), colours[min(x * 255 // (2 * half), 254)])
        painter.setPen(QColor(theme.muted))
        painter.drawText(middle - half - before, top + 24, left)
        painter.drawText(middle + half + 8, top + 24, right)
        painter.setPen(QColor(theme.text))
        painter.drawText(middle - metrics.horizontalAdvance("0") // 2, top + 12, "0")

    def cell_at(self, place: QPoint) -> tuple[int, int] | None:
        """Row and column under the pointer."""
        area = self._area()
        if self.image.isNull() or not area.contains(place):
            return None
        column = int((place.x() - area.left()) / area.width() * self.values.shape[1])
        return min(place.y() // ROW, len(self.names) - 1), min(column, self.values.shape[1] - 1)

    def words(self, row: int, column: int) -> str:
        """What one cell says."""
        assert self.pair is not None
        at = self.pair.names.index(self.names[row])
        a, b = self.pair.a[column + 1, at], self.pair.b[column + 1, at]
        place = float(self.pair.x[column + 1])
        when = f"event {place:,.0f} of A" if self.session.series.by_event else f"{text.time(round(place * 1e9))} in A"
        held = f"A {text.size(round(a))}, " + ("B has ended" if np.isnan(b) else f"B {text.size(round(b))}, B - A {signed(b - a)}")
        return f"{text.one_line(self.names[row], 200)}\n{when}\n{held}"

    def event(self, event: QEvent) -> bool:
        """Hover tells the cell."""
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), text.plain(self.words(*cell)), self) if cell else QToolTip.hideText()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects the zone, and on a cell goes to the moment."""
        row = int(event.position().y()) // ROW
        self.session.select_zone(self.names[row] if row < len(self.names) else "")
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging moves the moment."""
        cell = self.cell_at(event.position().toPoint())
        if cell and self.pair is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.session.ask_x(float(self.pair.x[cell[1] + 1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose a zone, Enter the table."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.names:
            at = self.names.index(self.session.zone) if self.session.zone in self.names else -1
            step = -1 if event.key() == Qt.Key.Key_Up else 1
            self.session.select_zone(self.names[max(0, min(at + step, len(self.names) - 1))])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
