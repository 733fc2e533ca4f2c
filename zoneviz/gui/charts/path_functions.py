"""All functions of the call paths in one table, and beside it who calls the chosen one and what it calls."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.path_figures import Figure, cells, figures, name_column
from zoneviz.gui.charts.path_source import Found
from zoneviz.gui.kit.rows import Column, Value
from zoneviz.gui.kit.twin import RowTable
from zoneviz.playback.costs import CHANGED, Function, around, functions

NARROW = 700
"""Width in pixels below which callers and callees are under the functions."""


class PathFunctions(QSplitter):
    """Three tables. `chosen(name)`: a function became current. Enter on a caller or callee goes on to that function."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setChildrenCollapsible(False)
        self.all = self._table("Functions")
        self.callers, self.callees = self._table("Callers"), self._table("Callees")
        self.captions = QLabel(self), QLabel(self)
        side = QSplitter(Qt.Orientation.Vertical, self)
        side.setChildrenCollapsible(False)
        for caption, table in zip(self.captions, (self.callers, self.callees), strict=True):
            caption.setProperty("role", "muted")
            caption.setTextFormat(Qt.TextFormat.PlainText)
            box = QWidget(side)
            layout = QVBoxLayout(box)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(2)
            layout.addWidget(caption)
            layout.addWidget(table, 1)
            side.addWidget(box)
        self.addWidget(self.all)
        self.addWidget(side)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.setFocusProxy(self.all)
        self.name = ""
        self._found: Found | None = None
        self._whole: list[int] = []
        self.all.chosen.connect(lambda values: self._choose(str(values[0])))
        for table in (self.callers, self.callees):
            table.opened.connect(lambda values: self.show_function(str(values[0])))

    def _table(self, name: str) -> RowTable:
        table = RowTable(name, [name_column("function")], self)
        table.setSelectionMode(RowTable.SelectionMode.ExtendedSelection)
        table.sorted.setFilterKeyColumn(0)
        table.sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        table.setMinimumWidth(200)
        return table

    def set_about(self, about: Callable[[Sequence[Value]], Any]) -> None:
        """What a row is about, for its menu."""
        for table in (self.all, self.callers, self.callees):
            table.about_values(about)

    def show_found(self, found: Found, whole: Sequence[int], wanted: str) -> None:
        """Show the functions of other stacks; `wanted`: only those whose name has it."""
        self._found, self._whole = found, list(whole)
        known = functions(found.stacks)
        self.all.sorted.setFilterFixedString(wanted)
        columns = figures(found)
        _fill(self.all, name_column("function"), columns, known, self._whole, found.compared)
        if self.name not in known:
            self.name = max(known, key=lambda name: known[name].owns[found.at], default="")
        self.all.blockSignals(True)  # it is the chosen one already
        self._mark(self.name)
        self.all.blockSignals(False)
        self._show_around()

    def show_function(self, name: str) -> None:
        """Make a function the current one."""
        if self._mark(name):
            self.all.setFocus()
        self._choose(name)

    def _mark(self, name: str) -> bool:
        """Make the row of a function the current one; whether there is one."""
        table = self.all
        row = next((row for row in range(table.sorted.rowCount()) if table.sorted.row_at(row)[0] == name), -1)
        if row >= 0 and (table.currentIndex().row() != row or not table.selectionModel().hasSelection()):
            table.setCurrentIndex(table.sorted.index(row, 0))
        return row >= 0

    def _choose(self, name: str) -> None:
        if name != self.name:
            self.name = name
            self._show_around()
            self.chosen.emit(name)

    def _show_around(self) -> None:
        found = self._found
        if found is None:
            return
        columns = figures(found)
        called = words.middle(self.name, 50)
        self.captions[0].setText(f"Callers of {called}")
        self.captions[1].setText(f"Callees of {called}")
        for table, known in zip((self.callers, self.callees), around(found.stacks, self.name), strict=True):
            _fill(table, name_column("function"), columns, known, self._whole, found.compared)

    def resizeEvent(self, event: Any) -> None:
        """Put the tables below each other where they are narrow."""
        super().resizeEvent(event)
        way = Qt.Orientation.Vertical if self.width() < NARROW else Qt.Orientation.Horizontal
        if way != self.orientation():
            self.setOrientation(way)


def _fill(
    table: RowTable, name: Column, columns: Sequence[Figure], known: Mapping[str, Function], whole: Sequence[int], compared: bool
) -> None:
    """Show functions, largest first unless the user has sorted; of a difference only those that changed."""
    shape = (name, *(figure.column for figure in columns))
    kept = [one for one in known.values() if not compared or any(one.sums[CHANGED:])]
    rows = [[one.name, *cells(columns, one, whole)] for one in kept]
    if [column.name for column in shape] == [column.name for column in table.rows.columns]:
        table.rows.columns = shape
        table.rows.show_rows(rows)
        return
    table.rows.beginResetModel()
    table.rows.columns, table.rows.rows = shape, rows
    table.rows.endResetModel()
    table.widths([column.sample for column in shape])
    table.grows = 0
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    table.fit()
