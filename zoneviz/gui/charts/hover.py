"""What is under the pointer: a thin line at its time in every chart, and a few words beside it. Nothing is sought or laid out for it."""

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from zoneviz.gui.session.session import Session

PAD, AWAY = 6, 14
"""Pixels around the words, and between them and the pointer."""
ALPHA = 90
WIDE = 3


class Hover(QObject):
    """The place on the axis under the pointer, in whichever chart it is; None outside. `moved`: another place, once a frame."""

    moved = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.x: float | None = None

    @classmethod
    def of(cls, session: Session) -> "Hover":
        """The session's, made on first use."""
        return session.findChild(cls) or cls(session)

    def show_at(self, x: float | None) -> None:
        """Show another place with the next frame."""
        if x != self.x:
            self.x = x
            self.session.frames.ask(self.moved.emit)


class HoverLine(QWidget):
    """A thin line over a chart. Mouse events pass through to the chart."""

    def __init__(self, session: Session, chart: QWidget) -> None:
        super().__init__(chart)
        self.session = session
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_in(self, area: QRectF, pixel: float | None) -> None:
        """Show it at x = `pixel` of a chart's area; None hides it."""
        inside = pixel is not None and area.left() <= pixel <= area.right()
        if inside and pixel is not None:
            left = min(int(pixel) - WIDE // 2, int(area.right()) - WIDE)
            self.setGeometry(left, int(area.top()), WIDE, max(int(area.height()), 1))
            self.raise_()
        self.setVisible(inside)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill it."""
        painter = QPainter(self)
        if not self.session.theme.dark:  # a dark line must be seen on dark cells too
            halo = QColor("#ffffff")
            halo.setAlpha(ALPHA)
            painter.fillRect(self.rect(), halo)
        painter.fillRect(self.rect().adjusted(1, 0, -1, 0), QColor(self.session.theme.accent))
        painter.end()


class HoverTip(QWidget):
    """Words beside the pointer, over all that the window shows. Mouse events pass through."""

    def __init__(self, session: Session, chart: QWidget) -> None:
        super().__init__(chart.window())
        self.session, self.chart = session, chart
        self.lines: list[str] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.87)
        self.setFont(font)
        self.hide()

    def say(self, sentence: str, pointer: QPoint, spare: QWidget | None = None) -> None:
        """Show lines of plain text at a place of the chart; "" hides them. `spare`: a part of the chart to leave free if there is room."""
        window = self.chart.window()
        if not sentence:
            self.hide()
            return
        self.lines = sentence.split("\n")
        metrics = QFontMetrics(self.font())
        width = max(metrics.horizontalAdvance(line) for line in self.lines) + 2 * PAD
        self.resize(width, metrics.height() * len(self.lines) + PAD)
        at = self.chart.mapTo(window, pointer)
        left = at.x() + AWAY if at.x() + AWAY + width <= window.width() else at.x() - AWAY - width
        below = at.y() + AWAY if at.y() + AWAY + self.height() <= window.height() else at.y() - AWAY - self.height()
        self.move(self._beside(QPoint(max(left, 0), max(below, 0)), at, spare))
        self.show()
        self.raise_()
        self.update()

    def _beside(self, corner: QPoint, at: QPoint, spare: QWidget | None) -> QPoint:
        """`corner`, or a place near the pointer where the words do not cover `spare`."""
        if spare is None or not spare.isVisible():
            return corner
        window = self.chart.window()
        kept = QRect(spare.mapTo(window, QPoint()), spare.size())
        places = (corner, QPoint(at.x() - AWAY - self.width(), corner.y()), QPoint(corner.x(), kept.bottom() + PAD))
        free = (place for place in places if window.rect().contains(room := QRect(place, self.size())) and not room.intersects(kept))
        return next(free, corner)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, the first one strong."""
        theme, metrics = self.session.theme, QFontMetrics(self.font())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.line))
        painter.fillRect(self.rect().adjusted(1, 1, -1, -1), QColor(theme.raised))
        for i, line in enumerate(self.lines):
            painter.setPen(QColor(theme.text if i else theme.strong))
            painter.drawText(PAD, PAD // 2 + i * metrics.height() + metrics.ascent(), line)
        painter.end()
