"""A list as high as its rows; each has a muted note at its right end."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPalette
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from zoneviz import words
from zoneviz.gui.kit import text

NOTE, PAYLOAD = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
ROW = 23


class _Delegate(QStyledItemDelegate):
    """A row with a muted note at its right end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        self.initStyleOption(option, index)
        words, note = option.text, str(index.data(NOTE) or "")
        option.text = ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        area: QRect = option.rect.adjusted(8, 0, -8, 0)
        palette: QPalette = option.palette
        width = painter.fontMetrics().horizontalAdvance(note)
        # The application's own: a style sheet makes the widget's half transparent.
        painter.setPen(QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)
        painter.setPen(QColor(palette.color(QPalette.ColorRole.WindowText)))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, area.width() - width - (10 if note else 0))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class ShortList(QListWidget):
    """A list as high as its rows."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def add(self, sentence: str, note: str, payload: object, hint: str) -> None:
        """Append a row. `payload`: what `mark` finds it by; `hint`: its tool tip."""
        item = QListWidgetItem(words.one_line(sentence, 200), self)
        item.setData(NOTE, note)
        item.setData(PAYLOAD, payload)
        item.setToolTip(text.plain(hint))

    def fit(self) -> None:
        """Set the height to that of the rows."""
        self.setFixedHeight(self.count() * ROW + 2)

    def mark(self, payload: object) -> None:
        """Select the row of `payload`, or no row, without a signal."""
        self.blockSignals(True)
        self.setCurrentRow(next((row for row in range(self.count()) if self.item(row).data(PAYLOAD) == payload), -1))
        self.blockSignals(False)
