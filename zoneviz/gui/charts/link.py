"""A sentence one can click: plain text that breaks where it must, with a line beside it like a note's."""

import re

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from zoneviz.gui.session.session import Session

EDGE, GAP, PAD = 2, 8, 3
"""Pixels: the line at the left, the space after it, the space above and below the text."""


LONGEST = 24
"""Characters of a name that stays whole: a panel has room for so many."""

UNIT = re.compile(r"(?<=\d) (?=%|(?:[mµn]?s|[KMG]iB|[kMG]?B)\b)")
"""The space between a figure and its unit."""


def breakable(words: str) -> str:
    """`words` so that a longer name may break after an underscore, but not after one it begins with, and no figure from its unit."""
    words = UNIT.sub("\u00a0", words)
    return re.sub(rf"\S{{{LONGEST + 1},}}", lambda name: re.sub(r"(?<=[^\W_])_", "_\u200b", name[0]), words)


class Link(QAbstractButton):
    """A button of any height. `tone`: "danger", "warning" or "" colours its line, and a dangerous one stands in strong text."""

    def __init__(self, session: Session, sentence: str, hint: str, parent: QWidget, tone: str = "") -> None:
        super().__init__(parent)
        self.session, self.sentence, self.tone = session, sentence, tone
        self.setText(sentence)
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(hint)
        self.setToolTip(hint)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._over = False

    def hasHeightForWidth(self) -> bool:
        """A narrow panel makes it high."""
        return True

    def heightForWidth(self, width: int) -> int:
        """All lines and the space around them."""
        return round(self._lines(width).boundingRect().height()) + 2 * PAD

    def sizeHint(self) -> QSize:
        """As wide as it is; at first that of a panel."""
        width = max(self.width(), 200)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Any width will do, and the height is what `heightForWidth` says there: more here would leave an empty space below all of them."""
        return QSize(80, self.fontMetrics().lineSpacing() + 2 * PAD)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be clicked."""
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """No more."""
        self._over = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter follows it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line, the text; a ground under the mouse, a frame with the focus."""
        theme = self.session.theme
        painter = QPainter(self)
        if self._over or self.isDown():
            painter.fillRect(self.rect(), QColor(theme.chosen if self.isDown() else theme.raised))
        edge = {"danger": theme.danger, "warning": theme.warning}.get(self.tone, theme.accent)
        painter.fillRect(0, 0, EDGE, self.height(), QColor(edge))
        painter.setPen(QColor(theme.strong if self.tone == "danger" or self._over else theme.text))
        self._lines(self.width()).draw(painter, QPointF(EDGE + GAP, PAD))
        if self.hasFocus():
            painter.setPen(QColor(theme.accent))
            painter.drawRect(self.rect().adjusted(EDGE, 0, -1, -1))
        painter.end()

    def _lines(self, width: int) -> QTextLayout:
        layout = QTextLayout(breakable(self.sentence), self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        layout.setTextOption(option)
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width - EDGE - 2 * GAP, 40))
            line.setPosition(QPointF(0, top))
            top += line.height() + 1
        layout.endLayout()
        return layout
