"""A list of things to open: each has a name, a note at its right end and a sentence below."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from zoneviz import words
from zoneviz.gui.kit import text

Index = QModelIndex | QPersistentModelIndex
OFFER = Qt.ItemDataRole.UserRole
GAP = 10
"""Pixels between a name and the note."""
PADDING = 5
"""Pixels above and below the two lines."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A row. `value`: what is chosen; `hint`: its tool tip, the sentence if empty."""

    value: object
    name: str
    sentence: str
    note: str = ""
    hint: str = ""


class _Delegate(QStyledItemDelegate):
    """Two lines: name and note; the sentence."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, height_of(option.fontMetrics))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        offer = index.data(OFFER)
        assert isinstance(offer, Offer)
        palette, metrics = QGuiApplication.palette(), option.fontMetrics  # a style sheet makes the widget's half transparent
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        upper = QRect(option.rect.left() + 8, option.rect.top() + PADDING, option.rect.width() - 16, metrics.height())
        lower = upper.translated(0, metrics.height())
        painter.save()
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(upper, right, offer.note)
        painter.drawText(lower, left, metrics.elidedText(offer.sentence, Qt.TextElideMode.ElideRight, lower.width()))
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        room = upper.width() - metrics.horizontalAdvance(offer.note) - (GAP if offer.note else 0)
        painter.drawText(upper, left, painter.fontMetrics().elidedText(offer.name, Qt.TextElideMode.ElideMiddle, room))
        painter.restore()


def height_of(metrics: QFontMetrics) -> int:
    """Pixels of a row."""
    return 2 * (metrics.height() + PADDING)


class Offers(QListWidget):
    """A list as high as its rows. `chosen(value)`: a row was clicked, or Enter pressed in it. Up and Down move; Tab leaves."""

    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Delegate(self))
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(OFFER).value))

    def show_offers(self, offers: list[Offer]) -> None:
        """Show these rows; the current row stays at its place."""
        row = self.currentRow()
        if [item.data(OFFER) for item in self.listed()] != offers:
            self.clear()
            for offer in offers:
                item = QListWidgetItem(words.one_line(offer.name, 200), self)
                item.setData(OFFER, offer)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (offer.name, offer.sentence, offer.note))))
                item.setToolTip(text.plain(offer.hint or offer.sentence))
            self.setCurrentRow(min(max(row, 0), len(offers) - 1))
        self.fit()

    def listed(self) -> list[QListWidgetItem]:
        """The rows."""
        return [self.item(row) for row in range(self.count())]

    def fit(self) -> None:
        """Set the height to that of the rows in this text size."""
        self.setFixedHeight(self.count() * height_of(self.fontMetrics()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the current row."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.chosen.emit(item.data(OFFER).value)
        else:
            super().keyPressEvent(event)
