"""The zone map at the moment: one cell per page, in address order. Of a live Linux: the pages on which elements are known."""

from collections.abc import Generator

import numpy as np
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.events import Kind
from zoneviz.gui.charts.legend import Legend
from zoneviz.gui.charts.page_colours import WAYS, colouring
from zoneviz.gui.charts.page_words import name_of, owner_of
from zoneviz.gui.charts.pagecells import PageCells
from zoneviz.gui.charts.zone_colours import ZoneColours
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.parts import BETWEEN, Parts
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.reading import Reading
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.cuts import NOWHERE, Cuts, Places, cuts_of
from zoneviz.playback.pagemap import FREE, LIVE, TAIL, PageMap, page_map
from zoneviz.playback.shown import lacking
from zoneviz.recording.header import LIVE as LIVE_MACHINE
from zoneviz.state.pages import MISSING, PAGE
from zoneviz.state.rows import ADDRESS, KIND, SEQ

RECENT = 1024
"""Pages that changed in this many events before the moment are framed."""
SCATTERED = (
    "Pages of slabs, in order of address, with the elements allocated during this recording. Pages without one are left out, so "
    "neighbours may be far apart: the tool tip has the address."
)
STATES = {LIVE: "in use", FREE: "free", TAIL: "unusable page end"}
PAGE_COLUMNS = (
    text_column("page", "Position in address order", "zone map 99,999"),
    Column("address", "First address", words.address, "0xffff999999999999"),
    text_column("zone", tip("zone", "The zone the page belongs to"), "kalloc.4096, returnable"),
    Column("in use", "Bytes of elements in use", words.number),
    Column("free", tip("free list", "Bytes of free elements"), words.number),
    Column("unusable", tip("unusable page end", "Bytes"), words.number),
)
PIECE_COLUMNS = (
    Column("address", "First address", words.address, "0xffff999999999999"),
    text_column("zone", tip("zone"), "non-kernel map entries"),
    text_column("state", "In use, free, or an unusable page end", "unusable page end"),
    Column("bytes", tip("element", "Size of the element")),
    Column("allocated at event", "", words.number, "99,999,999"),
    text_column("owner", tip("owner"), "some server"),
    text_column("call path", tip("call path"), "mach_msg_trap > ipc_kobject_server > port_allocate"),
)


