"""A line of colours with names and figures: as many as fit, or all of them, shortened."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from zoneviz import words
from zoneviz.gui.charts.zone_tip import zone_lines
from zoneviz.gui.kit import text
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject

SWATCH, GAP = 9, 14


class Legend(QWidget):
    """Entries (name, colour, figure) from left to right. The tool tip lists all of them.

    `whole`: show every entry and shorten figures in the middle where they do not fit.
    """

    def __init__(self, session: Session, name: str, parent: QWidget, whole: bool = False) -> None:
        super().__init__(parent)
        self.whole = whole
        self.session = session
        self.entries: list[tuple[str, QColor, str]] = []
        self.zones: Sequence[str] = ()
        self.setAccessibleName(name)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The height of one line."""
        return QSize(100, QFontMetrics(self.font()).height() + 4)

    def show_entries(self, entries: Sequence[tuple[str, QColor, str]], zones: Sequence[str] = ()) -> None:
        """Show other entries. `zones`: the zone that each is of, if they are of zones; "" for one that is of none."""
        self.zones = zones
        self.entries = [(words.one_line(name, 40), colour, figure) for name, colour, figure in entries]
        self.setAccessibleDescription(self.words())
        self.update()

    def words(self) -> str:
        """All entries as text, one per line."""
        return "\n".join(f"{name} {figure}".rstrip() for name, _, figure in self.entries)

    def fitted(self) -> list[str]:
        """The figures as painted, shortened if `whole`."""
        figures = [figure for _, _, figure in self.entries]
        if not self.whole:
            return figures
        metrics = QFontMetrics(self.font())
        room = self.width() - GAP * (len(figures) - 1)
        room -= sum(SWATCH + 5 + metrics.horizontalAdvance(f"{name}  ") for name, _, _ in self.entries)
        # Short ones first: the space they leave goes to the others.
        out = dict(enumerate(figures))
        for left, i in enumerate(sorted(out, key=lambda i: metrics.horizontalAdvance(figures[i]))):
            share = max(room // (len(figures) - left), 0)
            out[i] = metrics.elidedText(figures[i], Qt.TextElideMode.ElideMiddle, share)
            room -= metrics.horizontalAdvance(out[i])
        return list(out.values())

    def _first(self, name: str, figure: str, kept: int) -> str:
        """The first name, shortened to fit: a legend that reads only "+ 6 more" is useless."""
        metrics = QFontMetrics(self.font())
        room = self.width() - kept - SWATCH - 5 - metrics.horizontalAdvance(f"  {figure}")
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(room, 0))

    def places(self) -> list[tuple[str, QRectF]]:
        """Name, shortened where it does not fit, and place of each visible entry."""
        metrics = QFontMetrics(self.font())
        more, x, out = metrics.horizontalAdvance("+ 99 more"), 0.0, []
        for i, ((name, _, _), figure) in enumerate(zip(self.entries, self.fitted(), strict=True)):
            last = i == len(self.entries) - 1
            if not i and not self.whole:
                name = self._first(name, figure, 0 if last else GAP + more)
            width = SWATCH + 5 + metrics.horizontalAdvance(f"{name}  {figure}")
            if not self.whole and x + width + (0 if last else GAP + more) > self.width():
                break
            out.append((name, QRectF(x, 0, width, self.height())))
            x += width + GAP
        return out

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint swatch, name and figure of each entry."""
        painter = QPainter(self)
        theme, metrics = self.session.theme, QFontMetrics(self.font())
        places, x = self.places(), 0.0
        for (name, room), (_, colour, _), figure in zip(places, self.entries, self.fitted(), strict=False):
            painter.fillRect(QRectF(room.left(), (self.height() - SWATCH) / 2, SWATCH, SWATCH), colour)
            painter.setPen(QColor(theme.muted))
            area = QRectF(room.left() + SWATCH + 5, 0, room.width(), self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QColor(theme.text))
            area.setLeft(area.left() + metrics.horizontalAdvance(f"{name}  "))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, figure)
            x = room.right() + GAP
        if len(places) < len(self.entries):
            painter.setPen(QColor(theme.muted))
            left = f"+ {len(self.entries) - len(places)} more"
            painter.drawText(QRectF(x, 0, self.width() - x, self.height()), Qt.AlignmentFlag.AlignVCenter, left)
        painter.end()

    def zone_at(self, place: QPointF) -> str:
        """The zone whose entry is at a place, "" without one."""
        return next((zone for zone, (_, room) in zip(self.zones, self.places(), strict=False) if room.contains(place)), "")

    def subject_at(self, place: QPoint) -> Subject | None:
        """What the entry at a place is about, for its menu: a zone, if it is of one."""
        zone = self.zone_at(QPointF(place))
        return Subject(zone=zone) if zone else None

    def event(self, event: QEvent) -> bool:
        """Say what the zone of the entry under the pointer holds, then list all entries."""
        if isinstance(event, QHelpEvent) and self.entries:
            zone = self.zone_at(QPointF(event.pos()))
            lines = [*zone_lines(self.session, zone), ""] if zone else []
            QToolTip.showText(event.globalPos(), text.plain("\n".join([*lines, self.words()])), self)
            return True
        return super().event(event)
