"""The colour scale of amounts, with a figure at each end."""

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from zoneviz.gui.kit.colours import amount_colours
from zoneviz.gui.session.session import Session


class ColourScale(QWidget):
    """The colour scale with a figure at each end."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.low, self.high = "0", ""
        self.setFixedSize(190, 18)

    def show_range(self, high: str) -> None:
        """Set the figure of the brightest colour."""
        self.high = high
        metrics = QFontMetrics(self.font())
        self.setFixedSize(max(190, 120 + metrics.horizontalAdvance("1,023.99 KiB")), max(18, metrics.height()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint 0, the colours and the highest figure."""
        painter = QPainter(self)
        painter.setPen(QColor(self.session.theme.muted))
        metrics = QFontMetrics(self.font())
        right = self.width() - metrics.horizontalAdvance(self.high)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.high)
        ramp = QRect(right - 6 - 96, 5, 96, 8)
        table = amount_colours()
        image = QImage(np.ascontiguousarray(table).tobytes(), 256, 1, 256 * 3, QImage.Format.Format_RGB888)
        painter.drawImage(ramp, image)
        painter.drawText(QRect(0, 0, ramp.left() - 6, self.height()), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.low)
        painter.end()
