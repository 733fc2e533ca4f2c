"""A table model of plain rows, for the figures behind charts and other tables of moderate length."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap

from zoneviz import words

Index = QModelIndex | QPersistentModelIndex
SORT, CURVE, COLOUR = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
SHOWN, ALIGNED, DECORATED = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.TextAlignmentRole, Qt.ItemDataRole.DecorationRole
TIPPED = Qt.ItemDataRole.ToolTipRole
ROLES = frozenset(map(int, (SORT, SHOWN, ALIGNED, DECORATED, TIPPED)))
"""The roles for which `data` has a value."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Value = int | float | str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, meaning (its tool tip), how a value is written, and a text as wide as most cells."""

    name: str
    meaning: str = ""
    shown: Callable[[Any], str] = words.number
    sample: str = "999,999"
    left: bool = False


def text_column(name: str, meaning: str = "", sample: str = "some words here") -> Column:
    """A column of texts, shown as plain text in one line."""
    return Column(name, meaning, lambda value: words.one_line(str(value), 200), sample, left=True)


class Rows(QAbstractTableModel):
    """Rows with one value per column. The role `SORT` has the bare value. `colours`: a swatch in the first cell of each row."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: Sequence[Sequence[Value]] = []
        self.colours: Sequence[QColor] = []
        self.tips: Callable[[str, object], str] = lambda heading, value: ""
        """The tool tip of a cell, by its column's heading and its value."""

    def show_rows(self, rows: Sequence[Sequence[Value]], colours: Sequence[QColor] = ()) -> None:
        """Show other rows. Selection and scroll position stay if their number is the same."""
        same = len(rows) == len(self.rows)
        if not same:
            self.beginResetModel()
        self.rows, self.colours = rows, colours
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """The number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings; their meanings as tool tips."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.meaning
        return (LEFT if column.left else RIGHT) if role == ALIGNED else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The value of a cell for a role."""
        if role not in ROLES:  # a table view asks for ten roles per cell
            return None
        column = index.column()
        if role == ALIGNED:
            return LEFT if self.columns[column].left else RIGHT
        if role == DECORATED:
            return self._swatch(index.row()) if column == 0 else None
        value = self.rows[index.row()][column]
        if role == TIPPED:
            return self.tips(self.columns[column].name, value)
        return self.columns[column].shown(value) if role == SHOWN else value

    def _swatch(self, row: int) -> QIcon | None:
        if row < len(self.colours):
            pixmap = QPixmap(9, 9)
            pixmap.fill(self.colours[row])
            icon = QIcon(pixmap)
            icon.addPixmap(pixmap, QIcon.Mode.Selected)
            return icon
        return None


class Sorted(QSortFilterProxyModel):
    """Rows in the order the user chose."""

    def __init__(self, source: Rows) -> None:
        super().__init__(source)
        self.setSourceModel(source)
        self.setSortRole(SORT)

    def row_at(self, row: int) -> Sequence[Value]:
        """The values of a row of the sorted table."""
        source = self.sourceModel()
        assert isinstance(source, Rows)
        return source.rows[self.mapToSource(self.index(row, 0)).row()]
