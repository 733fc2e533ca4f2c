"""Call paths as a tree of rows: from the top down, with figures, sorted by any of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from zoneviz.gui.charts.path_figures import Figure
from zoneviz.gui.kit.rows import LEFT, RIGHT, Column, Index, Value
from zoneviz.gui.kit.tables import SORTING, Headings
from zoneviz.gui.kit.theme import figures as figures_font
from zoneviz.playback.callpaths import ALL, Node, matching
from zoneviz.playback.costs import CHANGED

DISPLAY, ALIGN = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.TextAlignmentRole
NAME_WIDTH = 34
"""Width of the column of names, in characters; more if there is room."""


@dataclass(slots=True)
class _Row:
    node: Node
    above: int
    place: int
    """Among its siblings."""
    below: list[int] | None = None


class PathModel(QAbstractItemModel):
    """The boxes below a root. Rows get their numbers when they are first asked for, so what is folded costs nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.root = Node(ALL, 0)
        self.name = Column("function", left=True)
        self.figures: Sequence[Figure] = ()
        self.order = 1, Qt.SortOrder.DescendingOrder
        self._kept: set[int] | None = None
        self._rows: list[_Row] = []

    def show_tree(self, root: Node, name: Column, figures: Sequence[Figure], wanted: str, compared: bool) -> None:
        """Show another tree: of a difference only what has changed; and what matches `wanted`, with the way to it and what is below."""
        self.beginResetModel()
        self.root, self.name, self.figures = root, name, figures
        self._rows = [_Row(root, -1, 0)]
        self._kept = None
        if wanted:
            self._kept = {id(below) for node in matching(root, wanted) for part in (node.walk(), _way(node)) for below in part}
        if compared:
            changed = {id(node) for node in root.walk() if any(node.sums[CHANGED:])}
            self._kept = changed if self._kept is None else self._kept & changed
        self.endResetModel()

    def node(self, index: Index) -> Node:
        """The box of a row."""
        return self._rows[index.internalId()].node if index.isValid() else self.root

    def index_of(self, trail: Sequence[str]) -> QModelIndex:
        """The row at the end of a trail of names; invalid if missing."""
        number = 0
        for name in trail:
            number = next((i for i in self._below(number) if self._rows[i].node.name == name), 0)
            if not number:
                break
        return self.createIndex(self._rows[number].place, 0, number) if number else QModelIndex()

    def _below(self, number: int) -> list[int]:
        if not self._rows:
            return []
        row = self._rows[number]
        if row.below is None:
            column, order = self.order
            children = [node for node in row.node.children.values() if self._kept is None or id(node) in self._kept]
            children.sort(key=lambda node: self.value(node, column), reverse=order == Qt.SortOrder.DescendingOrder)
            row.below = list(range(len(self._rows), len(self._rows) + len(children)))
            self._rows += [_Row(node, number, place) for place, node in enumerate(children)]
        return row.below

    def value(self, node: Node, column: int) -> Value:
        """The value of a cell."""
        return self.figures[column - 1].value(node, self.root.sums) if 0 < column <= len(self.figures) else node.name

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort siblings by a column."""
        self.beginResetModel()
        self.order = max(column, 0), order
        self._rows = self._rows[:1]
        for row in self._rows:
            row.below = None
        self.endResetModel()

    # Qt's own

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The index of a cell."""
        below = self._below(parent.internalId() if parent.isValid() else 0)
        there = 0 <= row < len(below) and 0 <= column < self.columnCount()
        return self.createIndex(row, column, below[row]) if there else QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The index of the row above in the tree."""
        above = self._rows[index.internalId()].above if index.isValid() else 0
        return self.createIndex(self._rows[above].place, 0, above) if above > 0 else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The number of children."""
        return 0 if parent.column() > 0 else len(self._below(parent.internalId() if parent.isValid() else 0))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Name and figures."""
        return 1 + len(self.figures)

    def column(self, section: int) -> Column:
        """What a column shows."""
        return self.figures[section - 1].column if section else self.name

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        """The headings; their meanings as tool tips."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.column(section)
        texts: dict[int, Any] = {DISPLAY: column.name, Qt.ItemDataRole.ToolTipRole: column.meaning, ALIGN: LEFT if column.left else RIGHT}
        return texts.get(role)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        """The text of a cell."""
        if role == ALIGN:
            return LEFT if self.column(index.column()).left else RIGHT
        return self.column(index.column()).shown(self.value(self.node(index), index.column())) if role == DISPLAY else None


def _way(node: Node) -> list[Node]:
    """A box and those above it."""
    above = node.parent
    return [*(_way(above) if above is not None else []), node]


