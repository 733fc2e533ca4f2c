"""The zones at the moment as a table model."""

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap

from zoneviz import words
from zoneviz.gui.charts.growth import MANY, Curves
from zoneviz.gui.kit.colours import zone_colour
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import ALIGNED, COLOUR, CURVE, DECORATED, LEFT, RIGHT, SHOWN, SORT
from zoneviz.gui.kit.theme import LIGHT, Theme
from zoneviz.state.figures import UNKNOWN

COLUMNS = (
    ("zone", tip("zone", "Name of the zone, as passed to zinit")),
    ("size", "cur_size: the memory of the zone"),
    ("share", tip("zone_map", "Share of all zone memory, that is the zone map plus boot memory")),
    ("growth", "Bytes per second, or per 1,000 events or per reading, over the twentieth of the visible range before the moment"),
    ("in use", tip("element", "Elements in use")),
    ("free", tip("free list", "Elements on the free list")),
    ("element", "Size of one element"),
    ("max", "max_size: at this size an exhaustible zone fails; other zones raise it and keep growing"),
    ("kind", "exhaustible, fixed, collectable or reclaimable, if it is; a reclaimable one shrinks when memory runs short"),
    ("over time", "Size over the visible range, each zone on its own scale. Sorts by growth in the range."),
)
_KEYS = ("name", "cur_size", "cur_size", "", "in_use", "free", "elem_size", "max_size", "flags")
NAME, SIZE, SHARE, GROWTH, IN_USE, FREE, ELEMENT, MAX, FLAGS, OVER_TIME = range(len(COLUMNS))
Index = QModelIndex | QPersistentModelIndex
ROLES = frozenset(
    map(int, (SORT, CURVE, COLOUR, SHOWN, ALIGNED, DECORATED, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.ForegroundRole))
)
"""The roles for which `data` has a value."""


