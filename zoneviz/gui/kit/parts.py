"""A label of several parts that shows as many as fit."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

BETWEEN = " · "


class Parts(QLabel):
    """Parts in order of importance. Those that do not fit are left out, last ones first; the tool tip has all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: list[str] = []
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "muted")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, parts: Sequence[str]) -> None:
        """Show other parts, without empty ones."""
        self.parts = [part for part in parts if part]
        self.setToolTip("\n".join(self.parts))
        self._fit()

    def _fit(self) -> None:
        said, metrics = list(self.parts), self.fontMetrics()
        while said and metrics.horizontalAdvance(BETWEEN.join(said)) > self.width():
            said.pop()
        self.setText(BETWEEN.join(said))

    def minimumSizeHint(self) -> QSize:
        """The label may have any width."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the parts."""
        super().resizeEvent(event)
        self._fit()
