"""The table of zones at the moment."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.curve_pointer import CurvePointer
from zoneviz.gui.charts.growth import Curves, forecast, zone_curves
from zoneviz.gui.charts.zone_colours import ZoneColours
from zoneviz.gui.charts.zone_table import NAME, OVER_TIME, SIZE, SortedZones, ZoneTable
from zoneviz.gui.charts.zone_tip import zone_tip
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.parts import Parts
from zoneviz.gui.kit.sparkline import Sparkline
from zoneviz.gui.kit.tables import Table
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player, shown
from zoneviz.playback.zone_families import family, have_families, rows_of

SAMPLES = [
    *("XX non-kernel map entries", "1,023.99 KiB", "100.0 %", "-1,023.99 KiB", "9,999,999", "99,999", "99,999 B"),
    *("1,023.99 KiB", "exhaustible", "course of the size"),
]
"""Texts as wide as most cells of each column."""


class ZonesView(View):
    """A sortable table. Choosing a row selects the zone in all views."""

    title = "Zones"
    place = 3
    needs = frozenset({"zones"})

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = ZoneTable(self)
        self.model.colour = ZoneColours.of(session).colour
        self.model.meaning = lambda name: zone_tip(session, name)
        self.sorted = SortedZones(self.model)
        self.sorted.setFilterKeyColumn(NAME)
        self.sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.table = Table("Zones at the moment", self)
        self.table.linked = True
        self.table.about = lambda row: Subject(zone=self._zone_of(self.sorted.zone_at(row)))
        self.setFocusProxy(self.table)
        self.table.setModel(self.sorted)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(SIZE, Qt.SortOrder.DescendingOrder)
        self.table.widths(SAMPLES)
        self.table.grows = NAME
        self.table.setMinimumWidth(self.table.columnWidth(NAME) + self.table.columnWidth(SIZE) + 24)
        self.table.setItemDelegateForColumn(OVER_TIME, Sparkline(self.table))
        self.pointer = CurvePointer(session, self.table, self.sorted)
        self._curves = Curves.none()
        self.sorted.modelReset.connect(self.table.give_room)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "strong")
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setToolTip(tip("zone"))
        self.sums = Parts(self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("filter zones")
        self.filter.setAccessibleName("filter zones by name")
        self.filter.setMinimumWidth(90)
        self.filter.setMaximumWidth(130)
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.sorted.setFilterFixedString)
        self.families = Toggle("by family", self)
        self.families.setToolTip("One row for zones of one use, such as kmalloc of all groups or kalloc of all heaps")
        self.families.toggled.connect(lambda _: self._mark("growth", "moment"))
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addWidget(self.sums, 1)
        top.addWidget(self.families)
        top.addWidget(self.filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        session.selection_changed.connect(self._selected)
        session.range_changed.connect(lambda: self._mark("growth", "moment"))

    def show_recording(self, player: Player) -> None:
        """Redraw for another recording or theme."""
        self.model.theme = self.session.theme
        self.model.noun = words.one_line(player.recording.header.zone_noun, 40)
        self.filter.setPlaceholderText(f"filter {self.model.noun}s")
        self.families.setVisible(have_families(self.session.series.zone_names))
        self.families.setChecked(self.families.isChecked() and not self.families.isHidden())
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """Compute the curves of the visible range."""
        self._curves = zone_curves(self.session.series, *self.session.range, self.families.isChecked())

    def show_moment(self, player: Player) -> None:
        """Show the figures at the moment."""
        header, series = player.recording.header, self.session.series
        machine = shown.machine(player.state, header)
        zones = rows_of(machine["zones"]) if self.families.isChecked() else machine["zones"]
        sizes = {zone["name"]: zone["cur_size"] or 0 for zone in zones}
        rates = self._curves.rates(self.session.moment_x, sizes)
        self.model.show_growth(self._curves, rates, series.counted)
        whole = series.zone_memory or (sum(sizes.values()) if header.of_readings else 0)
        self.model.show_zones(zones, whole)
        called = ("family", "families") if self.families.isChecked() else (words.one_line(header.zone_noun, 40),)
        self.heading.setText(words.count(len(zones), *called))
        total, waste = sum(sizes.values()), machine["zone_map"]["wasted"]
        when = forecast(machine["zone_map"]["free"] or 0, sum(rates.values()), series.counted)
        unusable = f"{words.size(waste)} unusable" if waste else ""
        self.sums.say([f"at {self.session.moment_words()}", f"{words.size(total)} in total", when, unusable])
        self._selected()

    def _zone_of(self, row: str) -> str:
        """The zone of a row; of a family, its largest one."""
        if not self.families.isChecked() or self.session.player is None:
            return row
        zones = self.session.player.state.machine()["zones"]
        sizes = {zone["name"]: zone["cur_size"] or 0 for zone in zones if family(zone["name"]) == row}
        return max(sizes, key=lambda name: sizes[name], default="")

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.session.select_zone(self.sorted.zone_at(current.row()))

    def _selected(self) -> None:
        """Mark the row of the selected zone without selecting the zone again."""
        chooser = self.table.selectionModel()
        row = self.sorted.row_of(self.session.zone) if self.session.zone else -1
        wrong = row < 0 and (chooser.hasSelection() or chooser.currentIndex().isValid())
        if row >= 0 and (self.table.currentIndex().row() != row or not chooser.hasSelection()):
            wrong = True
        if not wrong:
            return
        chooser.blockSignals(True)
        if row < 0:
            chooser.clear()
        else:
            flags = QItemSelectionModel.SelectionFlag
            chooser.setCurrentIndex(self.sorted.index(row, 0), flags.ClearAndSelect | flags.Rows)
        chooser.blockSignals(False)
        self.table.viewport().update()
