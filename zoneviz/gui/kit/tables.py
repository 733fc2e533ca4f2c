"""How tables look and are copied, the same for all."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionHeader,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from zoneviz.gui.kit.theme import figures

SORTING: dict[int, Qt.SortOrder] = {Qt.Key.Key_Up: Qt.SortOrder.AscendingOrder, Qt.Key.Key_Down: Qt.SortOrder.DescendingOrder}
"""With Alt: smallest at the top, largest at the top, of the column that Left and Right choose."""

HEADING_SPACE = 8
"""Pixels beside the words of a heading."""


class Headings(QHeaderView):
    """Headings that the edge of the table cuts are shortened there, and left out where they have no room: as the cells below them."""

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """As any heading, in what is in sight of it."""
        seen = QRect(rect)
        seen.setRight(min(seen.right(), self.viewport().width() - 1))
        words = str(self.model().headerData(logicalIndex, self.orientation()) or "")
        if seen.width() == rect.width() or seen.width() >= self.fontMetrics().horizontalAdvance(words) + HEADING_SPACE:
            super().paintSection(painter, seen, logicalIndex)
            return
        option = QStyleOptionHeader()
        self.initStyleOption(option)
        option.rect = seen
        self.style().drawControl(QStyle.ControlElement.CE_HeaderSection, option, painter, self)


class InSight(QStyledItemDelegate):
    """Cells that the edge of the table cuts are shortened there: half of a number would be read as another number.

    Where not even the column's heading has room they are empty: a figure without its name would be read as the next one's.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """As any cell, in what is in sight of it."""
        table = self.parent()
        if isinstance(table, QTableView) and option.rect.right() >= table.viewport().width():
            option.rect.setRight(table.viewport().width() - 1)
            heading = str(table.model().headerData(index.column(), Qt.Orientation.Horizontal) or "")
            if option.rect.width() < option.fontMetrics.horizontalAdvance(heading) + HEADING_SPACE:
                self.initStyleOption(option, index)
                option.text = ""
                table.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, table)
                return
        super().paint(painter, option, index)


class EndShown(InSight):
    """Cells whose end says most, as that of a call path: where there is no room, it is the beginning that goes."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """As any cell, shortened at the left."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class Table(QTableView):
    """A dense table of rows; Ctrl+C copies the chosen ones as text, Alt+Up and Alt+Down sort."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(figures(self.font()))
        self.setItemDelegate(InSight(self))
        headings = Headings(Qt.Orientation.Horizontal, self)
        headings.setSectionsClickable(True)
        self.setHorizontalHeader(headings)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(self.font()).height() + 7)
        self._samples: list[str] = []
        self.linked = False
        """Whether the chosen row is the selection of every view: then the focus alone chooses none."""
        self.grows = -1
        """The column that takes the room that is left, as far as its words need it; -1: none."""
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setResizeContentsPrecision(0)  # what is in sight decides, not a thousand rows
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def widths(self, samples: list[str]) -> None:
        """Make each column as wide as a sample text, whatever it holds: nothing jumps while figures change."""
        self._samples = samples
        metrics = QFontMetrics(self.font())
        for column, sample in enumerate(samples):
            header = str(self.model().headerData(column, Qt.Orientation.Horizontal) or "")
            self.setColumnWidth(column, max(metrics.horizontalAdvance(sample), metrics.horizontalAdvance(header)) + 18)

    def give_room(self) -> None:
        """Make the growing column as wide as its words, where there is room for them."""
        if self.grows < 0 or self.model() is None or not self._samples:
            return
        metrics = QFontMetrics(self.font())
        header = str(self.model().headerData(self.grows, Qt.Orientation.Horizontal) or "")
        least = max(metrics.horizontalAdvance(self._samples[self.grows]), metrics.horizontalAdvance(header)) + 18
        last = self.model().columnCount() - 1
        others = sum(self.columnWidth(c) for c in range(last + 1) if c not in (self.grows, last))
        others += self.sizeHintForColumn(last) if self.horizontalHeader().stretchLastSection() else self.columnWidth(last)
        self.setColumnWidth(self.grows, max(min(self.sizeHintForColumn(self.grows) + 8, self.viewport().width() - others), least))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less room for the growing column."""
        super().resizeEvent(event)
        self.give_room()

    def changeEvent(self, event: QEvent) -> None:
        """Larger or smaller text needs other rows and columns."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.model() is not None:
            self.verticalHeader().setDefaultSectionSize(QFontMetrics(self.font()).height() + 7)
            self.widths(self._samples)
            self.give_room()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt makes the first row the current one where none is."""
        nothing = self.linked and not self.currentIndex().isValid()
        chooser = self.selectionModel()
        if chooser is None or not nothing:
            super().focusInEvent(event)
            return
        chooser.blockSignals(True)
        super().focusInEvent(event)
        chooser.clear()
        chooser.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or sort by the current column, else as any table."""
        order = SORTING.get(event.key()) if event.modifiers() & Qt.KeyboardModifier.AltModifier else None
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.chosen_text())
        elif order is not None and self.isSortingEnabled():
            self.sortByColumn(max(self.currentIndex().column(), 0), order)
            self.scrollTo(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def chosen_text(self) -> str:
        """The chosen rows, columns parted by tabs."""
        model, columns = self.model(), range(self.model().columnCount())
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return "\n".join("\t".join(str(model.index(row, c).data() or "") for c in columns) for row in rows)
