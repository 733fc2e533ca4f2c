"""The picture of the pages: its pixels are the recording's bytes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui import live
from tests.gui.conftest import ZONE_MAP_SIZE, Settle
from zoneviz import resources
from zoneviz.events import Kind
from zoneviz.gui.charts import page_colours
from zoneviz.gui.charts.page_colours import WAYS, bands, bytewise, colouring
from zoneviz.gui.kit.colours import zone_colour
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.pages import PagesView
from zoneviz.playback import Player
from zoneviz.playback.pagemap import page_map
from zoneviz.recording import Recorder, Recording
from zoneviz.state.pages import PAGE


def shown(session: Session, qtbot: QtBot, settle: Settle) -> PagesView:
    """The pages of a session, painted."""
    made = PagesView(session)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    settle(session)
    made.wait()
    settle(session)
    return made


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> PagesView:
    return shown(session, qtbot, settle)


def test_there_is_one_cell_per_page(view: PagesView, session: Session) -> None:
    assert view.map is not None and session.player is not None
    machine, pages = session.player.state.machine(), session.player.state.pages
    assert len(view.map) - view.map.boot == ZONE_MAP_SIZE // PAGE
    assert f"{int((pages.zone >= 0).sum()):,} taken" in view.sums.text()
    assert view.map.live.sum() == sum(z["in_use"] * z["elem_size"] for z in machine["zones"])


def test_the_legend_lists_the_zones(view: PagesView, session: Session) -> None:
    assert session.player is not None
    shown = {name: figure for name, _, figure in view.legend.entries}
    for zone in session.player.state.machine()["zones"]:
        assert (zone["name"] in shown) == (zone["in_use"] > 0)
    assert "free elements" in shown


def test_bands_are_in_proportion_to_the_bytes(view: PagesView, session: Session) -> None:
    found, colours = view.map, view.cells.colours
    assert found is not None and colours is not None and session.player is not None
    drawn = bands(found, colours, 4096)
    page = int(found.live.argmax())
    for zone in session.player.recording.catalog.zones:
        pixels = int((drawn[page] == 0xFF000000 | zone_colour(zone.name).rgb()).sum())
        here = found.of_page(page)
        mine = (here.zone == zone.id) & (here.kind == 0)
        low = np.maximum(here.address[mine], found.address[page])
        high = np.minimum((here.address + here.size)[mine], found.address[page] + PAGE)
        assert pixels == (high - low).sum()


def test_bands_of_many_pages_and_groups_are_the_same(view: PagesView, monkeypatch: pytest.MonkeyPatch) -> None:
    found, colours = view.map, view.cells.colours
    assert found is not None and colours is not None
    expected = bands(found, colours, 8)
    monkeypatch.setattr(page_colours, "_DENSE", 0)
    assert (bands(found, colours, 8) == expected).all() and len(np.unique(expected)) > 5


def test_zoomed_in_each_element_is_at_its_address(view: PagesView, session: Session, settle: Settle) -> None:
    found, colours = view.map, view.cells.colours
    assert found is not None and colours is not None and session.player is not None
    drawn = bytewise(found, colours, np.array([3]), 64).reshape(-1)
    pieces, zones = found.of_page(3), session.player.recording.catalog.zones
    for address, size, kind, zone in zip(*(column.tolist() for column in pieces[:4]), strict=True):
        middle = address + size // 2 - int(found.address[3])
        if 0 <= middle < PAGE and kind == 0:
            assert drawn[middle] == 0xFF000000 | zone_colour(zones[zone - 1].name).rgb()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_way_paints(view: PagesView, session: Session, settle: Settle, way: str, theme: object) -> None:
    session.set_theme(DARK if theme is DARK else LIGHT)
    view.way.set_value(way)
    settle(session)
    assert view.legend.entries
    assert not view.grab().isNull()
    assert view.cells.colours is not None and len(view.cells.colours.rest) == len(view.cells.glow)


def test_pages_fill_over_time_and_the_last_change_is_framed(view: PagesView, session: Session, settle: Settle) -> None:
    """Fewer pages are taken at earlier moments, and the page that changed last has the brightest frame."""
    assert session.player is not None
    taken = []
    for seq in (500, 3000, session.last):
        session.ask_moment(seq)
        settle(session)
        assert view.map is not None
        taken.append(int((view.map.owner[view.map.boot :] >= 0).sum()))
        assert taken[-1] == (session.player.state.pages.zone >= 0).sum()
    assert taken == sorted(taken) and taken[0] < taken[2]
    glowing = np.flatnonzero(view.cells.glow > 0.99)
    assert len(glowing) == 1 and view.map is not None and view.map.owner[glowing[0]] == 0


def test_the_tool_tip_names_page_and_element(view: PagesView) -> None:
    cells = view.cells
    place = cells.place_of(2).center().toPoint()
    assert cells.page_at(place) == 2 and cells.page_at(QPoint(-5, 5)) == -1
    assert "zone map 2" in cells.words(2) and "ipc ports" in cells.words(2)
    cells.cell = 100
    cells.show_map(cells.map, cells.colours, cells.glow, cells.state)  # type: ignore[arg-type]
    piece = cells.piece_at(cells.place_of(0).center().toPoint())
    assert piece is not None and "under the pointer: " in cells.words(0, piece)


def test_both_parts_have_headings_and_frames_are_explained(qtbot: QtBot, settle: Settle) -> None:
    session = Session()
    session.show(Player(Recording(next(p for p in resources.recordings() if p.name.startswith("fork-bomb")))))
    made = PagesView(session)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show()
    settle(session)
    cells = made.cells
    assert made.map is not None and made.map.boot
    (boot, first), (rest, second) = cells.headings()
    assert (first, second) == ("boot memory", "zone map")
    assert boot == cells.place_of(0).top() and rest == cells.place_of(made.map.boot).top()
    assert boot >= cells.head and rest - cells.place_of(made.map.boot - 1).bottom() >= cells.head, "headings cover no cell"
    for page in (0, made.map.boot - 1, made.map.boot, len(made.map) - 1):
        assert cells.page_at(cells.place_of(page).center().toPoint()) == page
    assert cells.page_at(QPoint(3, 3)) == cells.page_at(QPoint(3, rest - 4)) == -1
    assert "framed: changed in the last 1,024 events" in made.frames.text() and made.frames.isVisible()
    made.resize(500, 400)
    assert made.frames.isHidden()
    session.show(None)
    session.deleteLater()


def test_keys_move_zoom_and_open_the_table(view: PagesView, session: Session) -> None:
    cells = view.cells
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(cells, key)
    assert cells.chosen == 1 + cells.columns
    side = cells.side
    QTest.keyClick(cells, Qt.Key.Key_Plus)
    assert cells.side > side
    QTest.keyClick(cells, Qt.Key.Key_0)
    assert cells.side == side and cells.cell == 0
    QTest.keyClick(cells, Qt.Key.Key_Return)
    twin = view.findChild(Twin)
    assert twin is not None and view.map is not None
    assert twin.table.rows.rowCount() == len(view.map.of_page(cells.chosen).address)
    twin.close()


def test_the_table_lists_all_pages(view: PagesView) -> None:
    assert view.map is not None
    rows = view.page_rows()
    assert len(rows) == len(view.map) and sum(int(row[3]) for row in rows) == view.map.live.sum()


def test_a_click_selects_the_zone_of_an_element(view: PagesView, session: Session) -> None:
    cells = view.cells
    cells.cell = 200
    cells.show_map(cells.map, cells.colours, cells.glow, cells.state)  # type: ignore[arg-type]
    QTest.mouseClick(cells.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert cells.chosen == 0 and session.zone in ("ipc ports", "threads", "non-kernel map entries", "kalloc.64")


def test_colours_are_computed_once_per_moment(view: PagesView, session: Session) -> None:
    assert view.map is not None and session.player is not None
    again = colouring(view.map, "zone", session.player.recording.catalog, LIGHT, session.moment)
    assert [key.colour for key in again.keys if key.name == "threads"] == [QColor(zone_colour("threads"))]


@pytest.fixture
def live_view(qapp: QApplication, qtbot: QtBot, settle: Settle, tmp_path: Path) -> Iterator[PagesView]:
    """The pages of a recording of a live machine."""
    session = Session()
    session.show(Player(Recording(live.write(tmp_path / "live.zvz", live.events(400)))))
    yield shown(session, qtbot, settle)
    session.show(None)
    session.deleteLater()


def test_a_live_machine_has_the_pages_of_its_elements(live_view: PagesView) -> None:
    found = live_view.map
    assert live_view.isEnabled() and found is not None and found.scattered
    assert live_view.heading.text() == f"{len(found):,} pages" and "zone map" not in live_view.heading.toolTip()
    assert {name for name, _, _ in live_view.legend.entries} == {name for name, _ in live.CACHES}
    first = live_view.cells.words(0)
    assert first.splitlines()[0] == f"page 0 · {0xFFFF << 48 | live.SLABS | 1 << 30:#x} · kmalloc-64"
    assert live_view.page_rows()[0][2] == "kmalloc-64"


@pytest.mark.parametrize("way", WAYS)
def test_pages_of_a_live_machine_are_painted_in_every_way(live_view: PagesView, way: str) -> None:
    live_view.way.set_value(way)
    live_view.catch_up()
    cells = live_view.cells
    assert live_view.map is not None and cells.colours is not None
    drawn = bands(live_view.map, cells.colours, 8)
    assert len(np.unique(drawn)) > 1 and drawn.shape == (len(live_view.map), 8)
    cells.zoom(20.0)
    assert cells.side >= 28 and cells.grab().width() > 0


def test_readings_of_a_live_machine_have_no_pages(live_view: PagesView, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "readings.zvz", live.catalog(), live.header(kind="sampled", shows=frozenset({"zones", "elements"})))
    recorder.sink((int(Kind.READING), 0, 0, 0, 0, 1, 0, 0, 0))
    recorder.finish("finished", {"outcome": "finished"})
    live_view.session.show(Player(Recording(tmp_path / "readings.zvz")))
    assert "where in memory" in live_view.why_not()


def test_the_pages_of_other_zones_are_dimmed_while_one_is_selected(session: Session) -> None:
    assert session.player is not None
    state, catalog = session.player.state, session.player.recording.catalog
    found = page_map(state)
    plain, lit = (
        {key.name: key.colour for key in colouring(found, "zone", catalog, LIGHT, state.seq, lit=zone).keys} for zone in ("", "threads")
    )
    assert plain["threads"] == zone_colour("threads") and plain.keys() == lit.keys()
    assert [name for name in plain if lit[name] == plain[name] and name in {zone.name for zone in catalog.zones}] == ["threads"]
