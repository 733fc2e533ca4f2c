"""A clickable sentence: plain text over several lines, with a coloured line on its left."""

import re
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from zoneviz import words
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject

EDGE, GAP, PAD = 2, 8, 3
"""Pixels: width of the line on the left, space after it, padding above and below the text."""


KEPT = 4
"""Widths whose lines a link keeps."""

GOES = "\u203a"
"""The mark at the right end: a click goes somewhere."""

LONGEST = 24
"""Longest name, in characters, that fits on one line of a panel."""


def breakable(text: str) -> str:
    """`text` with break points after underscores inside long names, and none in a figure with its unit or in a time."""
    return re.sub(rf"\S{{{LONGEST + 1},}}", lambda name: re.sub(r"(?<=[^\W_])_", "_\u200b", name[0]), words.unbroken(text))


class Link(QAbstractButton):
    """A button as high as its text. `tone`: "danger", "warning" or "", the colour of the line; danger has strong text too."""

    def __init__(self, session: Session, sentence: str, hint: str, parent: QWidget, tone: str = "") -> None:
        super().__init__(parent)
        self.session, self.sentence, self.tone = session, sentence, tone
        self.setText(sentence)
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(hint)
        self.setToolTip(hint)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.about: Subject | None = None
        """What its menu is about, besides the sentence."""
        self._over = False
        self._laid: dict[tuple[str, int, str], QTextLayout] = {}

    def subject_at(self, place: QPoint) -> Subject:
        """The sentence, and what it is about."""
        return replace(self.about or Subject(), text=self.sentence)

    def current_place(self) -> QPoint:
        """The middle of the sentence."""
        return self.rect().center()

    def hasHeightForWidth(self) -> bool:
        """Whether the height depends on the width: yes."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines plus padding."""
        return round(self._lines(width).boundingRect().height()) + 2 * PAD

    def sizeHint(self) -> QSize:
        """The present width, at least 200, and the height there."""
        width = max(self.width(), 200)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One line. More would leave empty space below the links, as the layout takes the height from `heightForWidth`."""
        return QSize(80, self.fontMetrics().lineSpacing() + 2 * PAD)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Highlight under the pointer."""
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """End the highlight."""
        self._over = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter clicks, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint line and text, a background under the pointer and a frame with the focus."""
        theme = self.session.theme
        painter = QPainter(self)
        if self._over or self.isDown():
            painter.fillRect(self.rect(), QColor(theme.chosen if self.isDown() else theme.raised))
        edge = {"danger": theme.danger, "warning": theme.warning}.get(self.tone, theme.accent)
        painter.fillRect(0, 0, EDGE, self.height(), QColor(edge))
        painter.setPen(QColor(theme.strong if self.tone == "danger" or self._over else theme.text))
        self._lines(self.width()).draw(painter, QPointF(EDGE + GAP, PAD))
        painter.setPen(QColor(theme.accent))
        painter.drawText(self.rect().adjusted(0, 0, -PAD, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, GOES)
        if self.hasFocus():
            painter.setPen(QColor(theme.accent))
            painter.drawRect(self.rect().adjusted(EDGE, 0, -1, -1))
        painter.end()

    def _lines(self, width: int) -> QTextLayout:
        """The text broken into lines. Kept: while the cursor is dragged, the layout asks for the heights of all links in every frame."""
        key = (self.sentence, width, self.font().key())
        if key not in self._laid:
            if len(self._laid) == KEPT:
                self._laid.clear()
            self._laid[key] = self._broken(width)
        return self._laid[key]

    def _broken(self, width: int) -> QTextLayout:
        layout = QTextLayout(breakable(self.sentence), self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        layout.setTextOption(option)
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width - EDGE - 2 * GAP - self.fontMetrics().horizontalAdvance(GOES), 40))
            line.setPosition(QPointF(0, top))
            top += line.height() + 1
        layout.endLayout()
        return layout
