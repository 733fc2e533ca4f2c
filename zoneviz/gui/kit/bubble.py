"""A bubble beside a widget: a title, a few sentences and buttons, with a tip that points at the widget."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from zoneviz.gui.kit.escape import claimed

TIP = 10
"""Pixels around the bubble, and length of its tip."""
WIDTH = 330
RIGHT, LEFT, BELOW, ABOVE, INSIDE = "right", "left", "below", "above", "inside"


class Bubble(QFrame):
    """`forward`, `backward` and `left`: a button was pressed; Esc leaves as well. Not modal: all else stays usable."""

    forward = Signal()
    backward = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.side = INSIDE
        self._at = QPoint()
        self.setAccessibleName("Tour")
        self.title, self.words, self.count = QLabel(self), QLabel(self), QLabel(self)
        self.title.setProperty("role", "strong")
        self.count.setProperty("role", "muted")
        for label in (self.title, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.leave = QPushButton("Leave", self)
        self.leave.setToolTip("End the tour (Esc)")
        self.back = QPushButton("Back", self)
        self.next = QPushButton("Next", self)
        self.next.setProperty("role", "primary")
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.count)
        line.addStretch()
        for button in (self.leave, self.back, self.next):
            line.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(TIP + 14, TIP + 10, TIP + 14, TIP + 12)
        box.setSpacing(6)
        box.addWidget(self.title)
        box.addWidget(self.words)
        box.addSpacing(4)
        box.addLayout(line)
        self.next.clicked.connect(self.forward)
        self.back.clicked.connect(self.backward)
        self.leave.clicked.connect(self.left)

    def say(self, title: str, words: str, number: int, whole: int) -> None:
        """Show a step, `number` of `whole`, from 1 on."""
        self.title.setText(title)
        self.words.setText(words)
        self.count.setText(f"{number} of {whole}")
        self.back.setEnabled(number > 1)
        self.next.setText("Next" if number < whole else "Finish")
        self.setAccessibleDescription(f"{title}. {words}")

    def place(self, target: QRect | None, room: QRect) -> None:
        """Move beside `target` within `room`, both in the parent's pixels; None: to the middle."""
        width = min(WIDTH * self.fontMetrics().height() // 14, room.width())
        size = QSize(width, self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height())
        rect, self.side = beside(target, size, room) if target is not None else (centred(size, room), INSIDE)
        self.setGeometry(rect)
        self._at = target.center() - rect.topLeft() if target is not None else QPoint()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bubble, and the tip on the side of the widget."""
        body = QRectF(self.rect()).adjusted(TIP, TIP, -TIP, -TIP)
        path = QPainterPath()
        path.addRoundedRect(body, 6, 6)
        x = min(max(self._at.x(), body.left() + 2 * TIP), body.right() - 2 * TIP)
        y = min(max(self._at.y(), body.top() + 2 * TIP), body.bottom() - 2 * TIP)
        ends = {
            RIGHT: (QPointF(body.left() + 1, y), QPointF(-TIP, 0)), LEFT: (QPointF(body.right() - 1, y), QPointF(TIP, 0)),
            BELOW: (QPointF(x, body.top() + 1), QPointF(0, -TIP)), ABOVE: (QPointF(x, body.bottom() - 1), QPointF(0, TIP)),
        }  # fmt: skip
        if self.side in ends:
            base, out = ends[self.side]
            across = QPointF(out.y(), out.x()) * 0.8
            tip = QPainterPath()
            tip.addPolygon(QPolygonF([base - across, base + out, base + across, base - across]))
            path = path.united(tip)
        palette = QGuiApplication.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(palette.color(QPalette.ColorRole.Highlight)))
        painter.setBrush(palette.color(QPalette.ColorRole.Window))
        painter.drawPath(path)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Claim Esc before it becomes a shortcut."""
        return claimed(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, Enter continues; other keys are not for the window behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.forward.emit()
        else:
            event.ignore()


def centred(size: QSize, room: QRect) -> QRect:
    """A rectangle of this size in the middle of `room`."""
    out = QRect(QPoint(0, 0), size)
    out.moveCenter(room.center())
    return out


def beside(target: QRect, size: QSize, room: QRect) -> tuple[QRect, str]:
    """Where a rectangle of this size is beside `target` within `room`, and on which side; INSIDE, at its lower end, if none has room."""
    middle = centred(size, target)
    places = {
        RIGHT: QRect(QPoint(target.right() + 1, middle.top()), size),
        LEFT: QRect(QPoint(target.left() - size.width(), middle.top()), size),
        BELOW: QRect(QPoint(middle.left(), target.bottom() + 1), size),
        ABOVE: QRect(QPoint(middle.left(), target.top() - size.height()), size),
    }
    for side, rect in places.items():
        kept = within(rect, room)
        if not kept.intersects(target) and room.contains(kept):
            return kept, side
    return within(QRect(QPoint(middle.left(), target.bottom() - size.height()), size), room), INSIDE


def within(rect: QRect, room: QRect) -> QRect:
    """`rect`, moved into `room`."""
    out = QRect(rect)
    out.moveLeft(max(min(rect.left(), room.right() + 1 - rect.width()), room.left()))
    out.moveTop(max(min(rect.top(), room.bottom() + 1 - rect.height()), room.top()))
    return out
