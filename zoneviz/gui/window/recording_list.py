"""The list of recordings: how a row is painted and edited, and its keys."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from zoneviz.app.heads import stem
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.session.shelf import Item
from zoneviz.gui.window.recording_rows import ROW, Row, Rows

Index = QModelIndex | QPersistentModelIndex
NAME, TAGS = "name", "tags"
"""What the editor in a row changes."""
GAP, LEAST = 8, 40
"""Pixels between two texts of a line, and the least room for a text that is shortened."""


class RowDelegate(QStyledItemDelegate):
    """Two lines a row: title, size and age; outcome, settings and tags. A bar at the left marks the recording on show.

    `editing`: what the editor of a row changes.
    """

    def __init__(self, view: "RowList") -> None:
        super().__init__(view)
        self._view = view
        self.editing = NAME

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines, or the one of a heading."""
        line = self._view.fontMetrics().height()
        return QSize(80, line + 12 if self._view.rows.item(index) is None else 2 * line + 7)  # without asking for the heads of all rows

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a recording or a heading."""
        row = index.data(ROW)
        area: QRect = option.rect.adjusted(8, 0, -6, 0)
        palette = QGuiApplication.palette()  # a style sheet makes the widget's half transparent
        muted, plain = palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.WindowText)
        metrics = option.fontMetrics
        if not isinstance(row, Row):
            painter.setPen(muted)
            below = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(area.adjusted(-8, 0, 0, -2), below, str(index.data() or ""))
            return
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        on_show = row.item.path == self._view.rows.shown
        if on_show:
            painter.fillRect(QRect(option.rect.left(), option.rect.top() + 3, 3, option.rect.height() - 6), palette.highlight().color())
        height = metrics.height()
        upper = QRect(area.left(), area.top() + 3, area.width(), height)
        lower = upper.translated(0, height)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        painter.setPen(muted)
        painter.drawText(upper, right, row.note)
        room = upper.width() - metrics.horizontalAdvance(row.note) - GAP
        name = metrics.elidedText(row.title, Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(palette.color(QPalette.ColorRole.BrightText) if on_show else plain)
        painter.drawText(upper, left, name)
        used = metrics.horizontalAdvance(name) + GAP
        if row.also and room - used > LEAST:
            painter.setPen(muted)
            painter.drawText(upper.adjusted(used, 0, 0, 0), left, metrics.elidedText(row.also, Qt.TextElideMode.ElideRight, room - used))
        theme = DARK if plain.lightness() > 128 else LIGHT
        tones = {"danger": theme.danger, "warning": theme.warning, "accent": theme.accent}
        painter.setPen(QColor(tones[row.tone]) if row.tone in tones else plain)
        outcome = metrics.elidedText(row.outcome, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, left, outcome)
        used = metrics.horizontalAdvance(outcome) + GAP if outcome else 0
        painter.setPen(muted)
        about = metrics.elidedText(row.about, Qt.TextElideMode.ElideRight, max(lower.width() - used, 0))
        painter.drawText(lower.adjusted(used, 0, 0, 0), left, about)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field for the name or the tags."""
        field = QLineEdit(parent)
        field.setAccessibleName("New name of the recording" if self.editing == NAME else "Tags of the recording")
        field.setPlaceholderText("name" if self.editing == NAME else "tags, separated by spaces")
        field.setAutoFillBackground(True)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Enter what there is."""
        row = index.data(ROW)
        if isinstance(editor, QLineEdit) and isinstance(row, Row):
            editor.setText(stem(row.item.path) if self.editing == NAME else " ".join(row.tags))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        """Pass on what was typed."""
        row = index.data(ROW)
        if isinstance(editor, QLineEdit) and isinstance(row, Row):
            self._view.edited.emit(row.item, self.editing, editor.text())


class RowList(QListView):
    """The list. A click or Enter emits `opened(path)`; editing a row, `edited(item, NAME or TAGS, text)`; Delete, `deleted(item)`."""

    opened = Signal(object)
    edited = Signal(object, str, str)
    deleted = Signal(object)
    menu_asked = Signal(object, QPoint)
    """The item, and where on the screen."""

    def __init__(self, rows: Rows, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = rows
        self.setModel(rows)
        self.delegate = RowDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Recordings")
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._open)

    def _open(self, index: QModelIndex) -> None:
        item = self.rows.item(index)
        if item is not None:
            self.opened.emit(item.path)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the recording under the pointer or, from the keyboard, of the current one."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        item = self.rows.item(index)
        if item is not None:
            self.scrollTo(index)
            self.menu_asked.emit(item, self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos())

    def change(self, item: Item, what: str) -> None:
        """Let the user change the name or the tags of a recording in its row."""
        self.delegate.editing = what
        self.setCurrentIndex(self.rows.place(item.path))
        self.edit(self.currentIndex())

    def content_height(self) -> int:
        """Pixels that all rows need."""
        line = self.fontMetrics().height()
        headings = self.rows.rowCount() - self.rows.found
        return self.rows.found * (2 * line + 7) + headings * (line + 12) + 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, F2 renames, Delete moves to the trash; Tab leaves the list."""
        item = self.rows.item(self.currentIndex())
        if item is None or event.modifiers() or self.state() == QListView.State.EditingState:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(item.path)
        elif event.key() == Qt.Key.Key_F2:
            self.change(item, NAME)
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit(item)
        else:
            super().keyPressEvent(event)
