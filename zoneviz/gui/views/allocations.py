"""Allocations and frees by call site, call path, pointer or zone: up to the moment, or of a range."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.zone_colours import ZoneColours
from zoneviz.gui.charts.zone_tip import zone_cells
from zoneviz.gui.kit.choice import Choice, OnlyZone
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.parts import Parts
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.tables import EndShown
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.allocation_feed import AllocationFeed, Answer, Question
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.kmem_tables import BY, NEEDS, ORDER, POINTER, SITE, WAY, ZONE, Row, called

TO_MOMENT, IN_RANGE = "up to the moment", "in the range"
WHAT = {
    TO_MOMENT: "all events from the beginning to the moment",
    IN_RANGE: "the selected range of events, or else the visible one",
}
HINTS = {
    SITE: "the function that called the allocator",
    WAY: "the functions that led there",
    POINTER: "the address of the element",
    ZONE: "what the elements are",
}
UNKNOWN = -1


def _known(shown: Callable[[Any], str]) -> Callable[[Any], str]:
    """How a figure is written, with an empty cell for UNKNOWN."""
    return lambda value: "" if value == UNKNOWN else shown(value)


COLUMNS = (
    Column("call site", "", lambda name: words.middle(str(name), 400), "__alloc_skb_with_frags+0x9c", left=True),
    text_column("zone", tip("zone", "The zone with most of it"), "non-kernel map entries"),
    Column("allocated", "Bytes allocated", words.size_cell, "1,023.99 KiB"),
    Column("hits", "Allocations", words.number, "99,999,999"),
    Column("in use", tip("element", "Elements allocated and not freed"), words.number, "9,999,999"),
    Column("bytes in use", "Bytes allocated and not freed", words.size_cell, "1,023.99 KiB"),
    Column("frag %", tip("rounding", "Share of the allocated bytes that was not requested"), _known("{:.2f} %".format), "99.99 %"),
    Column("ping-pong", tip("ping-pong"), _known(words.number), "9,999,999"),
    Column("frees", "Frees of elements that were allocated in these events", words.number, "99,999,999"),
    Column("requested", "Bytes requested", _known(words.size_cell), "1,023.99 KiB"),
    Column("rounding", tip("rounding", "Bytes allocated but not requested"), _known(words.size_cell), "1,023.99 KiB"),
)
NAME, OF_ZONE, ALLOCATED, HITS, IN_USE, BYTES, FRAG, MOVED, FREES, REQUESTED, ROUNDING, ROW = range(len(COLUMNS) + 1)
ORDERS = {ALLOCATED: "bytes", BYTES: "in-use", HITS: "hits", FREES: "frees", ROUNDING: "rounding", FRAG: "frag", MOVED: "pingpong"}
MOST = 1000
"""Rows shown: the largest ones by the column that the table is sorted by."""


class AllocationsView(View):
    """A table with choices of what it counts and a filter above it, and the call path of the chosen row below it."""

    title = "Allocations"
    place = 8
    needs = NEEDS
    weight = 1400

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.feed = AllocationFeed(session)
        self.heading = QLabel("Allocations", self)
        self.heading.setProperty("role", "strong")
        self.by = Choice("allocations by", BY, SITE, HINTS, self)
        self.what = Choice("which events", tuple(WHAT), TO_MOMENT, WHAT, self)
        for choice in (self.by, self.what):
            choice.setProperty("role", "title")
        self.only = OnlyZone(self)
        self.sums = Parts(self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("filter")
        self.filter.setAccessibleName("filter allocations by name")
        self.filter.setMinimumWidth(90)
        self.filter.setMaximumWidth(130)
        self.filter.setClearButtonEnabled(True)
        top = QHBoxLayout()
        top.setSpacing(6)
        for widget in (self.heading, self.by, self.what, self.only):
            top.addWidget(widget)
        top.addWidget(self.sums, 1)
        top.addWidget(self.filter)
        self.table = RowTable("Allocations", COLUMNS, self)
        self.table.linked = True
        self.table.setSelectionMode(RowTable.SelectionMode.SingleSelection)
        self.table.setItemDelegateForColumn(NAME, EndShown(self.table))
        self.table.sorted.setFilterKeyColumn(NAME)
        self.table.sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.table.grows = NAME
        self.table.sortByColumn(ALLOCATED, Qt.SortOrder.DescendingOrder)
        self.table.rows.modelReset.connect(self.table.give_room)
        self.setFocusProxy(self.table)
        self.path = QLabel(self)
        self.path.setTextFormat(Qt.TextFormat.PlainText)
        self.path.setProperty("role", "muted")
        self.path.setWordWrap(True)
        self.path.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.path)
        self.answered: list[Row] = []
        """The rows on show, in the order of their counts."""
        self._shown: Answer | None = None
        self._dark = False
        for choice in (self.by, self.what):
            choice.changed.connect(lambda: self._mark("moment"))
        self.by.changed.connect(self.path.hide)
        self.only.toggled.connect(lambda _: self._mark("moment"))
        self.filter.textChanged.connect(self.table.sorted.setFilterFixedString)
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._mark("moment"))
        self.table.chosen.connect(lambda values: self._choose(self.answered[int(values[ROW])]))
        self.table.rows.tips = zone_cells(session)
        self.table.about_values(lambda row: self._about(self.answered[int(row[ROW])]))
        self.table.opened.connect(lambda values: session.ask_moment(self.answered[int(values[ROW])].last))
        self.feed.changed.connect(lambda: self._mark("moment"))
        self.feed.advanced.connect(self._say)
        session.selection_changed.connect(lambda: self._mark("moment"))
        session.range_changed.connect(lambda: self._mark("moment") if self.what.value() != TO_MOMENT else None)

    def wait(self) -> None:
        """Block until the events are counted."""
        self.feed.wait()
        self.catch_up()

    def show_recording(self, player: Player) -> None:
        """Offer what this recording can be grouped by."""
        noun = words.one_line(player.recording.header.zone_noun, 40)
        deep = any(parent for parent, _ in player.recording.catalog.paths.rows)
        self.by.offer({by: noun if by == ZONE else by for by in BY if deep or by != WAY})

    def show_growth(self, player: Player) -> None:
        """Call paths may have come."""
        self.show_recording(player)

    def show_moment(self, player: Player) -> None:
        """Ask for the counts, and show those that are known."""
        session, recording = self.session, player.recording
        zone = session.zone
        self.only.show_zone(zone)
        first, last = recording.first_event, session.moment
        if self.what.value() == IN_RANGE:
            low, high = (session.series.seq_at(x) for x in session.range)
            whole = session.range[0] <= session.series.extent[0]
            first, last = session.selection.range or (first if whole else low + 1, high)
        zones = {info.name: info.id for info in recording.catalog.zones} if self.only.isChecked() else {}
        column = self.table.horizontalHeader().sortIndicatorSection()
        falling = self.table.horizontalHeader().sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        order = (ORDERS[column],) if falling and column in ORDERS else ORDER
        question = Question(max(first, recording.first_event), last, self.by.value(), zones.get(zone, 0), order, MOST)
        answer, dark = self.feed.ask(player, question), session.theme.dark
        if answer is not None and (answer is not self._shown or dark != self._dark):  # most moments of a drag have no answer yet
            self._shown, self._dark = answer, dark
            self._show(player, answer)
        self._say()

    def _show(self, player: Player, answer: Answer) -> None:
        catalog, by = player.recording.catalog, answer.question.by
        names = {info.id: info.name for info in catalog.zones}
        self.answered = answer.rows
        cells = []
        for i, row in enumerate(answer.rows):
            second = called(catalog, row.path, SITE) if by == ZONE else names.get(row.zone, "")
            values = (row.fragmentation, row.moved, row.frees, row.asked, row.lost)
            known = (UNKNOWN if value is None else value for value in values)
            cells.append((row.name, second, row.allocated, row.hits, row.in_use, row.in_use_bytes, *known, i))
        self._head(by, words.one_line(player.recording.header.zone_noun, 40))
        of = ZoneColours.of(self.session)
        colours = [of.colour(names.get(row.zone, "")) for row in answer.rows]
        self.table.rows.show_rows(cells, colours)
        for column in (REQUESTED, ROUNDING, FRAG):
            self.table.setColumnHidden(column, answer.total.asked is None)  # unknown is not 0
        self.table.setColumnHidden(MOVED, answer.total.moved is None)

    def _head(self, by: str, noun: str) -> None:
        """Name the first two columns."""
        first, second = (noun, SITE) if by == ZONE else (by, noun)
        rows = self.table.rows
        rows.columns = (replace(COLUMNS[NAME], name=first, meaning=HINTS[by]), replace(COLUMNS[OF_ZONE], name=second), *COLUMNS[ALLOCATED:])
        rows.headerDataChanged.emit(Qt.Orientation.Horizontal, NAME, OF_ZONE)

    def _say(self) -> None:
        """The totals, or how far the count is."""
        answer = self.feed.answer
        if answer is None:
            self.sums.say([f"counting, {self.feed.share:.0%}"])
            return
        row, asked = answer.total, answer.question
        cut = f"largest {words.number(len(answer.rows))} of {words.number(answer.groups)}" if len(answer.rows) < answer.groups else ""
        share = "" if row.fragmentation is None else f"{row.fragmentation:.2f} % lost to rounding"
        moved = "" if row.moved is None else f"{words.number(row.moved)} freed on another processor"
        older = f"{words.count(answer.older, 'free')} of older elements" if answer.older and not asked.zone else ""
        unseen = f"{words.count(answer.unseen, 'free')} not seen" if answer.unseen and moved and not asked.zone else ""
        gaps = f"events lost at {words.count(answer.gaps, 'place')}: figures are at least these" if answer.gaps else ""
        counting = f"counting, {self.feed.share:.0%}" if self.feed.share < 1 else ""
        hits = f"{words.count(row.hits, 'allocation')} of {words.size(row.allocated)}"
        stretch = f"events {words.number(asked.first)} to {words.number(asked.last)}"
        in_use, freed = f"{words.number(row.in_use)} in use", f"{words.number(row.frees)} freed"
        self.sums.say([counting, gaps, hits, in_use, cut, share, moved, freed, unseen, older, stretch])

    def _about(self, row: Row) -> Subject:
        """What a row is about: its zone, call site or element, and its last event."""
        player, by = self.session.player, self.by.value()
        if player is None:
            return Subject()
        catalog = player.recording.catalog
        zone = catalog.zones[row.zone - 1].name if 0 < row.zone <= len(catalog.zones) else ""
        frame = called(catalog, row.path, SITE) if 0 < row.path < len(catalog.paths.rows) else ""
        address = int(row.name, 16) if by == POINTER else 0
        return Subject(zone=zone, frame=frame, address=address, seq=row.last)

    def _choose(self, row: Row) -> None:
        """Show the call path of a row; select the zone of a zone or a pointer."""
        player, by = self.session.player, self.by.value()
        if player is None:
            return
        catalog = player.recording.catalog
        who = "Last allocated by" if by == POINTER else "Most of it allocated by"
        path = words.one_line(called(catalog, row.path, WAY), 1000)
        self.path.setText(f"{who} {path}. Enter goes to its last event, {words.number(row.last)}.")
        self.path.show()
        if by in (POINTER, ZONE) and 0 < row.zone <= len(catalog.zones):
            self.session.select_zone(catalog.zones[row.zone - 1].name)
