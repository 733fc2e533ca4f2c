"""The memory of A and B at the moment: tables by zone, by task or server, and by call path; and both page maps."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.page_colours import colouring
from zoneviz.gui.charts.pagecells import PageCells
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.playback.compare.readings import ZoneChange
from zoneviz.playback.compare.tables import Figure, Tables
from zoneviz.playback.pagemap import page_map
from zoneviz.state.machine import MachineState
from zoneviz.state.pages import MISSING

UNKNOWN_CELL = -(1 << 62)
"""A figure that a side does not report; sorts below all others."""


def signed_cell(value: int) -> str:
    """A difference in bytes with as many decimals as the sizes beside it: `+12.00 KiB`."""
    return ("+" if value > 0 else "-" if value < 0 else "") + words.size_cell(abs(value))


def columns(what: str) -> tuple[Column, ...]:
    """Columns of a table by `what`: name, then elements and bytes of A, of B, and their difference."""
    count, size = "999,999", "1,023.99 KiB"
    return (
        # Both ends of a call path matter, so it is shortened in the middle.
        Column(what, tip(what), lambda name: words.middle(str(name), 400), "kernel map entries and more", left=True),
        Column("elements A", tip("element", "Elements in use in A"), _known(words.number), count),
        Column("B", "Elements in use in B", _known(words.number), count),
        Column("B - A", "Elements that B has more than A", _known(words.signed), count),
        Column("bytes A", "Memory in A", _known(words.size_cell), size),
        Column("B", "Memory in B", _known(words.size_cell), size),
        Column("B - A", "Memory that B uses more than A", _known(signed_cell), f"+{size}"),
    )


def row(figure: Figure) -> tuple[int | str, ...]:
    """The cells of a figure."""
    (one, other), (a, b) = figure.elements, figure.bytes
    return figure.name, one, other, other - one, a, b, b - a


def change_row(change: ZoneChange) -> tuple[int | str, ...]:
    """The cells of a zone at two readings; empty if unknown. `B - A` of elements and of bytes are what both sides report."""
    (one, other), (a, b) = change.elements, change.bytes
    more, more_bytes = None if one is None or other is None else other - one, None if a is None or b is None else b - a
    figures = (one, other, more, a, b, more_bytes)
    return change.name, *(UNKNOWN_CELL if value is None else value for value in figures)


def _known(shown: Callable[[int], str]) -> Callable[[int], str]:
    return lambda value: "" if value == UNKNOWN_CELL else shown(value)


class PairTables(QWidget):
    """One table for each way to group. `chosen(zone)`: a row of the table of zones became current."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tables = {way: RowTable(f"Memory of A and B by {way}", columns(way), self) for way in ("zone", "task", "call path")}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for table in self.tables.values():
            table.horizontalHeader().setStretchLastSection(False)
            table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            layout.addWidget(table)
        # Only call paths are long: short names should stay close to their figures.
        self.tables["call path"].horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tables["zone"].about_values(lambda row: Subject(zone=str(row[0])))
        self.tables["zone"].chosen.connect(lambda values: self.chosen.emit(str(values[0])))

    def show_way(self, way: str) -> None:
        """Show only the table grouped this way."""
        for name, table in self.tables.items():
            table.setVisible(name == way)

    def show_changes(self, changes: list[ZoneChange]) -> None:
        """Fill the table of zones with those of two readings."""
        self.tables["zone"].rows.show_rows([change_row(change) for change in changes])

    def show_tables(self, found: Tables) -> None:
        """Fill all three tables."""
        for way, figures in (("zone", found.zones), ("task", found.tasks), ("call path", found.paths)):
            self.tables[way].rows.show_rows([row(figure) for figure in figures])


class PairMaps(QWidget):
    """The page maps of A and B side by side, each with a line that says how full it is."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.cells = PageCells(session, self), PageCells(session, self)
        self.titles = QLabel(self), QLabel(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        for name, title, cells in zip("AB", self.titles, self.cells, strict=True):
            title.setProperty("role", "muted")
            cells.setAccessibleName(f"Pages of the zone map of {name}")
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(title)
            column.addWidget(cells, 1)
            layout.addLayout(column, 1)

    def show_states(self, states: tuple[MachineState, MachineState], lasts: tuple[int, int]) -> None:
        """Show both maps; `lasts` are the last events of the two recordings.

        Free elements are not drawn: finding them would take a pass over all events.
        """
        for name, title, cells, state, last in zip("AB", self.titles, self.cells, states, lasts, strict=True):
            found = page_map(state)
            colours = colouring(found, "zone", state.catalog, self.session.theme, state.seq)
            cells.show_map(found, colours, np.zeros(len(found)), state)
            given = int((found.owner[found.boot :] != MISSING).sum())
            ended = " · ended" if state.seq == last else ""
            taken = f"{words.number(given)} of {words.number(len(found) - found.boot)} pages taken"
            title.setText(f"{name}: {taken} at event {words.number(state.seq)}{ended}")
        # Same scale: a page must look the same on both sides.
        for cells in self.cells:
            cells.cell = 0
        side = min(cells.side for cells in self.cells)
        for cells in self.cells:
            cells.cell = side
