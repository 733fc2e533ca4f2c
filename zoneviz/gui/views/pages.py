"""The zone map as it is: one cell a page in address order, at the moment. Moving the moment is the film of it filling up."""

from collections.abc import Generator

import numpy as np
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from zoneviz.events import Kind
from zoneviz.gui.charts.legend import Legend
from zoneviz.gui.charts.page_colours import WAYS, colouring
from zoneviz.gui.charts.pagecells import PageCells
from zoneviz.gui.kit import text
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.parts import BETWEEN, Parts
from zoneviz.gui.kit.rows import Column, words
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.reading import Reading
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.cuts import NOWHERE, Cuts, Places, cuts_of
from zoneviz.playback.pagemap import FREE, LIVE, MISSING, TAIL, PageMap, page_map
from zoneviz.state.rows import ADDRESS, KIND, SEQ

STRETCH = 1024
"""Pages that changed in so many events before the moment glow."""
STATES = {LIVE: "in use", FREE: "free", TAIL: "lost tail"}
PAGE_COLUMNS = (
    words("page", "In address order", "zone map 99,999"),
    Column("address", "Where it begins", hex, "0x99999999"),
    words("is", "Whose page it is", "kalloc.4096, returnable"),
    Column("in use", "Bytes of elements in use", text.number),
    Column("free", "Bytes of free elements", text.number),
    Column("lost", "Bytes of lost tails", text.number),
)
PIECE_COLUMNS = (
    Column("address", "Where it begins", hex, "0x99999999"),
    words("zone", "", "non-kernel map entries"),
    words("is", "In use, free, or the lost tail of a jump", "lost tail"),
    Column("bytes", "Bytes of the element"),
    Column("made at event", "", text.number, "99,999,999"),
    words("by", "The task that ran then", "some server"),
    words("call path", "Where it was made", "mach_msg_trap > ipc_kobject_server > port_allocate"),
)


class PagesView(View):
    """Chooser of colours, the cells, and what the colours stand for."""

    title = "Zone map pages"
    place = 2
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
        self.frames.setToolTip("Hatched: free elements, and the lost tails of pages. A click chooses a page, Enter opens its elements.")
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
        session.selection_changed.connect(self.cells.viewport().update)
        self.cells.opened.connect(self.show_table)
        self.destroyed.connect(self.cuts.cancel)

    # where memory was cut

    def show_recording(self, player: Player) -> None:
        """Another recording, or other colours."""
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """Read on where memory was cut, if that is not being done."""
        self.cuts.want(player, _gather)

    def wait(self) -> None:
        """Until free elements are known."""
        self.cuts.wait()

    # the moment

    def show_moment(self, player: Player) -> None:
        """The pages as they are now."""
        session, state = self.session, player.state
        found = self.map = page_map(state, self.cuts.result or NOWHERE)
        colours = colouring(found, self.way.value(), player.recording.catalog, session.theme, state.seq)
        recent = player.rows(max(state.seq - STRETCH, 0) + 1, state.seq)
        touched = recent[np.isin(recent[:, KIND], (Kind.ZALLOC, Kind.ZFREE, Kind.ZCRAM, Kind.ZCOLLECT))]
        glow = np.zeros(len(found) + 1)
        pages = found.page_of(touched[:, ADDRESS])
        np.maximum.at(glow, pages, 1 - (state.seq - touched[:, SEQ]) / STRETCH)
        self.cells.show_map(found, colours, glow[: len(found)], state)
        given = int((found.owner[found.boot :] != MISSING).sum())
        size = len(found) - found.boot
        self.heading.setText(f"{size:,} pages" if size else "No zone map")
        self.cells.setAccessibleDescription(f"{given:,} of {size:,} pages of the zone map are taken")
        wasted = f"{text.size(int(found.lost.sum()))} lost" if found.lost.any() else ""
        back = f"{int(found.collectable.sum()):,} could be returned" if found.collectable.any() else ""
        reading = f"reading what is free {100 * self.cuts.share:.0f} %" if self.cuts.result is None and self.cuts.share < 1 else ""
        framed = [f"framed: changed in the last {STRETCH:,} events"] if glow.any() else []
        framed += ["dotted: could be returned"] if found.collectable.any() else []
        self.frames.setText(" · ".join(framed))
        self.sums.say([f"{given:,} taken", f"{size - given:,} left", reading, back, wasted])
        self._fit_line()
        shown = [key for key in colours.keys if self.way.value() != "age" or key.size]
        self.legend.show_entries([(key.name, QColor(key.colour), text.size(key.size)) for key in shown])

    def show_table(self) -> None:
        """The table behind the picture: the elements of the chosen page, or all pages."""
        if self.map is None or self.session.player is None:
            return
        page = self.cells.chosen
        if 0 <= page < len(self.map):
            name = self.cells.name_of(page)
            Twin(f"Elements of {name}", f"{name} at event {self.session.moment:,}", PIECE_COLUMNS, self._pieces(page), self).show()
        else:
            words_ = f"All pages at event {self.session.moment:,}. Enter on a chosen page shows its elements."
            Twin("Pages of zone memory", words_, PAGE_COLUMNS, self.page_rows(), self).show()

    def page_rows(self) -> list[tuple[int | str, ...]]:
        """Every page with its figures."""
        assert self.map is not None
        found, cells = self.map, self.cells
        figures = zip(found.address.tolist(), found.live.tolist(), found.free.tolist(), found.lost.tolist(), strict=True)
        return [(cells.name_of(i), a, cells.owner_of(i), live, free, lost) for i, (a, live, free, lost) in enumerate(figures)]

    def _pieces(self, page: int) -> list[tuple[int | str, ...]]:
        assert self.map is not None and self.session.player is not None
        catalog = self.session.player.recording.catalog
        names = catalog.task_names
        zones = {0: "", **{zone.id: zone.name for zone in catalog.zones}}
        rows: list[tuple[int | str, ...]] = []
        for address, size, kind, zone, task, seq, path in zip(*(c.tolist() for c in self.map.of_page(page)), strict=True):
            made = catalog.paths.text(path) if 0 < path < len(catalog.paths.rows) else ""
            owner = (names.get(task) or f"task {task}" if task else "the kernel") if kind == LIVE else ""
            rows.append((address, zones.get(zone, f"zone {zone}"), STATES[kind], size, seq, owner, made))
        return rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less room."""
        super().resizeEvent(event)
        self._fit_line()

    def _fit_line(self) -> None:
        """What the frames mean stands there where there is room for it; the tool tip of the cells says it, too."""
        others = sum(w.sizeHint().width() + 12 for w in (self.heading, self.way, self.frames))
        others += self.sums.fontMetrics().horizontalAdvance(BETWEEN.join(self.sums.parts))
        self.frames.setVisible(bool(self.frames.text()) and self.width() >= others + 100)


def _gather(own: Player, gathered: Cuts | None) -> Generator[tuple[int, int], None, tuple[Cuts, Places]]:
    """Where memory was cut, as work for a Reading."""
    gathered = gathered or Cuts()
    return gathered, (yield from cuts_of(own, gathered))