class PathTree(QTreeView):
    """The rows. `chosen(node)`: a row became current. What is unfolded, and the current row, stay by name when the tree changes."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Call paths as a tree")
        self.setFont(figures_font(self.font()))
        self.paths = PathModel(self)
        self.setModel(self.paths)
        headings = Headings(Qt.Orientation.Horizontal, self)
        headings.setSectionsClickable(True)
        headings.setHighlightSections(False)
        headings.setStretchLastSection(False)
        self.setHeader(headings)
        self.setSortingEnabled(True)
        self.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.about: Callable[[Node], Any] = lambda node: None
        """What a row is about, for its menu."""
        self._open: set[tuple[str, ...]] = set()
        self._current: list[str] = []
        self._shape: list[str] = []
        self._quiet = False
        self.expanded.connect(lambda index: self._fold(index, True))
        self.collapsed.connect(lambda index: self._fold(index, False))
        headings.sortIndicatorChanged.connect(lambda *_: self._restore(""))
        self.selectionModel().currentRowChanged.connect(self._chosen)

    def show_tree(self, root: Node, name: Column, figures: Sequence[Figure], wanted: str = "", compared: bool = False) -> None:
        """Show another tree."""
        scrolled = self.verticalScrollBar().value()
        self._quiet = True
        self.paths.show_tree(root, name, figures, wanted, compared)
        self._restore(wanted)
        shape = [name.name, *(figure.column.name for figure in figures)]
        if shape != self._shape:
            self._shape = shape
            metrics = self.fontMetrics()
            self.setColumnWidth(0, NAME_WIDTH * metrics.averageCharWidth())
            for i, figure in enumerate(figures, 1):
                widest = max(metrics.horizontalAdvance(figure.column.sample), metrics.horizontalAdvance(figure.column.name))
                self.setColumnWidth(i, widest + 22)
        self._give_room()
        self.verticalScrollBar().setValue(scrolled)

    def _restore(self, wanted: str) -> None:
        """Unfold what was unfolded, and the way to what was searched."""
        self._quiet = True
        ways = set(self._open)
        if wanted:
            ways |= {tuple(above.trail()) for node in matching(self.paths.root, wanted)[:200] for above in _way(node)[1:-1]}
        if not ways:  # at first, the way along the largest
            node, way = self.paths.root, []
            while len(node.children) == 1 or (node.children and node is self.paths.root):
                node = next(iter(node.children.values()))
                way.append(node.name)
                ways.add(tuple(way))
        for trail in sorted(ways, key=len):
            if (index := self.paths.index_of(trail)).isValid():
                self.expand(index)
        if self._current and (index := self.paths.index_of(self._current)).isValid():
            self.setCurrentIndex(index)
        self._quiet = False

    def _fold(self, index: QModelIndex, unfolded: bool) -> None:
        trail = tuple(self.paths.node(index).trail())
        if not self._quiet:
            (self._open.add if unfolded else self._open.discard)(trail)

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            node = self.paths.node(current)
            self._current = node.trail()
            self.chosen.emit(node)

    def choose(self, trail: Sequence[str]) -> None:
        """Make a row the current one, without a signal."""
        self._current = list(trail)
        if (index := self.paths.index_of(trail)).isValid():
            self._quiet = True
            self.setCurrentIndex(index)
            self._quiet = False

    def _give_room(self) -> None:
        """Give the names the width that the figures leave."""
        others = sum(self.columnWidth(i) for i in range(1, self.paths.columnCount()))
        self.setColumnWidth(0, max(self.viewport().width() - others, NAME_WIDTH * self.fontMetrics().averageCharWidth()))

    def resizeEvent(self, event: Any) -> None:
        """Fit the names."""
        super().resizeEvent(event)
        self._give_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C: copy the chosen rows. Alt+Up, Alt+Down: sort by the current column. The tree's own: arrows, *, + and -."""
        order = SORTING.get(event.key()) if event.modifiers() & Qt.KeyboardModifier.AltModifier else None
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.chosen_text())
        elif order is not None:
            self.sortByColumn(max(self.currentIndex().column(), 0), order)
        else:
            super().keyPressEvent(event)

    def chosen_text(self) -> str:
        """The chosen rows as lines, cells separated by tabs, names indented."""
        chosen = {row.internalId(): self.paths.node(row) for row in self.selectionModel().selectedRows()}
        rows = sorted(chosen.values(), key=lambda node: node.trail())
        columns = range(1, self.paths.columnCount())
        return "\n".join(
            "\t".join(["  " * (node.depth - 1) + node.name, *(self.paths.column(c).shown(self.paths.value(node, c)) for c in columns)])
            for node in rows
        )

    # menus

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row. The right button opens a menu and chooses nothing."""
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def subject_at(self, place: QPoint) -> Any:
        """What the row at a place is about, None for none."""
        index = self.indexAt(self.viewport().mapFrom(self, place))
        return self.about(self.paths.node(index)) if index.isValid() else None

    def current_place(self) -> QPoint | None:
        """The middle of the current row, None without one."""
        index = self.currentIndex()
        return self.viewport().mapTo(self, self.visualRect(index).center()) if index.isValid() else None