class PagesView(View):
    """The cells, a choice of colours, and their legend."""

    title = "Zone map pages"
    place = 2
    needs = frozenset({"maps", "paths"})
    weight = 1300

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "strong")
        self.way = Choice("colour pages by", tuple(WAYS), "zone", WAYS, self)
        self.way.setProperty("role", "title")
        self.sums = Parts(self)
        by = QLabel("coloured by", self)
        by.setProperty("role", "muted")
        top = QHBoxLayout()
        top.setSpacing(6)
        self.frames = QLabel(self)
        self.frames.setProperty("role", "muted")
        self.frames.setToolTip("Hatched: free elements and unusable page ends. Click to choose a page, press Enter for its elements.")
        for widget in (self.heading, by, self.way, self.frames):
            top.addWidget(widget)
        top.addWidget(self.sums, 1)
        self.cells = PageCells(session, self)
        self.setFocusProxy(self.cells)
        self.legend = Legend(session, "What the colours of the pages stand for", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.cells, 1)
        layout.addWidget(self.legend)
        self.map: PageMap | None = None
        self.cuts: Reading[Cuts, Places] = Reading(session)
        self.cuts.advanced.connect(lambda: self._mark("moment") if self.cuts.result is None else None)
        self.cuts.changed.connect(lambda: self._mark("moment"))
        self.way.changed.connect(lambda: self._mark("moment"))
        session.selection_changed.connect(lambda: self._mark("moment"))
        self.cells.opened.connect(self.show_table)
        self.destroyed.connect(self.cuts.cancel)

    def why_not(self) -> str:
        """Why there is nothing to draw. A live kernel has no zone map; its events say where each element is."""
        player = self.session.player
        if player is None:
            return ""
        header = player.recording.header
        return lacking(header, self.needs if header.kind != LIVE_MACHINE or header.of_readings else {"elements"})

    # how pages were divided into elements

    def show_recording(self, player: Player) -> None:
        """Redraw for another recording or theme."""
        noun = words.one_line(player.recording.header.zone_noun, 40)
        self.way.offer({way: noun if way == "zone" else way for way in WAYS})
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """Read how the pages of the new events were divided, unless a job is at it."""
        self.cuts.want(player, _gather)

    def wait(self) -> None:
        """Block until the positions of free elements are known."""
        self.cuts.wait()

    # the moment

    def show_moment(self, player: Player) -> None:
        """Paint the pages at the moment."""
        session, state = self.session, player.state
        catalog = player.recording.catalog
        found = self.map = page_map(state, self.cuts.result or NOWHERE)
        colours = colouring(found, self.way.value(), catalog, session.theme, state.seq, ZoneColours.of(session).colour, session.zone)
        recent = player.rows(max(state.seq - RECENT, 0) + 1, state.seq)
        touched = recent[np.isin(recent[:, KIND], (Kind.ZALLOC, Kind.ZFREE, Kind.ZCRAM, Kind.ZCOLLECT))]
        glow = np.zeros(len(found) + 1)
        pages = found.page_of(touched[:, ADDRESS])
        np.maximum.at(glow, pages, 1 - (state.seq - touched[:, SEQ]) / RECENT)
        self.cells.show_map(found, colours, glow[: len(found)], state)
        framed = [f"framed: changed in the last {words.number(RECENT)} events"] if glow.any() else []
        framed += ["dotted: returnable"] if found.collectable.any() else []
        self.frames.setText(" · ".join(framed))
        self._sum_up(found)
        self._fit_line()
        shown = [key for key in colours.keys if self.way.value() != "age" or key.size]
        zones = {zone.name for zone in catalog.zones} if self.way.value() == "zone" else set()
        entries = [(key.name, QColor(key.colour), words.size(key.size)) for key in shown]
        self.legend.show_entries(entries, [key.name if key.name in zones else "" for key in shown])

    def _sum_up(self, found: PageMap) -> None:
        """Say how many pages there are, and what they hold."""
        size = len(found) - found.boot
        if found.scattered:
            live = int(found.live.sum())
            self.heading.setText(words.count(size, "page"))
            self.heading.setToolTip(SCATTERED)
            self.sums.say([f"{words.size(live)} in use", f"{words.size(size * PAGE - live)} free, or allocated before the recording"])
            self.cells.setAccessibleDescription(f"{words.number(size)} pages hold elements that were allocated during the recording")
            return
        given = int((found.owner[found.boot :] != MISSING).sum())
        self.heading.setText(f"{words.number(size)} pages" if size else "No zone map")
        self.heading.setToolTip(tip("zone_map"))
        self.cells.setAccessibleDescription(f"{words.number(given)} of {words.number(size)} pages of the zone map are taken")
        wasted = f"{words.size(int(found.lost.sum()))} unusable" if found.lost.any() else ""
        back = f"{words.number(int(found.collectable.sum()))} returnable" if found.collectable.any() else ""
        reading = f"finding free elements… {words.share(self.cuts.share, 1)}" if self.cuts.result is None and self.cuts.share < 1 else ""
        self.sums.say([f"{words.number(given)} taken", f"{words.number(size - given)} left", reading, back, wasted])

    def show_table(self) -> None:
        """Open a table of the elements of the chosen page, or of all pages."""
        if self.map is None or self.session.player is None:
            return
        page = self.cells.chosen
        if 0 <= page < len(self.map):
            name = name_of(self.map, page)
            said = f"{name} at event {words.number(self.session.moment)}"
            Twin(f"Elements of {name}", said, PIECE_COLUMNS, self._pieces(page), self).show()
        else:
            words_ = f"All pages at event {words.number(self.session.moment)}. For the elements of one page, choose it and press Enter."
            Twin("Pages of zone memory", words_, PAGE_COLUMNS, self.page_rows(), self).show()

    def page_rows(self) -> list[tuple[int | str, ...]]:
        """All pages: name, address, zone, and bytes in use, free and unusable."""
        assert self.map is not None and self.session.player is not None
        found, catalog = self.map, self.session.player.recording.catalog
        figures = zip(found.address.tolist(), found.live.tolist(), found.free.tolist(), found.lost.tolist(), strict=True)
        return [(name_of(found, i), a, owner_of(found, catalog, i), live, free, lost) for i, (a, live, free, lost) in enumerate(figures)]

    def _pieces(self, page: int) -> list[tuple[int | str, ...]]:
        assert self.map is not None and self.session.player is not None
        catalog = self.session.player.recording.catalog
        names = catalog.task_names
        zones = {0: "", **{zone.id: zone.name for zone in catalog.zones}}
        rows: list[tuple[int | str, ...]] = []
        for address, size, kind, zone, task, seq, path in zip(*(c.tolist() for c in self.map.of_page(page)), strict=True):
            made = catalog.paths.text(path) if 0 < path < len(catalog.paths.rows) else ""
            owner = words.task_name(task, names) if kind == LIVE else ""
            rows.append((address, zones.get(zone, f"zone {zone}"), STATES[kind], size, seq, owner, made))
        return rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the line above the cells."""
        super().resizeEvent(event)
        self._fit_line()

    def _fit_line(self) -> None:
        """Show what the frames mean where it fits."""
        others = sum(w.sizeHint().width() + 12 for w in (self.heading, self.way, self.frames))
        others += self.sums.fontMetrics().horizontalAdvance(BETWEEN.join(self.sums.parts))
        self.frames.setVisible(bool(self.frames.text()) and self.width() >= others + 100)


def _gather(own: Player, gathered: Cuts | None) -> Generator[tuple[int, int], None, tuple[Cuts, Places]]:
    """Work for a Reading: how pages were divided into elements."""
    gathered = gathered or Cuts()
    return gathered, (yield from cuts_of(own, gathered))
