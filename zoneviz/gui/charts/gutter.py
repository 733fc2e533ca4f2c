"""The space left of a chart for names and figures. All charts with an axis of time have the same, so one moment is at one place in all."""

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

LEAST = 156
"""Width in pixels, with the usual size of text."""
LONGEST = "non-kernel map entries"
"""A long name that must fit."""
TEXT_SCALE = 0.9
"""Size of the names, relative to the application's font."""


def gutter(width: int) -> int:
    """The gutter in pixels of a chart `width` pixels wide: enough for a long name, at most a third of the chart."""
    font = QApplication.font()
    font.setPointSizeF(font.pointSizeF() * TEXT_SCALE)
    return min(max(LEAST, QFontMetrics(font).horizontalAdvance(LONGEST) + 14), max(width // 3, 1))
