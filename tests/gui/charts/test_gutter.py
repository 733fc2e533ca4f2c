"""The space left of the charts follows the size of the text."""

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from zoneviz.gui.charts.gutter import LEAST, LONGEST, TEXT_SCALE, gutter


def test_a_long_name_fits_at_every_text_size(qapp: QApplication) -> None:
    usual = QApplication.font()
    try:
        for scale in (1.0, 2.0, 1.0, 3.0):
            font = QApplication.font()
            font.setPointSizeF(usual.pointSizeF() * scale)
            QApplication.setFont(font)
            font.setPointSizeF(font.pointSizeF() * TEXT_SCALE)
            assert gutter(3000) >= max(LEAST, QFontMetrics(font).horizontalAdvance(LONGEST))
            assert gutter(90) == 30 and gutter(0) == 1
    finally:
        QApplication.setFont(usual)
    assert gutter(3000) < 2 * LEAST
