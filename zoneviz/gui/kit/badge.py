"""A label that shows a state: an icon and a word in one colour."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from zoneviz.gui.kit.icons import picture
from zoneviz.gui.kit.theme import Theme, restyle

LEFT = {"badge": 0.65, "state": 0.0}
"""By role, the space left of the icon in em; the style sheet leaves room for the icon."""
SIDE = 0.85
"""Size of the icon in em."""


class Badge(QLabel):
    """`role`: "badge", on a coloured ground, or "state", plain. It does not take clicks."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = ""
        self._colour = ""
        self._left = LEFT[role]
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed if role == "badge" else QSizePolicy.Policy.Preferred)

    def say(self, icon: str, tone: str, theme: Theme) -> None:
        """Show an icon of kit/icons in the colour of a tone: "danger", "warning", "accent" or ""."""
        colour = getattr(theme, tone or "text")
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)
        if (icon, colour) != (self.icon, self._colour):
            self.icon, self._colour = icon, colour
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and the icon before it."""
        super().paintEvent(event)
        if not self.icon or not self.text():
            return
        em = self.fontInfo().pixelSize()
        side = round(SIDE * em)
        shape = picture(self.icon, self._colour, side, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(round(self._left * em), (self.height() - side) // 2, shape)
        painter.end()
