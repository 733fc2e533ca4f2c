"""A line of figures that shows as many of its parts as there is room for."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

BETWEEN = " · "


class Parts(QLabel):
    """Parts of a sentence, the most needed first. Those for which there is no room go whole, the last first; the tool tip has all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: list[str] = []
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "muted")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, parts: Sequence[str]) -> None:
        """Other parts; empty ones are none."""
        self.parts = [part for part in parts if part]
        self.setToolTip("\n".join(self.parts))
        self._fit()

    def _fit(self) -> None:
        said, metrics = list(self.parts), self.fontMetrics()
        while said and metrics.horizontalAdvance(BETWEEN.join(said)) > self.width():
            said.pop()
        self.setText(BETWEEN.join(said))

    def minimumSizeHint(self) -> QSize:
        """It needs no width."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer fit."""
        super().resizeEvent(event)
        self._fit()
