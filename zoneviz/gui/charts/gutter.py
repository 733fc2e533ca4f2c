"""The space left of a chart for names and figures. All charts with an axis of time have the same, so one moment is at one place in all."""

from functools import lru_cache

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
    return min(_enough(QApplication.font().key()), max(width // 3, 1))


@lru_cache(maxsize=16)
def _enough(_: str) -> int:
    """Pixels for a long name in the application's font, whose key this is. Charts ask a hundred times a frame."""
    font = QApplication.font()
    font.setPointSizeF(font.pointSizeF() * TEXT_SCALE)
    return max(LEAST, QFontMetrics(font).horizontalAdvance(LONGEST) + 14)
