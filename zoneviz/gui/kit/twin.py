"""The figures of a chart as a table in a dialog, for the keyboard, for copying and for screen readers."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from zoneviz.gui.kit.rows import Column, Rows, Sorted, Value
from zoneviz.gui.kit.tables import Table


class RowTable(Table):
    """A sortable table of plain rows. `chosen(values)`: a row became current. `opened(values)`: Enter or a double click."""

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, name: str, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.rows = Rows(columns, self)
        self.sorted = Sorted(self.rows)
        self.setModel(self.sorted)
        self.setSelectionMode(Table.SelectionMode.ExtendedSelection)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # in the given order until the user sorts
        self.setSortingEnabled(True)
        self.widths([column.sample for column in columns])
        # Only texts get the spare width; figures stay together.
        self.horizontalHeader().setStretchLastSection(columns[-1].left)
        self.selectionModel().currentRowChanged.connect(self._chosen)
        self.doubleClicked.connect(self._opened)
        self.activated.connect(self._opened)

    def about_values(self, subject: Callable[[Sequence[Value]], Any]) -> None:
        """Let the values of a row say what it is about, for its menu."""
        self.about = lambda row: subject(self.sorted.row_at(row))

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.sorted.row_at(current.row()))

    def _opened(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.sorted.row_at(index.row()))


class Twin(QDialog):
    """The rows as they were when the dialog was opened. Esc closes it; the window stays usable."""

    def __init__(self, title: str, words: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.table = RowTable(title, columns, self)
        self.table.rows.show_rows(rows)
        heading = QLabel(words, self)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setProperty("role", "muted")
        heading.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(6)
        layout.addWidget(heading)
        layout.addWidget(self.table, 1)
        self.resize(min(sum(self.table.columnWidth(i) for i in range(len(columns))) + 60, 1100), 520)
        self.table.setFocus()
