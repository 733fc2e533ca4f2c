"""The small table beside the moment line: who holds most there."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from zoneviz.gui import text
from zoneviz.gui.session import Session


class Readout(QWidget):
    """The biggest zones at the moment, beside the moment line; lets the mouse through."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[tuple[str, int]] = []
        self.colours: list[QColor] = []
        self._size = (1, 16)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.87)
        self.setFont(font)

    def show_rows(self, rows: list[tuple[str, int]], colours: list[QColor]) -> None:
        """Names and bytes, biggest first, and the colours of their bands."""
        self.rows, self.colours = rows, colours
        metrics = QFontMetrics(self.font())
        self.name_width = max((metrics.horizontalAdvance(self._name(n)) for n, _ in rows), default=0)
        figures = max((metrics.horizontalAdvance(text.size(b)) for _, b in rows), default=0)
        self._size = (22 + self.name_width + 18 + figures + 10, metrics.height() + 4)
        self.fit(len(rows) * self._size[1] + 10)
        self.update()

    def fit(self, height: int) -> None:
        """Show as many rows as there is height for."""
        width, line = self._size
        self.resize(width, min(len(self.rows), max((height - 10) // line, 1)) * line + 10)

    @staticmethod
    def _name(name: str) -> str:
        return text.one_line(name, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A small table with the bands' colours."""
        theme = self.session.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(theme.raised)
        ground.setAlpha(240)
        painter.setBrush(ground)
        painter.setPen(QColor(theme.line))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        line = QFontMetrics(self.font()).height() + 4
        for i, (name, size) in enumerate(self.rows[: (self.height() - 10) // line]):
            row = QRectF(8, 5 + i * line, self.width() - 16, line)
            painter.fillRect(QRectF(row.left(), row.center().y() - 4, 8, 8), self.colours[i])
            painter.setPen(QColor(theme.text))
            painter.drawText(row.adjusted(14, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._name(name))
            painter.setPen(QColor(theme.strong))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text.size(size))
        painter.end()
