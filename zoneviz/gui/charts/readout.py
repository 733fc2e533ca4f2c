"""The small table at the line of the moment: the largest zones, tasks or servers there."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.gui.session.session import Session

ROWS = 8
"""Maximum number of rows, including the sum of the rest."""
LEAST = 2
AROUND = 10
"""Padding above plus below the rows, in pixels."""


class Readout(QWidget):
    """Where the cursor is; below it names and bytes, largest first. Mouse events pass through to the chart."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[tuple[str, int]] = []
        """Names and bytes as they are shown."""
        self._found: list[tuple[str, int]] = []
        self._rest = self.warning = self.head = ""
        self._colour: Callable[[str], QColor] = lambda _: QColor()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.87)
        self.setFont(font)

    def show_rows(
        self, found: list[tuple[str, int]], rest: str, colour: Callable[[str], QColor], warning: str = "", head: str = ""
    ) -> None:
        """Show (name, bytes), largest first. `rest`: the name of the sum of those that do not fit; `colour`: of a name's band;
        `warning`: a line below them; `head`: a line above them.
        """
        self._found, self._rest, self._colour, self.warning, self.head = found, rest, colour, warning, head
        self.fit(ROWS * self.line + AROUND)

    @property
    def line(self) -> int:
        """Height of a row."""
        return QFontMetrics(self.font()).height() + 4

    def fit(self, height: int) -> None:
        """Show as many rows as fit into `height` pixels; the last one is the sum of the rest."""
        most = max(min((height - AROUND) // self.line - bool(self.warning) - bool(self.head), ROWS), LEAST)
        rows, rest = self._found[: most - 1], sum(size for _, size in self._found[most - 1 :])
        self.rows = [*rows, (self._rest, rest)] if len(self._found) > most else self._found
        metrics = QFontMetrics(self.font())
        names = max((metrics.horizontalAdvance(self._name(name)) for name, _ in self.rows), default=0)
        figures = max((metrics.horizontalAdvance(words.size_cell(size)) for _, size in self.rows), default=0)
        width = max(22 + names + 18 + figures + 10, *(metrics.horizontalAdvance(said) + 16 for said in (self.warning, self.head)))
        self.resize(width, (len(self.rows) + bool(self.warning) + bool(self.head)) * self.line + AROUND)
        self.update()

    @staticmethod
    def _name(name: str) -> str:
        return words.one_line(name, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, each with the colour of its band."""
        theme = self.session.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(theme.raised)
        ground.setAlpha(240)
        painter.setBrush(ground)
        painter.setPen(QColor(theme.line))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        line, top = self.line, 5 + bool(self.head) * self.line
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(8, 5, self.width() - 16, line), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.head)
        for i, (name, size) in enumerate(self.rows):
            row = QRectF(8, top + i * line, self.width() - 16, line)
            painter.fillRect(QRectF(row.left(), row.center().y() - 4, 8, 8), self._colour(name))
            painter.setPen(QColor(theme.text))
            painter.drawText(row.adjusted(14, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._name(name))
            painter.setPen(QColor(theme.strong))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words.size_cell(size))
        painter.setPen(QColor(theme.danger))
        below = QRectF(8, top + len(self.rows) * line, self.width() - 16, line)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.warning)
        painter.end()


def after_loss(lost: int, set_since: bool) -> str:
    """What must be said of figures after events were lost; `lost`: how many, 0: unknown; `set_since`: whether a reading set them since."""
    said = words.count(lost, "event") if lost else "events"
    return f"{said} lost before the last reading" if set_since else f"at least: {said} lost before"
