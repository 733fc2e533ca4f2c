"""What A and B hold at the moment, as tables: by zone, by task or server, by call path; and both maps of pages."""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QVBoxLayout, QWidget

from zoneviz.gui.charts.page_colours import colouring
from zoneviz.gui.charts.pagecells import PageCells
from zoneviz.gui.charts.pair_heat import signed
from zoneviz.gui.kit import text
from zoneviz.gui.kit.rows import Column
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.session import Session
from zoneviz.playback.compare.tables import Figure, Tables
from zoneviz.playback.pagemap import MISSING, page_map
from zoneviz.state.machine import MachineState


def columns(what: str) -> tuple[Column, ...]:
    """Name, then elements and bytes of A, of B, and B less A."""
    count, size = "999,999", "1,023.99 KiB"
    return (
        # Of a call path both ends matter.
        Column(what, "", lambda name: text.middle(str(name), 400), "kernel map entries and more", left=True),
        Column("elements A", "Elements in use in A", text.number, count),
        Column("B", "Elements in use in B", text.number, count),
        Column("B - A", "", lambda n: f"{n:+,}" if n else "0", count),
        Column("bytes A", "Bytes in A", text.size, size),
        Column("B", "Bytes in B", text.size, size),
        Column("B - A", "", signed, size),
    )


def row(figure: Figure) -> tuple[int | str, ...]:
    """A figure's cells."""
    (one, other), (a, b) = figure.elements, figure.bytes
    return figure.name, one, other, other - one, a, b, b - a


class PairTables(QWidget):
    """One table for each of the three ways; `chosen(zone)`: a row of the zones was chosen."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tables = {way: RowTable(f"What A and B hold by {way}", columns(way), self) for way in ("zone", "task", "call path")}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for table in self.tables.values():
            table.horizontalHeader().setStretchLastSection(False)
            table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            layout.addWidget(table)
        # Zones and tasks have short names, which should not stand far from their figures.
        self.tables["call path"].horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tables["zone"].chosen.connect(lambda values: self.chosen.emit(str(values[0])))

    def show_way(self, way: str) -> None:
        """Only the table of this way."""
        for name, table in self.tables.items():
            table.setVisible(name == way)

    def show_tables(self, found: Tables) -> None:
        """Other figures."""
        for way, figures in (("zone", found.zones), ("task", found.tasks), ("call path", found.paths)):
            self.tables[way].rows.show_rows([row(figure) for figure in figures])


class PairMaps(QWidget):
    """Both maps of pages beside each other, each with its name and how full it is."""

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
        """The maps at the two moments. Free elements are not told apart here, so that no recording need be read through.

        `lasts`: the last event of each.
        """
        for name, title, cells, state, last in zip("AB", self.titles, self.cells, states, lasts, strict=True):
            found = page_map(state)
            colours = colouring(found, "zone", state.catalog, self.session.theme, state.seq)
            cells.show_map(found, colours, np.zeros(len(found)), state)
            given = int((found.owner[found.boot :] != MISSING).sum())
            ended = " · has ended" if state.seq == last else ""
            title.setText(f"{name}: {given:,} of {len(found) - found.boot:,} pages taken at event {state.seq:,}{ended}")
        # One scale: a page must look the same on both sides.
        for cells in self.cells:
            cells.cell = 0
        side = min(cells.side for cells in self.cells)
        for cells in self.cells:
            cells.cell = side
