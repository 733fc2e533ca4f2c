"""The table widget of all views: look, sorting, copying."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
)
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

from zoneviz.gui.kit.rows import RIGHT
from zoneviz.gui.kit.theme import figures

SORTING: dict[int, Qt.SortOrder] = {Qt.Key.Key_Up: Qt.SortOrder.AscendingOrder, Qt.Key.Key_Down: Qt.SortOrder.DescendingOrder}
"""Alt+Up and Alt+Down: sort by the current column, smallest or largest first."""

HEADING_SPACE = 16
"""Pixels around the text of a heading."""
SETTLED_MS = 200
"""Columns are fitted to new rows once these have stayed for this many ms: measuring them takes as long as painting them."""


class Headings(QHeaderView):
    """Headings at the edge of the table are shortened to the visible part, or left out if it is too narrow."""

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint the heading in its visible part."""
        seen = QRect(rect)
        seen.setRight(min(seen.right(), self.viewport().width() - 1))
        if seen.width() == rect.width() or seen.width() >= _least(self.parent(), logicalIndex):
            super().paintSection(painter, seen, logicalIndex)
            return
        option = QStyleOptionHeader()
        self.initStyleOption(option)
        option.rect = seen
        self.style().drawControl(QStyle.ControlElement.CE_HeaderSection, option, painter, self)


class InSight(QStyledItemDelegate):
    """Cells at the edge of the table are shortened to the visible part: half a number would read as another number.

    They are empty if the column's heading does not fit, because their figures would seem to belong to the column before, and likewise
    if its figures do not.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Paint the cell in its visible part."""
        table = self.parent()
        if isinstance(table, QTableView) and option.rect.right() >= table.viewport().width():
            option.rect.setRight(table.viewport().width() - 1)
            if option.rect.width() < min(_least(table, index.column()), table.columnWidth(index.column())):
                self.initStyleOption(option, index)
                option.text = ""
                table.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, table)
                return
        super().paint(painter, option, index)


def _least(table: object, column: int) -> int:
    """Pixels without which a column is not shown: those of its heading, and of its figures if it has any."""
    assert isinstance(table, QAbstractItemView)
    metrics, model = QFontMetrics(table.font()), table.model()
    words = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
    sample = table.sample(column) if isinstance(table, Table) else ""
    figures_ = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole) == RIGHT
    return HEADING_SPACE + max(metrics.horizontalAdvance(words), metrics.horizontalAdvance(sample) if figures_ else 0)


class EndShown(InSight):
    """Cells shortened at the start, for texts whose end matters most, such as call paths."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Shorten the text on the left."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class Table(QTableView):
    """A dense table of rows. Ctrl+C copies the chosen rows as text; Alt+Up and Alt+Down sort."""

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
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self.fit)
        self.linked = False
        """Whether choosing a row changes the selection of all views. Then the focus alone does not choose a row."""
        self.grows = -1
        """The column that gets the spare width its texts need; -1: none."""
        self.about: Callable[[int], Any] = lambda row: None
        """What a row is about, for its menu."""
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setResizeContentsPrecision(0)  # measure visible rows only
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def widths(self, samples: list[str]) -> None:
        """Make each column as wide as a sample text, so that widths do not change with the figures."""
        self._samples = samples
        metrics = QFontMetrics(self.font())
        for column, sample in enumerate(samples):
            header = str(self.model().headerData(column, Qt.Orientation.Horizontal) or "")
            needed = max(metrics.horizontalAdvance(sample), metrics.horizontalAdvance(header)) + 18
            # At scales such as 1.5 a header can be some pixels wider than its font's metrics say.
            self.setColumnWidth(column, max(needed, self.horizontalHeader().sectionSizeHint(column)))

    def sample(self, column: int) -> str:
        """A text as wide as those of a column usually are; "" if none is known."""
        return self._samples[column] if column < len(self._samples) else ""

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show another model."""
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self._settled.start)

    def fit(self) -> None:
        """Widen columns to their headings, and columns of figures to the visible rows: half a number would read as another one.

        Texts are shortened instead. No column becomes narrower.
        """
        if self.model() is None or not self.isVisible():
            return
        for column in range(self.model().columnCount()):
            needed = self.horizontalHeader().sectionSizeHint(column)
            if self.model().headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole) == RIGHT:
                needed = max(needed, self.sizeHintForColumn(column))
            if not self.isColumnHidden(column) and needed > self.columnWidth(column):
                self.setColumnWidth(column, needed)
        self.give_room()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the columns: only now the fonts of the style sheet are known."""
        super().showEvent(event)
        self.fit()

    def give_room(self) -> None:
        """Give the column `grows` the width its texts need, if there is spare width."""
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
        """Fit the column that grows."""
        super().resizeEvent(event)
        self.give_room()

    def changeEvent(self, event: QEvent) -> None:
        """Fit rows and columns to another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.model() is not None:
            self.verticalHeader().setDefaultSectionSize(QFontMetrics(self.font()).height() + 7)
            self.widths(self._samples)
            self.fit()
            self.give_room()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keep Qt from choosing the first row of a linked table."""
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
        """Ctrl+C: copy. Alt+Up, Alt+Down: sort by the current column."""
        order = SORTING.get(event.key()) if event.modifiers() & Qt.KeyboardModifier.AltModifier else None
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.chosen_text())
        elif order is not None and self.isSortingEnabled():
            self.sortByColumn(max(self.currentIndex().column(), 0), order)
            self.scrollTo(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def chosen_text(self) -> str:
        """The chosen rows as lines, cells separated by tabs."""
        return "\n".join(self.row_text(row) for row in sorted(index.row() for index in self.selectionModel().selectedRows()))

    def row_text(self, row: int) -> str:
        """A row as text, cells separated by tabs; "" if there is no such row."""
        model = self.model()
        if model is None or not 0 <= row < model.rowCount():
            return ""
        return "\t".join(str(model.index(row, column).data() or "") for column in range(model.columnCount()))

    # menus

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row. The right button opens a menu; it chooses nothing, because that could change the selection of all views."""
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def row_at(self, place: QPoint) -> int:
        """The row at a place of the table, -1 for none."""
        return self.indexAt(self.viewport().mapFrom(self, place)).row()

    def subject_at(self, place: QPoint) -> Any:
        """What the row at a place of the table is about, None for none."""
        row = self.row_at(place)
        return self.about(row) if row >= 0 else None

    def current_place(self) -> QPoint | None:
        """The middle of the current row, after scrolling to it; None without one."""
        index = self.currentIndex()
        if not index.isValid():
            return None
        self.scrollTo(index)
        area = self.visualRect(index).intersected(self.viewport().rect())
        return self.viewport().mapTo(self, area.center()) if area.isValid() else None