class ZoneTable(QAbstractTableModel):
    """One row per zone of `machine()["zones"]`. The role `SORT` has the bare value."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[dict[str, Any]] = []
        self.ceiling = 0
        self.theme: Theme = LIGHT
        self.curves = Curves.none()
        self.rates: dict[str, float] = {}
        self.counted = ""
        self.noun = "zone"
        """What the system calls a zone."""
        self._order = SIZE, Qt.SortOrder.DescendingOrder
        self._drawn: tuple[object, ...] = ()
        self._texts: list[list[str]] = []
        """The text of each cell when the zones were shown last, with the rest that it is painted by, `_drawn`."""
        self._swatches: dict[int, QIcon] = {}
        self.colour: Callable[[str], QColor] = lambda name: zone_colour(name, self.theme.dark)
        """The colour of a zone."""
        self.meaning: Callable[[str], str] = lambda name: ""
        """The tool tip of a zone's name."""

    def show_zones(self, rows: list[dict[str, Any]], ceiling: int) -> None:
        """Show the zones at another moment. Selection and order stay if the zones are the same."""
        self.ceiling = ceiling
        rows = self._sorted(rows)
        if [r["name"] for r in rows] == [r["name"] for r in self.rows]:
            self.rows = rows
            self._tell_changes()
        elif {r["name"] for r in rows} == {r["name"] for r in self.rows}:
            self._rearrange(rows)
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def _tell_changes(self) -> None:
        """Announce the cells that look different, row by row: a table that is painted as a whole takes a sixth of a frame."""
        before, drawn = self._texts, self._drawn
        self._texts = [
            [*(self.shown(row, c) for c in range(len(COLUMNS))), str(not self.rows[row]["cur_size"])] for row in range(len(self.rows))
        ]
        self._drawn = self.theme, self.curves, self.counted
        if len(before) != len(self._texts) or any(one is not other for one, other in zip_longest(drawn, self._drawn)):
            before = [[] for _ in self._texts]
        for row, (old, new) in enumerate(zip(before, self._texts, strict=True)):
            changed = [c for c, (was, now) in enumerate(zip_longest(old, new)) if was != now]
            if changed:
                past = len(COLUMNS) - 1
                first, last = (0, past) if changed[-1] > past else (changed[0], changed[-1])  # an empty zone is muted
                self.dataChanged.emit(self.index(row, first), self.index(row, last))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Show the rows in the order of a column, now and at later moments."""
        self._order = column, order
        self._rearrange(self._sorted(self.rows))

    def _sorted(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        column, order = self._order
        return sorted(rows, key=lambda row: self.value_of(row, column), reverse=order == Qt.SortOrder.DescendingOrder)

    def _rearrange(self, rows: list[dict[str, Any]]) -> None:
        """Show the same zones in another order; selection and current row stay with their zones."""
        self.layoutAboutToBeChanged.emit()
        places = {row["name"]: place for place, row in enumerate(rows)}
        old = self.persistentIndexList()
        new = [self.index(places[self.rows[index.row()]["name"]], index.column()) for index in old]
        self.rows = rows
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def show_growth(self, curves: Curves, rates: dict[str, float], counted: str) -> None:
        """Set curves and rates. Call before `show_zones`."""
        turned, self.counted = self.counted != counted, counted
        self.curves, self.rates = curves, rates
        if turned:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, GROWTH, GROWTH)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008  Qt's own signature
        """The index of a cell. Qt's own asks for the size of the table each time, seven times a cell that is painted."""
        there = not parent.isValid() and 0 <= row < len(self.rows) and 0 <= column < len(COLUMNS)
        return self.createIndex(row, column) if there else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row per zone."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of COLUMNS."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns; their meanings as tool tips."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return {GROWTH: self._growth, NAME: self.noun}.get(section, COLUMNS[section][0])
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(section)
        return None

    @property
    def _growth(self) -> str:
        return {"": "growth/s", "event": f"growth/{words.number(MANY['event'])}", "reading": "growth/reading"}[self.counted]

    def value(self, row: int, column: int) -> int | str:
        """The bare value of a cell, -1 if unknown; growth in bytes per second or per MANY events or readings."""
        return self.value_of(self.rows[row], column)

    def value_of(self, row: dict[str, Any], column: int) -> int | str:
        """As `value`, of a row of `rows`."""
        name = row["name"]
        if column == GROWTH:
            return round(self.rates.get(name, 0.0) * MANY.get(self.counted, 1))
        if column == OVER_TIME:
            curve = self.curves.sizes.get(name)
            return 0 if curve is None else round(float(curve[-1] - curve[0]))
        value: int | str | None = row[_KEYS[column]]
        return UNKNOWN if value is None else value

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The value of a cell for a role."""
        if role not in ROLES:  # a table view asks for ten roles per cell
            return None
        row, column = index.row(), index.column()
        if role == SORT:
            return self.value(row, column)
        if role == CURVE:
            return self.curves.sizes.get(self.rows[row]["name"])
        if role == COLOUR:
            return self.colour(str(self.rows[row]["name"]))
        if role == Qt.ItemDataRole.ToolTipRole and column == OVER_TIME:
            return self.curve_words(row)
        if role == Qt.ItemDataRole.ToolTipRole and column == NAME:
            return self.meaning(str(self.rows[row]["name"]))
        if role == Qt.ItemDataRole.DisplayRole:
            return self.shown(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(column)
        if role == Qt.ItemDataRole.DecorationRole and column == NAME:
            return self._swatch(self.colour(str(self.rows[row]["name"])))
        if role == Qt.ItemDataRole.ForegroundRole and (column in (MAX, ELEMENT, FLAGS) or not self.rows[row]["cur_size"]):
            return QColor(self.theme.muted)
        return None

    def shown(self, row: int, column: int) -> str:
        """The text of a cell."""
        value = self.value(row, column)
        if isinstance(value, str):
            return words.one_line(value, 200)
        if column == OVER_TIME or (column != GROWTH and value == UNKNOWN):
            return ""
        if column == GROWTH:
            return words.size_cell(value) if self.rates else "-"
        if column == SHARE:
            return words.share_cell(value, self.ceiling)
        if column == ELEMENT:
            return f"{words.number(value)} B"
        return words.size_cell(value) if column in (SIZE, MAX) else words.number(value)

    def curve_words(self, row: int) -> str:
        """The curve of a row in words."""
        curve = self.curves.sizes.get(self.rows[row]["name"])
        if curve is None:
            return ""
        first, last, peak = (words.size(round(float(v))) for v in (curve[0], curve[-1], curve.max()))
        return f"from {first} to {last}, at most {peak}, in the visible range"

    def _swatch(self, colour: QColor) -> QIcon:
        key = colour.rgb()
        if key not in self._swatches:
            pixmap = QPixmap(QSize(9, 9))
            pixmap.fill(colour)
            # Qt would tint a selected icon; the swatch must keep the zone's colour.
            self._swatches[key] = QIcon(pixmap)
            self._swatches[key].addPixmap(pixmap, QIcon.Mode.Selected)
        return self._swatches[key]


def _aligned(column: int) -> Qt.AlignmentFlag:
    return LEFT if column in (NAME, FLAGS, OVER_TIME) else RIGHT


class SortedZones(QSortFilterProxyModel):
    """The zones in the order the user chose, at first by size."""

    def __init__(self, source: ZoneTable) -> None:
        super().__init__(source)
        self.source = source
        self.setSourceModel(source)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Let the source sort: comparing in Python, row by row, costs more than all the rest of a moment."""
        self.source.sort(column, order)

    def zone_at(self, row: int) -> str:
        """The zone in a row of the sorted table."""
        return str(self.index(row, NAME).data(SORT))

    def row_of(self, name: str) -> int:
        """The row of a zone in the sorted table, -1 if it is not shown."""
        return next((row for row in range(self.rowCount()) if self.zone_at(row) == name), -1)
